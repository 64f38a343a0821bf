"""The workbook of referrals to the fracture liaison service."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Any, get_type_hints

from openpyxl.utils import get_column_letter

from exports.cells import local
from exports.columns import HEADER_ROW, Column, DateWithNote, Sheet, Tint, Value
from exports.fls_rows import (
    Batch,
    NotReferredRow,
    ReferralRow,
    grade_words,
)
from exports.fls_words import RowStatus
from exports.sheet import workbook
from store.domain.genant import Grade
from store.domain.identity import NhsNumber
from store.domain.report import ReportStatus
from store.domain.worded import Worded

__all__ = [
    "Batch",
    "NotReferredRow",
    "ReferralRow",
    "file_name",
    "referral_workbook",
]

SOON = timedelta(days=14)
"""A 90-day date this near is coloured; our default."""

_LONGEST_OVERDUE = 60
"""Days overdue are counted up to here; a spreadsheet holds about 200 ways to show a date."""
_LONGEST_LEFT = 90
_OVERDUE_COLOUR, _SOON_COLOUR = "F8CACC", "FFEB9C"
_FIRST_DAY = date(1900, 3, 1)
_BATCH_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_GUIDE, _GUIDE_COLUMNS = "Column guide", 4


def file_name(batch_id: str) -> str:
    """The name of the file of a batch: nothing of a patient, nothing a file system minds.

    Raises:
        ValueError: *batch_id* is not 1 to 40 letters, digits and hyphens.
    """
    if not _BATCH_ID.fullmatch(batch_id):
        msg = "A batch is named by 1 to 40 letters, digits and hyphens; this one is not."
        raise ValueError(msg)
    return f"fls-referrals-{batch_id}.xlsx"


def referral_workbook(
    batch: Batch,
    rows: Sequence[ReferralRow],
    not_referred: Sequence[NotReferredRow],
    demo: bool,
) -> bytes:
    """The workbook of *batch*; the same values always give the same bytes."""
    exported_on = local(batch.exported_at).date()
    columns = columns_of(ReferralRow)
    return workbook(
        (
            _referrals(batch, rows, exported_on, columns),
            Sheet(
                "Not referred",
                f"Batch {batch.batch_id}: looked at and not referred",
                columns_of(NotReferredRow),
                [_values(row, exported_on) for row in not_referred],
                filtered=2,
            ),
            _summary(batch, rows, not_referred),
            _guide(columns),
        ),
        made_at=batch.exported_at,
        demo=demo,
        footer=f"{batch.batch_id} - trail {batch.trail_sequence} {batch.trail_hash[:16]}",
    )


def columns_of(kind: type[Any]) -> tuple[Column, ...]:
    """The columns that the fields of *kind* are annotated with."""
    hints = get_type_hints(kind, include_extras=True)
    return tuple(hints[field.name].__metadata__[0] for field in fields(kind))


def due_note(due: date, on: date) -> str:
    """How far *due* is from *on*, in words."""
    left = (due - on).days
    if left == 0:
        return "due today"
    if left < -_LONGEST_OVERDUE:
        return f"more than {_LONGEST_OVERDUE} days overdue"
    if left > _LONGEST_LEFT:
        return f"more than {_LONGEST_LEFT} days left"
    days = f"{abs(left)} day{'' if abs(left) == 1 else 's'}"
    return f"{days} left" if left > 0 else f"{days} overdue"


def _referrals(
    batch: Batch, rows: Sequence[ReferralRow], on: date, columns: tuple[Column, ...]
) -> Sheet:
    due = [field.name for field in fields(ReferralRow)].index("due") + 1
    listed = tuple(
        replace(column, choices_at=place)
        for column, place in zip(columns, _places(columns), strict=True)
    )
    return Sheet(
        "Referrals",
        f"Referrals to the fracture liaison service, batch {batch.label}. "
        "Please fill in the three yellow columns at the right end and return the file.",
        listed,
        [_values(replace(row, batch=batch.label), on) for row in rows],
        frozen=1,
        filtered=len(columns),
        pages_wide=4,
        tints=(
            Tint(due, _FIRST_DAY, on - timedelta(days=1), _OVERDUE_COLOUR),
            Tint(due, on, on + SOON, _SOON_COLOUR),
        ),
    )


def _values(row: ReferralRow | NotReferredRow, on: date) -> list[Value]:
    return [
        DateWithNote(value, due_note(value, on)) if name == "due" else value_of(value)
        for name, value in ((field.name, getattr(row, field.name)) for field in fields(row))
    ]


def value_of(value: object) -> Value:
    """What stands in a cell for *value*.

    Raises:
        TypeError: no cell is known for it.
    """
    match value:
        case NhsNumber():
            return value.spaced
        case Grade():
            return grade_words(value)
        case ReportStatus() | Worded():
            return value.words
        case bool():
            return "Y" if value else "N"
        case Enum():
            return str(value.value)
        case str() | int() | datetime() | date() | None:
            return value
    msg = f"No cell is known for a {type(value).__name__}."
    raise TypeError(msg)


def _summary(
    batch: Batch, rows: Sequence[ReferralRow], not_referred: Sequence[NotReferredRow]
) -> Sheet:
    statuses = Counter(row.row_status for row in rows)
    facts: list[tuple[str, Value]] = [
        ("Batch ID", batch.batch_id),
        ("Exported at (UK time)", batch.exported_at),
        ("Exported by", f"{batch.exported_by}, {batch.role.words}"),
        ("Purpose", batch.purpose),
        ("Site", batch.site),
        ("What this site refers", batch.policy or "not stated"),
        *((f"Rows {status.value}", statuses[status]) for status in RowStatus),
        ("Rows in all", len(rows)),
        ("Not referred", len(not_referred)),
        ("Looked at in all", len(rows) + len(not_referred)),
        ("Trail entry", batch.trail_sequence),
        ("Trail hash", batch.trail_hash),
        ("Why the trail stands here", "Keep this file: the trail can be checked against it later."),
    ]
    columns = (Column("What", width=28), Column("Value", width=60))
    return Sheet("Batch summary", f"Batch {batch.batch_id}", columns, facts)


def _places(columns: tuple[Column, ...]) -> list[str]:
    """Where on the guide the choices of each column stand; empty for a column without."""
    places, number = [], _GUIDE_COLUMNS
    for column in columns:
        number += bool(column.choices)
        letter = get_column_letter(number)
        first, last = HEADER_ROW + 1, HEADER_ROW + len(column.choices)
        places.append(f"'{_GUIDE}'!${letter}${first}:${letter}${last}" if column.choices else "")
    return places


def _guide(columns: tuple[Column, ...]) -> Sheet:
    lists = [column for column in columns if column.choices]
    rows: list[list[Value]] = [
        [
            number,
            column.heading,
            column.guide,
            "; ".join(column.choices),
            *(one.choices[number - 1] if number <= len(one.choices) else None for one in lists),
        ]
        for number, column in enumerate(columns, 1)
    ]
    headings = (
        Column("No.", width=6),
        Column("Column", width=34),
        Column("What it holds", width=50),
        Column("Allowed values", width=60),
        *(Column(f"List: {one.heading}", width=40) for one in lists),
    )
    note = "What each column holds. To the right, the values of each list; please leave them there."
    return Sheet(
        _GUIDE, note, headings, rows, frozen=2, filtered=_GUIDE_COLUMNS, printed=_GUIDE_COLUMNS
    )
