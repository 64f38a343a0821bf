"""What clinicians said of the AI's flags, sent to a real PACS: each closing once, by a person."""

import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from orthanc import WEB, Orthanc
from running import COMMAND, received
from sending import Receiving, rows, write_scan
from sr_builders import Flag, write_sr

from app.settings import Settings
from app.wiring import Site, open_site
from store import assessments, cases, findings
from store.domain.finding import Act, Decision, Deed
from store.domain.genant import Grade
from store.domain.people import INTAKE, Person, Role
from store.domain.reading import ReadPolicy
from store.domain.spine import Level
from store.unit import Reader, Unit

LEAD = Person("a.lead", "Anna Lead", Role.METABOLIC_LEAD)
OTHER = Person("b.reader", "Ben Reader", Role.RADIOLOGIST)
ALONE, TWICE = ReadPolicy(share=0.0, doubtful=False), ReadPolicy(share=1.0)
SOURCE = '[[source]]\nname = "pacs-web"\nkind = "dicomweb"\nurl = "{url}"\n'


@pytest.fixture
def orthanc(tmp_path: Path) -> Iterator[Orthanc]:
    server = Orthanc(tmp_path).start()
    yield server
    server.stop()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A hospital of two scans, each flagged at L1 and L2 by a product that tracks its findings."""
    data = tmp_path / "data"
    for number in (1, 2):
        slices = write_scan(tmp_path / "in" / f"ct{number}", number)
        flags = [Flag(Level.L1, Grade.MODERATE, uid=f"1.2.3.{number}.1")]
        flags.append(Flag(Level.L2, Grade.MILD, uid=f"1.2.3.{number}.2"))
        write_sr(tmp_path / "in" / f"sr{number}.dcm", slices, flags)
    received(data, tmp_path / "in")
    opened = open_site(Settings(data=data))
    yield opened
    opened.engine.dispose()


def step(
    site: Site,
    case: str,
    deed: Deed,
    level: Level | None = None,
    person: Person = LEAD,
    policy: ReadPolicy = ALONE,
    **said: object,
) -> None:
    """One deed, on the finding at *level* where one is named."""
    with Reader(site.engine, person) as reader:
        shown = cases.case(reader, case)
    finding = next((one.id for one in shown.findings if level and one.level == level), None)
    act = Act(str(uuid4()), case, shown.version, finding, Decision(deed, **said))  # type: ignore[arg-type]
    with Unit(site.engine, person, datetime.now(UTC)) as unit:
        findings.decide(unit, act, policy)


def sent(site: Site, orthanc: Orthanc) -> str:
    """What the command says; it must not fail."""
    data = site.settings.data
    one = Receiving(data, "send", SOURCE.format(url=orthanc.url))
    done = subprocess.run(
        [*orthanc.within, *COMMAND, "send", "--assessments"],
        env=one.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def due(site: Site) -> tuple[str, ...]:
    return site.ask(INTAKE, assessments.due)


def instances(orthanc: Orthanc) -> list[dict[str, str]]:
    """The structured reports that the PACS holds, by its own account."""
    asked = f"http://127.0.0.1:{WEB}/tools/find"
    query = {"Level": "Instance", "Expand": True, "Query": {"Modality": "SR"}}
    said = subprocess.run(
        [*orthanc.within, "curl", "-s", asked, "-d", json.dumps(query)],
        capture_output=True, check=True,
    )  # fmt: skip
    return [one["MainDicomTags"] for one in json.loads(said.stdout)]


def test_each_closing_is_sent_once_and_nothing_before_or_of_a_reading_still_blind(
    site: Site, orthanc: Orthanc
) -> None:
    data = site.settings.data
    first, second = (row[0] for row in rows(data, "SELECT id FROM review_case ORDER BY id"))
    step(site, first, Deed.REGRADE, Level.L1, grade=Grade.SEVERE)
    step(site, first, Deed.REJECT, Level.L2, code="SCHMORL")
    step(site, second, Deed.CONFIRM, Level.L1)
    step(site, second, Deed.CONFIRM, Level.L2)
    assert due(site) == (), "neither is closed"
    step(site, first, Deed.CLOSE)
    step(site, second, Deed.CLOSE, policy=TWICE)
    assert "1 assessments sent, 0 left" in sent(site, orthanc), "the other is read by a second"
    assert due(site) == ()
    assert len(instances(orthanc)) == 1

    # Killed after the PACS had it and before the record knew: the same object goes again.
    with Unit(site.engine, LEAD) as unit:
        unit.session.connection().exec_driver_sql("UPDATE assessment SET sent_at = NULL")
    ((was,),) = rows(data, "SELECT sha256 FROM assessment")
    assert "1 assessments sent" in sent(site, orthanc)
    assert len(instances(orthanc)) == 1
    assert rows(data, "SELECT sha256 FROM assessment") == [(was,)]

    step(site, first, Deed.REOPEN, text="L1 looked at again")
    assert due(site) == (), "open again"
    step(site, first, Deed.REGRADE, Level.L1, grade=Grade.MODERATE)
    step(site, first, Deed.CLOSE)
    assert "1 assessments sent" in sent(site, orthanc)
    assert len({one["SOPInstanceUID"] for one in instances(orthanc)}) == 2

    step(site, second, Deed.CONFIRM, Level.L1, OTHER)
    step(site, second, Deed.CONFIRM, Level.L2, OTHER)
    step(site, second, Deed.CLOSE, None, OTHER)
    assert "1 assessments sent" in sent(site, orthanc), "two readings agreed"
    told = rows(data, "SELECT detail FROM trail WHERE action = 'assessment.sent'")
    assert len(told) == 4
    assert not any("DEMO" in detail or "Lead" in detail for (detail,) in told)
    kept = rows(data, "SELECT said FROM assessment")
    assert all("1.2.3." in row[0] and "Lead" not in row[0] for row in kept)
    with Unit(site.engine, LEAD) as unit:
        unit.session.connection().exec_driver_sql("UPDATE assessment SET sent_at = NULL")
        unit.session.connection().exec_driver_sql("UPDATE review_case SET kind = 'unaided'")
    assert "0 assessments sent, 0 left" in sent(site, orthanc), "read without the AI's answer"
