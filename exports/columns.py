"""What a workbook is made of: typed columns, and the values that may stand under them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

HEADER_ROW = 3
"""Row of the headings: the marking stands above, then what the sheet is."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, and how its cells are shown and filled in.

    Attributes:
        guide: What it holds, for whoever receives the file.
        width: In characters.
        choices: The values it may hold; empty for any.
        choices_at: Where in the workbook the choices stand, which makes them a list to pick from.
        fill_in: Whether the receiver writes here.
        number_format: For numbers; dates have their own.
    """

    heading: str
    guide: str = ""
    width: int = 14
    choices: tuple[str, ...] = ()
    choices_at: str = ""
    fill_in: bool = False
    number_format: str = "0"


@dataclass(frozen=True, slots=True)
class DateWithNote:
    """A day with words behind it; the cell stays a true date."""

    day: date
    note: str


Value = str | int | float | date | datetime | DateWithNote | None


@dataclass(frozen=True, slots=True)
class Tint:
    """Colour for the dates of one column, from *first* to *last*, both included.

    Attributes:
        column: Counted from 1.
        colour: Red, green and blue, as hexadecimal digits.
    """

    column: int
    first: date
    last: date
    colour: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: what it is, its columns and rows.

    Attributes:
        note: Shown above the headings.
        frozen: How many columns stay in sight when the sheet is scrolled sideways.
        filtered: How many columns, from the first, carry a filter.
        printed: How many columns, from the first, are printed; 0 for all.
    """

    title: str
    note: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]]
    frozen: int = 1
    filtered: int = 0
    printed: int = 0
    pages_wide: int = 1
    tints: tuple[Tint, ...] = ()
