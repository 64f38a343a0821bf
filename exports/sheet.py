"""Workbooks: sheets of typed columns in, the bytes of an .xlsx file out."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from openpyxl import Workbook
from openpyxl.formatting.rule import Rule
from openpyxl.styles import PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.writer.excel import ExcelWriter

from exports.cells import fill
from exports.columns import HEADER_ROW, Column, Sheet, Tint

PERSONAL = "OFFICIAL-SENSITIVE: PERSONAL"
DEMO = "DEMO - invented patients"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
"""Media type of what `workbook` gives."""

_MAKER = "VCF Review"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_A3 = "8"
_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of a spreadsheet for every day from March 1900."""


def workbook(
    sheets: Iterable[Sheet], *, made_at: datetime, demo: bool, footer: str, marking: str = PERSONAL
) -> bytes:
    """*sheets* as an .xlsx file. The same values give the same bytes, whenever they are written.

    Args:
        made_at: Aware; stands in the file's properties in place of the clock.
        footer: Printed under every page.
        marking: Stands at the head of every sheet and of every printed page.
    """
    band = f"{marking} - {DEMO}" if demo else marking
    book = Workbook(write_only=True)
    for sheet in sheets:
        # A write-only sheet has the same furniture; the published types do not know.
        page = cast("Worksheet", book.create_sheet(sheet.title))
        _furnish(page, sheet)
        _print(page, sheet, band, footer)
        fill(page, sheet, band)
    return _sealed(book, made_at)


def _furnish(page: Worksheet, sheet: Sheet) -> None:
    first, last = HEADER_ROW + 1, HEADER_ROW + max(1, len(sheet.rows))
    page.freeze_panes = f"{get_column_letter(sheet.frozen + 1)}{first}"
    if sheet.filtered:
        page.auto_filter.ref = f"A{HEADER_ROW}:{get_column_letter(sheet.filtered)}{last}"
    for number, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(number)
        page.column_dimensions[letter].width = column.width
        if column.choices_at:
            page.data_validations.append(_pick(column, f"{letter}{first}:{letter}{last}"))
    for tint in sheet.tints:
        letter = get_column_letter(tint.column)
        page.conditional_formatting.add(f"{letter}{first}:{letter}{last}", _rule(tint))


def _print(page: Worksheet, sheet: Sheet, header: str, footer: str) -> None:
    page.print_title_rows = f"1:{HEADER_ROW}"
    page.print_title_cols = f"A:{get_column_letter(sheet.frozen)}"
    if sheet.printed:
        page.print_area = f"A1:{get_column_letter(sheet.printed)}{HEADER_ROW + len(sheet.rows)}"
    page.page_setup.orientation, page.page_setup.paperSize = "landscape", _A3
    page.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    page.page_setup.fitToWidth, page.page_setup.fitToHeight = sheet.pages_wide, 0
    head, foot = HeaderFooterItem(), HeaderFooterItem()
    head.center.text = header.replace("&", "&&")
    foot.left.text = footer.replace("&", "&&")
    foot.right.text = "Page &P of &N"
    page.oddHeader, page.oddFooter = head, foot


def _pick(column: Column, cells: str) -> DataValidation:
    """A list for *cells*; it stands in the workbook, as a typed list holds 255 characters only."""
    return DataValidation(
        "list",
        formula1=column.choices_at,
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="Not in the list",
        error="Choose a value from the list.",
        sqref=cells,
    )


def _rule(tint: Tint) -> Rule:
    """Days as numbers, not TODAY(): the colours stay those of the day of export."""
    days = [f"{(day - _DAY_ZERO).days}" for day in (tint.first, tint.last)]
    shown = DifferentialStyle(fill=PatternFill("solid", bgColor=f"FF{tint.colour}"))
    return Rule("cellIs", operator="between", formula=days, dxf=shown)


def _sealed(book: Workbook, made_at: datetime) -> bytes:
    """*book* as a file whose parts are sorted and bear no time but *made_at*."""
    raw, sealed = BytesIO(), BytesIO()
    book.properties.creator = _MAKER
    book.properties.created = made_at.astimezone(UTC).replace(tzinfo=None)
    ExcelWriter(book, ZipFile(raw, "w", ZIP_STORED)).save()
    stamp = f"{book.properties.modified:%Y-%m-%dT%H:%M:%SZ}".encode()
    with ZipFile(raw) as parts, ZipFile(sealed, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(parts.namelist()):
            part = parts.read(name)
            if name == "docProps/core.xml":
                part = part.replace(stamp, f"{book.properties.created:%Y-%m-%dT%H:%M:%SZ}".encode())
            entry = ZipInfo(name, _ZIP_DATE)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, part)
    return sealed.getvalue()
