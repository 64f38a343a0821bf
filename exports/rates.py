"""The workbook of rates: what was counted, of what, and how sure it is."""

from collections.abc import Sequence
from datetime import datetime

from exports.cells import local
from exports.columns import Column, Sheet, Value
from exports.sheet import workbook
from store.domain.rates import FunnelRow
from store.domain.report import BIAS_NOTE

MARKING = "OFFICIAL-SENSITIVE"
"""Counts without patients; few cases may still point to one."""

_PER_CENT = "0.0%"
_COLUMNS = (
    Column("Step", width=26),
    Column("Numerator", width=12),
    Column("Denominator", width=14),
    Column("Per cent", width=11, number_format=_PER_CENT),
    Column("95 % interval, low", width=13, number_format=_PER_CENT),
    Column("95 % interval, high", width=13, number_format=_PER_CENT),
    Column("What is counted, and of what", width=70),
)


def rates_workbook(
    funnel: Sequence[FunnelRow],
    period: str,
    *,
    made_at: datetime,
    made_by: str,
    demo: bool,
    trail_sequence: int,
    trail_hash: str,
) -> bytes:
    """*funnel* over *period* with its intervals; the same values always give the same bytes."""
    about: list[tuple[str, Value]] = [
        ("Period", period),
        ("Made at (UK time)", made_at),
        ("Made by", made_by),
        ("Bias", BIAS_NOTE),
        ("Interval", "Wilson 95 % interval (Wilson EB, J Am Stat Assoc 1927;22:209)."),
        ("Empty cells", "A rate of nothing has no value."),
        ("Small counts", "Counts below 5 are shown; take them out before the file leaves."),
        ("Trail entry", trail_sequence),
        ("Trail hash", trail_hash),
    ]
    note = f"{period}. {BIAS_NOTE}"
    return workbook(
        (
            Sheet("Rates", note, _COLUMNS, [_cells(row) for row in funnel]),
            Sheet("About", period, (Column("What", width=22), Column("Value", width=90)), about),
        ),
        made_at=made_at,
        demo=demo,
        footer=f"{local(made_at):%d/%m/%Y} - trail {trail_sequence} {trail_hash[:16]}",
        marking=MARKING,
    )


def _cells(row: FunnelRow) -> tuple[Value, ...]:
    low, high = row.rate.interval or (None, None)
    counts = row.rate.numerator, row.rate.denominator
    return row.step.value, *counts, row.rate.value, low, high, row.meaning
