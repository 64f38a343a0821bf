"""What a cell of somebody else's spreadsheet means: a text, a number of ten digits, a day."""

import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from store.domain.identity import LENGTH


class Formula(str):
    """Stands for a cell whose value a formula gives; it is never worked out."""

    __slots__ = ()


FORMULA = Formula("=")
EARLIEST = date(2000, 1, 1)
"""Of days on which an FLS answers."""
_LATEST = date(2099, 12, 31)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_BRITISH = re.compile(r"(\d{1,2})[ /.\-]+(\d{1,2}|[a-z]{3,9})[ /.\-,]+(\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?!\d)")
_NUMBER = re.compile(r"\d+(\.\d*)?(e\+?\d{1,2})?", re.I)
_SERIAL = re.compile(r"[34]\d{4}(\.0*)?")
_AFTER = re.compile(r"[ t]*(\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?z?)?\s*(\(.*\))?\s*")
"""A time, or words in brackets, may follow a day."""


def text_of(cell: object) -> str:
    """*cell* as text without blanks around it; a whole number without its decimal point."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip().strip("\u00a0").lstrip("'").strip()


def digits_of(cell: object) -> str:
    """The ten digits that *cell* holds, were they made a number or not; else its text."""
    said = text_of(cell)
    if _NUMBER.fullmatch(said) or isinstance(cell, int | float):
        try:
            number = Decimal(said)
        except InvalidOperation:
            return said
        if not number.is_finite():
            return said
        said = str(int(number)) if number == number.to_integral_value() else said
        return said.zfill(LENGTH)
    return re.sub(r"[\s\u00a0-]", "", said)


def day_of(cell: object, epoch: datetime, earliest: date = EARLIEST) -> date | None:
    """The day that *cell* holds, as a date, a spreadsheet's number or words; None for no day.

    Days are British: 3/12 is the third of December, and what can only be American is no day.
    """
    found = _day(cell, epoch)
    return found if found and earliest <= found <= _LATEST else None


def _day(cell: object, epoch: datetime) -> date | None:
    match cell:
        case bool():
            return None
        case datetime():
            return cell.date()
        case date():
            return cell
        case int() | float():
            return _serial(float(cell), epoch)
        case str() if _SERIAL.fullmatch(cell.strip()):
            # A sheet saved as text shows the bare number of a day that lost its format.
            return _serial(float(cell), epoch)
        case str():
            return _worded(cell.strip().strip("'").lower()[:80])
    return None


def _serial(days: float, epoch: datetime) -> date | None:
    return (epoch + timedelta(days=int(days))).date() if 1 <= days < 100_000 else None


def _worded(said: str) -> date | None:
    found = _ISO.match(said) or _BRITISH.match(said)
    if found is None or not _AFTER.fullmatch(said[found.end() :]):
        return None
    parts = found.groups()
    day, month, year = parts[::-1] if found.re is _ISO else parts
    number = int(month) if month.isdigit() else _month(month)
    full = int(year) if len(year) == 4 else 2000 + int(year)
    try:
        return date(full, number, int(day))
    except ValueError:
        return None


def _month(word: str) -> int:
    """1 to 12; 0 for a word that is no month."""
    names = {name: number for number, name in enumerate(_MONTHS, start=1)}
    return names.get(word[:3], 0)
