"""The demo hospital has work of every kind in it, done as people do it."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from test_demo_hospital import small

from app.demo import work
from app.demo.hospital import TODAY, write_hospital
from app.demo.loop import send_one
from app.demo.patients import CATALOGUE
from app.demo.people import DEMO_STAFF, LEAD, RADIOLOGIST, SECOND
from app.intake.receive import Delivery
from app.intake.whole import take_in as receive
from app.settings import Settings
from app.wiring import Site, open_site
from store import cases, claims, referrals, staff, triage
from store.domain.clock import LOCAL
from store.domain.finding import CaseState
from store.domain.people import INTAKE
from store.domain.referral import Hold, Policy
from store.domain.triage import Lane

NUMBERS = {int(a[2:6]) for a in (*work.CLOSED, work.SECOND_READ, work.DISPUTED, work.ALERTED)} | {
    int(a[2:6]) for a in (work.HELD, work.REOPENED, work.CORRECTED, *work.JUDGED)
}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> tuple[Site, dict[str, str]]:
    """A site after its first work, and its cases by accession number."""
    folder = tmp_path_factory.mktemp("worked")
    patients = tuple(small(one) for one in CATALOGUE if one.number in NUMBERS)
    write_hospital(folder / "delivery", lambda *_: None, workers=1, patients=patients)
    site = open_site(Settings(data=folder / "data"))
    for person in DEMO_STAFF:
        site.submit(INTAKE, staff.enrol, person)
    receive(site, Delivery((folder / "delivery",)))
    found = work._by_accession(site)
    work.work(site)
    corrected = folder / "corrected.csv"
    work.write_correction(corrected, TODAY)
    receive(site, Delivery((corrected,)))
    return site, found


def state(worked: tuple[Site, dict[str, str]], accession: str) -> CaseState:
    site, found = worked
    return site.ask(SECOND, cases.case, found[accession]).state


def test_a_case_waits_in_every_state_a_room_is_for(worked: tuple[Site, dict[str, str]]) -> None:
    counted = Counter(state(worked, accession) for accession in worked[1])
    assert counted[CaseState.CLOSED] >= 5
    assert state(worked, work.SECOND_READ) is CaseState.SECOND_READ
    assert state(worked, work.DISPUTED) is CaseState.ADJUDICATION
    assert state(worked, work.REOPENED) is CaseState.WAITING
    assert state(worked, work.ALERTED) is CaseState.CLOSED


def test_the_earlier_scans_of_three_patients_are_read(worked: tuple[Site, dict[str, str]]) -> None:
    assert {state(worked, accession) for accession in work.CLOSED} == {CaseState.CLOSED}


def test_somebody_is_at_work_on_a_case(worked: tuple[Site, dict[str, str]]) -> None:
    site, found = worked
    held = site.ask(LEAD, claims.standing, found[work.HELD])
    assert held is not None
    assert held.by == RADIOLOGIST.name


def test_a_report_was_corrected_after_it_was_judged(worked: tuple[Site, dict[str, str]]) -> None:
    site, found = worked
    assert "Corrected report" in site.ask(LEAD, cases.case, found[work.CORRECTED]).report.text


def test_some_patients_are_ready_for_the_fls_and_others_held_for_a_reason(
    worked: tuple[Site, dict[str, str]],
) -> None:
    site, found = worked
    lines = site.ask(LEAD, referrals.lines, Policy())
    held = {line.case: line.verdict.reasons for line in lines if isinstance(line.verdict, Hold)}
    ready = {line.case for line in lines} - held.keys()
    assert ready == {found[accession] for accession in ("DX00171", "DX00241", "DX00051")}
    assert held[found["DX00191"]] == ("no valid NHS number; trace the patient",)
    assert held[found["DX00182"]] == ("aged 46 at the scan, below 50",)
    assert held[found["DX00312"]] == ("report status not set",)
    assert held[found["DX00031"]] == ("decide: scanned for cancer?",)


def test_every_lane_of_triage_has_somebody(worked: tuple[Site, dict[str, str]]) -> None:
    site, _ = worked
    send_one(site)
    (site.settings.data / "policy.toml").write_text(work.POLICY, encoding="utf-8")
    today = datetime.now(UTC).astimezone(LOCAL).date()
    room = site.ask(LEAD, triage.room, site.settings.policy, today)
    assert {lane for lane, shown in room.of.items() if shown} == set(Lane)
