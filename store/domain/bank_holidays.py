"""The eight bank holidays of England and Wales, by their rules; special ones are not known here."""

from datetime import date, timedelta
from functools import cache

SATURDAY = 5


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The days of *year*, each on the working day it is kept on.

    Source: Banking and Financial Dealings Act 1971, schedule 1; https://www.gov.uk/bank-holidays.
    """
    easter = _easter(year)
    return frozenset(
        {
            *_kept(date(year, 1, 1)),
            easter - timedelta(days=2),
            easter + timedelta(days=1),
            _monday_from(date(year, 5, 1)),
            _monday_from(date(year, 5, 25)),
            _monday_from(date(year, 8, 25)),
            *_kept(date(year, 12, 25), date(year, 12, 26)),
        }
    )


def _kept(*days: date) -> list[date]:
    """*days*, those at a weekend moved to the next working days that are free."""
    kept = [day for day in days if day.weekday() < SATURDAY]
    for day in days:
        if day.weekday() >= SATURDAY:
            moved = _monday_from(day)
            while moved in kept:
                moved += timedelta(days=1)
            kept.append(moved)
    return kept


def _monday_from(day: date) -> date:
    return day + timedelta(days=-day.weekday() % 7)


def _easter(year: int) -> date:
    """Easter Sunday. Source: Meeus, Astronomical Algorithms, 2nd edition, chapter 8."""
    golden = year % 19
    century, rest = divmod(year, 100)
    leap, odd = divmod(century, 4)
    drift = (century - (century + 8) // 25 + 1) // 3
    moon = (19 * golden + century - leap - drift + 15) % 30
    week = (32 + 2 * odd + 2 * (rest // 4) - moon - rest % 4) % 7
    late = (golden + 11 * moon + 22 * week) // 451
    month, day = divmod(moon + week - 7 * late + 114, 31)
    return date(year, month, day + 1)
