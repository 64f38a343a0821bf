"""HL7 messages in the folder of an integration engine: whole, each once, over any kill."""

from dataclasses import replace
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import pytest
from arriving import a_scan

from app import hl7_drop
from app.formats import made_with
from app.hl7_drop import STAGED, hand_over
from app.settings import Settings, UnusableSetting
from app.wiring import Site, open_site
from store import arrivals, cases, findings, referrals
from store.domain.arrival import AiFinding, AiResult, Ending
from store.domain.finding import Act, Decision, Deed
from store.domain.genant import Grade
from store.domain.identity import NhsNumber
from store.domain.people import INTAKE, Person, Role
from store.domain.reading import ReadPolicy
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level
from store.unit import Reader, Unit

LEAD = Person("a.lead", "Anna Lead", Role.METABOLIC_LEAD)
COORDINATOR = Person("f.coord", "Fran Coordinator", Role.FLS_COORD)
NUMBERS = ("9990000018", "9990000026")
REPORTED = {"status": ReportStatus.NOT_MENTIONED, "recommendation": Recommendation.NONE}


class Killed(BaseException):
    """The process ends here."""


def ready(site: Site, number: int) -> None:
    """A patient whose fracture is confirmed and whose report was judged."""
    scan = a_scan(number)
    scan = replace(scan, patient=replace(scan.patient, nhs_number=NhsNumber(NUMBERS[number - 1])))
    flag = AiFinding(Level.L1, grade=Grade.MODERATE)
    said = ("Product", "1", Ending.POSITIVE, (flag,), "JSON", f"{number}" * 64, scan.study_uid)
    with Unit(site.engine, INTAKE) as unit:
        arrivals.receive_series(unit, scan, arrivals.Picture(f"{number}" * 64, {}, {}))
        case = arrivals.receive_result(unit, AiResult(*said)).case
    assert case is not None
    for deed, more in ((Deed.CONFIRM, {}), (Deed.REPORT, REPORTED), (Deed.CLOSE, {})):
        with Reader(site.engine, LEAD) as reader:
            shown = cases.case(reader, case)
        finding = shown.findings[0].id if deed is Deed.CONFIRM else None
        act = Act(str(uuid4()), case, shown.version, finding, Decision(deed, **more))  # type: ignore[arg-type]
        with Unit(site.engine, LEAD) as unit:
            findings.decide(unit, act, ReadPolicy(share=0.0, doubtful=False))


def emptied(folder: Path) -> list[str]:
    """What the engine takes away: every file that is not hidden."""
    taken = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    for path in taken:
        assert path.read_bytes().startswith(b"MSH|")
        path.unlink()
    return [path.name for path in taken]


def test_each_message_is_put_once_whatever_was_killed(tmp_path: Path) -> None:
    folder = tmp_path / "engine"
    folder.mkdir()
    told = Settings(tmp_path / "data", fls_formats="xlsx,hl7", fls_hl7_folder=str(folder))
    site = open_site(told)
    for number in (1, 2):
        ready(site, number)
    act = (str(uuid4()), told.policy, made_with(told))
    batch = site.submit(COORDINATOR, referrals.export, *act)
    kept = site.ask(COORDINATOR, referrals.batch, batch)
    assert len(kept.referrals) == 2, kept.not_referred
    assert hl7_drop.words(site, kept) == "HL7 waits for its folder"
    moved = Path.replace

    def once(path: Path, goal: Path) -> Path:
        moved(path, goal)
        raise Killed

    taken: list[str] = []
    for what, where, does in (
        ("staging", hl7_drop, {"_write": Killed}),
        ("telling", referrals, {"rendered": Killed}),
        ("renaming", Path, {"replace": once}),
    ):
        name, deed = next(iter(does.items()))
        stop = deed if deed is once else _killed
        with patch.object(where, name, stop), pytest.raises(Killed):
            hand_over(site, COORDINATOR)
        taken += emptied(folder)
        assert len(taken) == (1 if what == "renaming" else 0), what
    for _ in range(3):
        hand_over(site, COORDINATOR)
        taken += emptied(folder)
    assert taken == [f"{batch[:12]}-0001.hl7", f"{batch[:12]}-0002.hl7"], "no name of a patient"
    assert list((folder / STAGED).iterdir()) == []
    kept = site.ask(COORDINATOR, referrals.batch, batch)
    assert hl7_drop.words(site, kept) == "HL7 put into its folder"
    site.engine.dispose()


def _killed(*_: object, **__: object) -> None:
    raise Killed


def test_a_folder_without_hl7_among_the_formats_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableSetting, match="Add hl7"):
        made_with(Settings(tmp_path, fls_hl7_folder=str(tmp_path)))
