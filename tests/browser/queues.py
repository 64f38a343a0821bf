"""A queue of small invented scans, each with one flag, through the real intake."""

import sqlite3
from pathlib import Path

from running import enrolled, run

from app.demo.hospital import write_hospital
from app.demo.visits import LUMBAR, Answer, Build, Flag, Form, Patient, Visit
from components.imaging.phantom import GE, Fracture
from store.domain.arrival import Ending
from store.domain.genant import FractureType
from store.domain.report import ReportStatus
from store.domain.spine import Level

SMALL = Build(GE, 0, (4.0, 3.0, 3.0), 100, 14.0)
"""Coarse, so that a scan is drawn and prepared in a second."""
FIRST = 500
"""Numbers above those of the demo's own patients."""


def queue_of(folder: Path, count: int, staff: tuple[tuple[str, str, str], ...]) -> Path:
    """A data folder under *folder* where *count* scans with one flag each wait."""
    patients = tuple(_patient(FIRST + place) for place in range(count))
    write_hospital(folder / "delivery", lambda *_: None, patients=patients, workers=2)
    data = enrolled(folder / "data", staff)
    assert run(data, "receive", folder / "delivery").returncode == 0
    return data


def _patient(number: int) -> Patient:
    level = (Level.L1, Level.L2, Level.L3)[number % 3]
    broken = {level: Fracture(FractureType.WEDGE, 0.32)}
    answer = Answer(Form.JSON, (Flag(level),), Ending.POSITIVE)
    said = ReportStatus.NO_REPORT
    visit = Visit(9, "CT lumbar spine", LUMBAR, answer, said, broken, build=SMALL)
    return Patient(number, f"Demo-Queue^Number {number}", "F", 71, (visit,))


def holder(data: Path, case: str) -> str:
    """The handle of whoever has *case* on the screen and may work on it, or nothing."""
    with sqlite3.connect(data / "record.db") as record:
        found = record.execute("SELECT handle FROM claim WHERE case_id = ?", (case,)).fetchone()
    return str(found[0]) if found else ""


def deeds(data: Path, case: str = "") -> list[str]:
    """The deeds of *case*, or of all cases, in the order they were kept."""
    with sqlite3.connect(data / "record.db") as record:
        query = "SELECT deed FROM decision WHERE ? IN ('', case_id) ORDER BY rowid"
        return [deed for (deed,) in record.execute(query, (case,))]
