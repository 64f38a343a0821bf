"""A data folder that received the scans of drawn patients, with people who work on them."""

from pathlib import Path

from running import enrolled, run

from app.demo.hospital import write_hospital
from app.demo.visits import Patient

STAFF = (
    ("a.lead", "Anna Lead", "METABOLIC_LEAD"),
    ("f.coord", "Fay Coord", "FLS_COORD"),
    ("au.dit", "Alan Audit", "AUDIT_LEAD"),
    ("ad.min", "Ada Admin", "ADMIN"),
)


def received_from(folder: Path, patients: tuple[Patient, ...]) -> Path:
    """A data folder in *folder* that received the scans of *patients*."""
    write_hospital(folder / "delivery", lambda *_: None, patients=patients, workers=1)
    data = enrolled(folder / "data", STAFF)
    assert run(data, "receive", folder / "delivery").returncode == 0
    (data / "DEMO").touch()
    return data
