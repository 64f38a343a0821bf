"""Cells of a workbook: text is text, a date is a date, and nothing is a formula."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import cache
from math import ceil
from typing import Any

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from exports.columns import HEADER_ROW, Column, DateWithNote, Sheet, Value
from exports.text import safe
from store.domain.clock import LOCAL

_FIRST_SAFE_DATE = date(1900, 3, 1)
"""Before it spreadsheets disagree on the day, because Excel counts a 29 February 1900."""

_DAY, _MOMENT, _TEXT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm", "@"
_NAVY, _BLUE, _WHITE, _CREAM, _RED = "FF003087", "FF005EB8", "FFFFFFFF", "FFFFF9E5", "FFD5281B"
_LINE = Side(style="thin", color="FFD8DDE0")
_BOX = Border(bottom=_LINE, right=_LINE)
_LEFT = Alignment(wrap_text=True, vertical="top", horizontal="left")
_RIGHT = Alignment(vertical="top", horizontal="right", indent=1)
_PLAIN = Alignment(vertical="center")
_FACE, _SIZE = "Arial", 10
_LINE_POINTS, _HIGHEST_POINTS = 13.5, 400.0
_HEADING_SPREAD = 1.25
"""Bold capitals beside a filter's arrow need this much more room than plain text."""


def local(moment: datetime) -> datetime:
    """*moment* as the wall clock in the United Kingdom shows it, as spreadsheets want it.

    Raises:
        ValueError: *moment* names no time zone.
    """
    if moment.tzinfo is None:
        msg = "A time without a zone cannot be shown. Pass UTC."
        raise ValueError(msg)
    return moment.astimezone(LOCAL).replace(tzinfo=None)


def fill(page: Worksheet, sheet: Sheet, band: str) -> None:
    """Write *band*, the note, the headings and the rows of *sheet* to *page*."""
    page.append([_banner(page, band, _RED)])
    page.append([_banner(page, sheet.note, _NAVY)])
    headings = [column.heading for column in sheet.columns]
    page.row_dimensions[HEADER_ROW].height = _height(headings, sheet.columns, _HEADING_SPREAD)
    page.append([_heading(page, column) for column in sheet.columns])
    brushes = [_Brush(page, column) for column in sheet.columns]
    for number, row in enumerate(sheet.rows, HEADER_ROW + 1):
        page.row_dimensions[number].height = _height(row, sheet.columns)
        page.append([brush(value) for brush, value in zip(brushes, row, strict=True)])


def _height(row: Sequence[Value], columns: tuple[Column, ...], spread: float = 1.1) -> float:
    """Points that the longest text of *row* needs; not every program works this out itself."""
    lines = 1
    for value, column in zip(row, columns, strict=True):
        if isinstance(value, str) and len(value) * spread > column.width:
            lines = max(lines, ceil(len(value) * spread / column.width) + value.count("\n"))
    return min(_HIGHEST_POINTS, lines * _LINE_POINTS + 2)


def _banner(page: Worksheet, text: str, colour: str) -> Cell:
    cell = _text(page, text)
    cell.font = Font(name=_FACE, bold=True, size=12, color=colour)
    cell.alignment = _PLAIN
    return cell


def _heading(page: Worksheet, column: Column) -> Cell:
    cell = _text(page, column.heading)
    ink = _NAVY if column.fill_in else _WHITE
    cell.font = Font(name=_FACE, bold=True, size=_SIZE, color=ink)
    cell.fill = PatternFill("solid", fgColor="FFFFEB3B" if column.fill_in else _BLUE)
    cell.alignment, cell.border = _LEFT, _BOX
    return cell


def _text(page: Worksheet, text: str) -> Cell:
    cell = WriteOnlyCell(page, safe(text))
    cell.data_type, cell.number_format = "s", _TEXT
    return cell


class _Brush:
    """Writes the cells of one column.

    A cell goes to the file as soon as its row is added, so one cell a kind of value serves the
    whole column; giving each its own style costs three times as long.
    """

    def __init__(self, page: Worksheet, column: Column) -> None:
        self._page, self._column = page, column
        self._cell = cache(self._make)

    def __call__(self, value: Value) -> Cell:
        shown, number_format, kind = _shown(value, self._column)
        cell = self._cell(number_format, int(kind == "s" and shown != value))
        cell.value = shown
        cell.data_type = kind
        return cell

    def _make(self, number_format: str, guarded: int) -> Cell:
        cell = WriteOnlyCell(self._page)
        number = number_format == self._column.number_format
        cell.alignment = _RIGHT if number else _LEFT
        cell.border, cell.number_format = _BOX, number_format
        cell.font = Font(name=_FACE, size=_SIZE)
        if self._column.fill_in:
            cell.fill = PatternFill("solid", fgColor=_CREAM)
        # Keeps the cell a text when someone edits it and presses Enter; the apostrophe in the
        # value keeps it one when the sheet is saved as CSV.
        cell.quotePrefix = guarded
        return cell


def _shown(value: Value, column: Column) -> tuple[Any, str, str]:
    """The value, number format and type of cell for *value*."""
    match value:
        case None | "":
            return None, _DAY if column.fill_in and not column.choices else _TEXT, "n"
        case str():
            return safe(value), _TEXT, "s"
        case DateWithNote(day, note):
            return (day, f'{_DAY} "({note})"', "d") if _safe_day(day) else _old(day)
        case datetime():
            return local(value), _MOMENT, "d"
        case date():
            return (value, _DAY, "d") if _safe_day(value) else _old(value)
    return value, column.number_format, "n"


def _safe_day(day: date) -> bool:
    return day >= _FIRST_SAFE_DATE


def _old(day: date) -> tuple[str, str, str]:
    return f"{day:%d/%m/}{day.year:04d}", _TEXT, "s"
