"""Names and numbers of patients are looked for in everything the product writes down."""

import sqlite3
from pathlib import Path

from clerk import Clerk
from running import Server, run


def canaries(data: Path) -> set[str]:
    """What would give a patient away."""
    with sqlite3.connect(data / "record.db") as record:
        found = record.execute("SELECT surname, forename, nhs_number, hospital_number FROM patient")
        words = {word for row in found for word in row if word and len(word) > 3}
        found = record.execute("SELECT accession, study_uid FROM scan")
        return words | {word for row in found for word in row if word}


def test_no_patient_is_named_in_trail_log_or_file_names(server: Server, lead: Clerk) -> None:
    for case in lead.cases():
        seen = lead.case(case)
        finding = seen["findings"][0]["id"]
        lead.post(lead.act(case, seen["version"], "unsure", finding=finding))
        lead.post(lead.act(case, 99, "unsure", finding=finding))
    words = canaries(server.data)
    assert len(words) > 10
    with sqlite3.connect(server.data / "record.db") as record:
        trail = str(record.execute("SELECT * FROM trail").fetchall())
    names = " ".join(str(path) for path in server.data.rglob("*"))
    written = trail + names + server.log.read_text() + run(server.data, "trail", "verify").stdout
    assert not [word for word in words if word in written]


def test_no_patient_is_named_by_the_intake(tmp_path: Path, delivery: Path) -> None:
    done = run(tmp_path / "data", "receive", delivery)
    words = canaries(tmp_path / "data")
    for said in (done.stdout, done.stderr):
        assert not [word for word in words if word in said]
