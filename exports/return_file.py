"""The sheets of a file from outside, cell by cell: bounded in size, and nothing in it is run."""

import csv
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile

from openpyxl import load_workbook
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.worksheet._reader import WorkSheetParser

from exports.cell_values import FORMULA
from store.domain.refusal import Unusable

LARGEST = 20 << 20
"""Bytes of a file; a batch of a thousand patients has about a quarter of a megabyte."""
UNPACKED = 64 << 20
"""Bytes of all its parts unpacked."""
MOST_PARTS = 500
MOST_ROWS = 20_000
"""Rows of one sheet; ten years of a large service stand in fewer."""
_MOST_COLUMNS = 256
_LAST_ROW = 1_048_576
"""Of a sheet. Source: Excel specifications and limits."""
_DECLARED = (b"<!DOCTYPE", b"<!ENTITY", "<!DOCTYPE".encode("utf-16-le"), "<!D".encode("utf-16-be"))


Numbered = tuple[int, list[object]]
"""A row's number as a spreadsheet counts, and its cells up to the last with anything in it."""


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet: the rows with anything in them, each cell a value.

    Attributes:
        epoch: Day 0 of days that are written as numbers.
    """

    title: str
    hidden: bool
    rows: tuple[Numbered, ...]
    epoch: datetime = WINDOWS_EPOCH


def pages_of(content: bytes) -> tuple[Page, ...]:
    """The sheets of *content*, an .xlsx workbook or delimited text.

    Raises:
        Unusable: it is neither, is damaged, or is larger than any that is meant to be read.
    """
    if len(content) > LARGEST:
        msg = f"The file is larger than {LARGEST >> 20} MB. Send the filled workbook alone."
        raise Unusable(msg)
    if content[:4] == b"PK\x03\x04":
        return _workbook(content)
    if content[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        msg = "This is an old or a password-protected workbook. Save it as .xlsx, unprotected."
        raise Unusable(msg)
    return (Page("File", hidden=False, rows=_delimited(content)),)


def _workbook(content: bytes) -> tuple[Page, ...]:
    try:
        _check_parts(content)
        return tuple(_sheets(content))
    except Unusable:
        raise
    except Exception as error:  # noqa: BLE001 - openpyxl raises many kinds over foreign files
        msg = f"The workbook cannot be read ({type(error).__name__}). Save it again as .xlsx."
        raise Unusable(msg) from None


def _check_parts(content: bytes) -> None:
    with ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        # A part is never unpacked beyond the size it declares.
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > UNPACKED:
            msg = f"Unpacked the workbook is larger than {UNPACKED >> 20} MB. It is not opened."
            raise Unusable(msg)
        if "xl/workbook.xml" not in archive.namelist():
            msg = "This is no Excel workbook. Save it as .xlsx (Excel 2007-365)."
            raise Unusable(msg)
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                with archive.open(part) as opened:
                    head = opened.read(4096)
                if any(mark in head for mark in _DECLARED):
                    msg = "The workbook declares entities, which no spreadsheet does. Not opened."
                    raise Unusable(msg)


def _sheets(content: bytes) -> Iterator[Page]:
    with warnings.catch_warnings():
        # It warns of furniture it does not know; only the values are wanted.
        warnings.simplefilter("ignore")
        book = load_workbook(BytesIO(content), read_only=True, keep_links=False)
        for sheet in book.worksheets:
            hidden = sheet.sheet_state != "visible"
            yield Page(sheet.title[:40], hidden, _filled(_values(book, sheet)), book.epoch)


def _values(book: Any, sheet: Any) -> Iterator[Numbered]:  # noqa: ANN401 - reading is untyped
    # The sheet's own rows come with every gap between them filled; one of a million is enough
    # to keep a processor for a minute. Its parser gives those that are there.
    with sheet._get_source() as source:
        parser = WorkSheetParser(
            source,
            sheet._shared_strings,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        for number, cells in parser.parse():
            if number > _LAST_ROW:
                msg = "A sheet of the workbook has more rows than a sheet can have. Not read."
                raise Unusable(msg)
            row: list[object] = [None] * _MOST_COLUMNS
            for cell in cells:
                if cell["column"] <= _MOST_COLUMNS:
                    value = FORMULA if cell["data_type"] == "f" else cell["value"]
                    row[cell["column"] - 1] = value
            yield number, row


def _filled(rows: Iterable[Numbered]) -> tuple[Numbered, ...]:
    """Those of *rows* with anything in them, cut after the last cell with anything."""
    found: list[Numbered] = []
    for number, row in rows:
        last = next((at for at in range(len(row), 0, -1) if row[at - 1] not in (None, "")), 0)
        if last:
            found.append((number, row[:last]))
        if len(found) > MOST_ROWS:
            msg = f"The file has more than {MOST_ROWS} rows. Send it in parts."
            raise Unusable(msg)
    return tuple(found)


def _delimited(content: bytes) -> tuple[Numbered, ...]:
    text = _decoded(content)
    sign = max(",;\t", key=text[:4096].count)
    try:
        lines = csv.reader(StringIO(text, newline=""), delimiter=sign)
        return _filled((number, [*row]) for number, row in enumerate(lines, start=1))
    except csv.Error:
        msg = "The file is no workbook, and no table of text either. Save it as .xlsx."
        raise Unusable(msg) from None


def _decoded(content: bytes) -> str:
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        # As Excel on a British Windows saves "CSV".
        return content.decode("cp1252", errors="replace")
