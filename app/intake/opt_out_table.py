"""Lists of NHS numbers as CSV tables, row by row: opt-outs, and whom the FLS knows already."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from io import StringIO
from pathlib import Path

from app.wiring import Site
from store import known, opt_outs
from store.domain.people import INTAKE
from store.domain.refusal import NotAllowed, Unusable

LARGEST_BYTES = 20_000_000
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%Y%m%d")


class UnusableTable(Unusable):
    """A list that cannot be taken in, or one row of it."""


@dataclass(slots=True)
class Imported:
    """What became of the rows; refusals name the row and never the number."""

    added: int = 0
    known: int = 0
    scans: int = 0
    refused: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What happened, for a person."""
        return [
            f"{self.added} opt-outs added; {self.scans} scans are left out by them.",
            f"{self.known} stood already.",
            *(f"refused: {why}" for why in self.refused),
        ]


def enter(site: Site, path: Path, today: date) -> Imported:
    """Enter every row of the table at *path*; rows that stand already change nothing.

    Nothing is lifted: who is not in the table any more stays out until a person lifts it.

    Args:
        today: The day on which an opt-out without a day of its own begins.

    Raises:
        UnusableTable: it is no table with the column needed.
    """
    done = Imported()
    for place, row in _rows(_text(path)):
        try:
            since = _day(row.get("since", ""), today)
            number, reason = row["nhs_number"], row.get("reason", "")
            source = row.get("source", "") or "list"
            answer = site.submit(INTAKE, opt_outs.add, number, since, reason, source)
        except (Unusable, NotAllowed) as refusal:
            done.refused.append(f"Row {place}: {refusal}")
            continue
        done.known += answer.before
        done.added += not answer.before
        done.scans += answer.scans
    return done


@dataclass(slots=True)
class Noted:
    """What became of the rows of the FLS's list; refusals name the row and never the number."""

    added: int = 0
    known: int = 0
    refused: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """What happened, for a person."""
        return [
            f"{self.added} patients known to the FLS added.",
            f"{self.known} were on the list already.",
            *(f"refused: {why}" for why in self.refused),
        ]


def note_known(site: Site, path: Path) -> Noted:
    """Note every patient of the FLS's list at *path*; rows that are known change nothing.

    Raises:
        UnusableTable: it is no table with the column needed.
    """
    done = Noted()
    for place, row in _rows(_text(path)):
        try:
            said = row.get("since", "").strip()
            since = _day(said, date.max) if said else None
            source = row.get("source", "") or "list"
            before = site.submit(INTAKE, known.add, row["nhs_number"], since, source)
        except (Unusable, NotAllowed) as refusal:
            done.refused.append(f"Row {place}: {refusal}")
            continue
        done.known += before
        done.added += not before
    return done


def _text(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(LARGEST_BYTES + 1)
    if len(content) > LARGEST_BYTES:
        msg = f"The table is larger than {LARGEST_BYTES // 1_000_000} MB. Divide it."
        raise UnusableTable(msg)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        msg = "The table is not UTF-8 text. Save it as CSV UTF-8 and give it again."
        raise UnusableTable(msg) from None


def _rows(text: str) -> Iterator[tuple[int, dict[str, str]]]:
    head = text.partition("\n")[0]
    lines = csv.reader(StringIO(text, newline=""), delimiter=";" if ";" in head else ",")
    names = [_name(each) for each in next(lines, [])]
    if "nhs_number" not in names:
        msg = "The table has no column nhs_number. It may have reason, since and source as well."
        raise UnusableTable(msg)
    for place, cells in enumerate(lines, 2):
        if any(cell.strip() for cell in cells):
            yield place, dict(zip(names, [*cells, *[""] * len(names)], strict=False))


def _name(cell: str) -> str:
    name = "_".join(cell.strip().lower().replace("-", " ").split())
    return "nhs_number" if name in ("nhs_no", "nhs", "nhsnumber") else name


def _day(text: str, today: date) -> date:
    said = text.strip()
    if not said:
        return today
    for form in _DAYS:
        try:
            return datetime.strptime(said, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    msg = "“since” is a day written 2026-10-03 or 03/10/2026. Correct it."
    raise UnusableTable(msg)
