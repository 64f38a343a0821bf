"""Tables of reports as a RIS writes them, entered row by row."""

from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from app.intake.entry import Entry
from app.sources import report_mappings
from components.imaging.report_mapping import ReportMapping, is_for, mapped_reports
from components.imaging.result_fields import UnusableResult
from store import arrivals, reports
from store.domain.arrival import Fate, RadiologyReport
from store.domain.people import INTAKE
from store.domain.refusal import Unusable

Told = tuple[str, Fate, str]


def mapping_for(entry: Entry, path: Path) -> tuple[str, ReportMapping] | None:
    """The configured RIS whose table *path* is, and how it is read; None where it is none's."""
    return next(
        (
            (name, one)
            for name, one in report_mappings(entry.site.settings).items()
            if is_for(one, path)
        ),
        None,
    )


def take_table(entry: Entry, path: Path, name: str, mapping: ReportMapping) -> list[Told]:
    """What became of each row of the table at *path*: kind, fate and reason."""
    done: list[Told] = []
    try:
        rows = mapped_reports(mapping, path)
        done.extend(_entered(entry, row, entry.source or name) for row in rows)
    except Unusable as refusal:
        done.append(_refused(entry, str(refusal), "report table"))
    return done


def _entered(entry: Entry, row: RadiologyReport | UnusableResult, source: str) -> Told:
    if isinstance(row, UnusableResult):
        return _refused(entry, str(row), "report")
    answer = entry.site.submit(INTAKE, reports.receive, replace(row, source=source))
    return "report", answer.fate, answer.reason


def _refused(entry: Entry, why: str, kind: str) -> Told:
    entry.submit(arrivals.refuse, "paper", sha256(why.encode()).hexdigest(), Fate.REFUSED, why)
    return kind, Fate.REFUSED, why
