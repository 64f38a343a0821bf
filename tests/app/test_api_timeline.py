"""The patient's other scans, the purpose and the PACS over a running server."""

import sqlite3
from pathlib import Path

import pytest
from clerk import Clerk
from running import Server, run

from app.purpose import PURPOSE


def one_patient(data: Path) -> tuple[str, str]:
    """Two cases with pictures made scans of one patient: the earlier and the later."""
    with sqlite3.connect(data / "record.db") as record:
        rows = record.execute(
            "SELECT c.id, c.scan_id, s.patient_id FROM review_case c JOIN scan s ON s.id=c.scan_id "
            "WHERE EXISTS (SELECT 1 FROM series r WHERE r.scan_id=s.id AND r.stack IS NOT NULL)"
        ).fetchall()
        (earlier, scan, patient), (later, later_scan, _) = rows[:2]
        record.execute("UPDATE scan SET scanned='2020-02-03' WHERE id=?", (scan,))
        record.execute("UPDATE scan SET patient_id=? WHERE id=?", (patient, later_scan))
    return earlier, later


def test_a_cases_ticket_opens_the_pictures_of_the_patients_other_scans(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VCF_PACS_LINK", "https://pacs.example/open?a={accession}&s={study_uid}")
    earlier, later = one_patient(data)
    server = Server(data).start()
    try:
        with Clerk(server, "a.lead") as lead:
            case = lead.case(later)
            old, this = case["timeline"]["scans"]
            other = lead.http.get(f"/api/stacks/{old['stack']}/0", headers=lead.ticket(later))
            stranger = next(name for name in lead.cases() if name not in (earlier, later))
            refused = lead.http.get(f"/api/stacks/{old['stack']}/0", headers=lead.ticket(stranger))
    finally:
        server.stop()
    assert (old["case"], old["date"], old["state"]) == (earlier, "03/02/2020", "waiting")
    assert (this["case"], this["this"], this["stack"]) == (later, True, case["stack"])
    assert (other.status_code, refused.status_code) == (200, 401)
    assert case["timeline"]["referral"] == ""
    assert case["purpose"] == PURPOSE
    assert case["pacs"].startswith("https://pacs.example/open?a=")
    assert case["scan"]["accession"] in case["pacs"]


def test_without_earlier_scans_each_finding_says_so_and_without_a_template_there_is_no_link(
    lead: Clerk,
) -> None:
    for case in map(lead.case, lead.cases()):
        assert [scan["this"] for scan in case["timeline"]["scans"]] == [True]
        assert case["pacs"] == ""
        for finding in case["findings"]:
            said = finding["proposed"]
            assert (said and said["novelty"]) == ("no_prior" if finding["level"] else None)


def test_a_link_that_cannot_be_used_stops_the_start(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VCF_PACS_LINK", "javascript:alert('{accession}')")
    done = run(data, "serve")
    assert done.returncode == 10
    assert "VCF_PACS_LINK cannot be used" in done.stderr
