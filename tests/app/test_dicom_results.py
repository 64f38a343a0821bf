"""What an AI product sends by DICOM after the scan: findings by its report, heights by its mask."""

import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
import pytest
from running import received, run
from sr_builders import Flag, write_seg, write_sr

from app.intake.work import Worker
from app.settings import Settings
from app.wiring import open_site
from components.imaging.label_tables import TABLES
from components.imaging.phantom import (
    GE,
    Identity,
    PhantomScan,
    Study,
    plan,
    render,
    uid,
    write_dicom,
)
from store import held
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.spine import Level

TABLE = TABLES["totalsegmentator_v2"]
LEAD = Person("a.lead", "Anna Lead", Role.METABOLIC_LEAD)


@pytest.fixture(scope="module")
def delivered(tmp_path_factory: pytest.TempPathFactory) -> tuple[PhantomScan, Path, Path]:
    """A scan, its folder, and a data folder that received it; an SR and a SEG came after it."""
    home = tmp_path_factory.mktemp("dicom")
    scan = render(plan(Level.T12, Level.L3, seed=4), spacing_mm=(2.5, 1.2, 1.2), size=240)
    who = Identity("DEMO^Ann", "DEMO-1", "", date(1950, 5, 5), "F")
    named = Study(uid("s"), uid("r"), "A1", date(2026, 10, 3), "CT", "Demo", GE, "STANDARD")
    write_dicom(scan, home / "ct", who, named)
    received(home / "data", home / "ct")
    slices = sorted((home / "ct").rglob("*.dcm"), key=height)
    (home / "ai").mkdir()
    write_sr(home / "ai" / "1", slices, [Flag(Level.L1, Grade.MODERATE, 0.3)])
    numbers = [n for n in np.unique(scan.labels) if n in TABLE]
    levels = [TABLE[n] for n in numbers]
    ids = np.zeros(scan.labels.shape, np.uint8)
    for place, number in enumerate(numbers, 1):
        ids[scan.labels == number] = place
    write_seg(home / "ai" / "2", slices, ids, levels)
    return scan, home, home / "data"


def height(path: Path) -> float:
    ds = pydicom.dcmread(path, stop_before_pixels=True)
    return float(ds.ImagePositionPatient[2])


def asked(data: Path, query: str) -> list[Any]:
    with sqlite3.connect(data / "record.db") as record:
        return record.execute(query).fetchall()


def test_a_report_and_a_mask_that_come_alone_find_their_scan(
    delivered: tuple[PhantomScan, Path, Path],
) -> None:
    _, home, data = delivered
    (said,) = received(data, home / "ai")
    assert (said["outcome"], said["mask"]) == ("accepted", "used")
    assert asked(data, "SELECT level, ai_grade, ai_loss FROM finding") == [("L1", 2, 0.3)]
    (findings,) = asked(data, "SELECT findings FROM ai_result")[0]
    (flag,) = json.loads(findings)
    assert flag["tracking_uid"]
    measured = {row[0] for row in asked(data, "SELECT level FROM measurement")}
    assert {"T12", "L1", "L2"} <= measured
    received(data, home / "ai")
    assert asked(data, "SELECT count(*) FROM finding") == [(1,)]


def test_a_mask_that_comes_before_its_scan_is_laid_on_it_when_it_comes(
    delivered: tuple[PhantomScan, Path, Path], tmp_path: Path
) -> None:
    _, home, _ = delivered
    data = tmp_path / "data"
    early = tmp_path / "early"
    shutil.copytree(home / "ai", early)
    for _ in range(2):
        assert received(data, early) == []
    told = asked(data, "SELECT fate FROM receipt WHERE kind = 'mask' ORDER BY id")
    assert told == [("held",), ("duplicate",)]
    shutil.rmtree(early)
    site = open_site(Settings(data=data))
    assert site.ask(LEAD, held.open_ones) == (), "nobody has to decide on it"
    (said,) = received(data, home / "ct")
    assert (said["outcome"], said["mask"]) == ("accepted", "used")
    assert asked(data, "SELECT state FROM held") == [("joined",)]
    assert asked(data, "SELECT level FROM finding") == [("L1",)]
    assert (site.ask(LEAD, held.open_ones), site.ask(LEAD, held.decided)) == ((), ())
    site.engine.dispose()


def test_a_mask_of_another_frame_of_reference_is_held_and_used_where_a_person_says_so(
    delivered: tuple[PhantomScan, Path, Path], tmp_path: Path
) -> None:
    _, home, _ = delivered
    data = tmp_path / "data"
    received(data, home / "ct")
    ds = pydicom.dcmread(home / "ai" / "2")
    ds.FrameOfReferenceUID = uid("another frame")
    ds.save_as(tmp_path / "of another frame")
    received(data, tmp_path / "of another frame")
    site = open_site(Settings(data=data))
    (one,) = site.ask(LEAD, held.open_ones)
    assert "another frame of reference" in one.reason
    assert "although its frame of reference differs" in one.does
    assert asked(data, "SELECT count(*) FROM measurement") == [(0,)]
    site.submit(LEAD, held.release, one.id, "The PACS team says it is of this scan.")
    worker = Worker(site)
    while worker.step():
        pass
    assert {row[0] for row in asked(data, "SELECT level FROM measurement")} >= {"T12", "L1", "L2"}
    site.engine.dispose()


def test_what_is_of_another_scan_waits_and_what_is_of_another_organ_is_left_aside(
    delivered: tuple[PhantomScan, Path, Path], tmp_path: Path
) -> None:
    _, home, data = delivered
    ds = pydicom.dcmread(home / "ai" / "2")
    ds.StudyInstanceUID = uid("other")
    ds.save_as(tmp_path / "of another scan")
    ds = pydicom.dcmread(home / "ai" / "2")
    for item in ds.SegmentSequence:
        item.SegmentLabel = "liver"
        item.SegmentedPropertyTypeCodeSequence[0].CodeValue = "10200004"
    ds.save_as(tmp_path / "of a liver")
    assert run(data, "receive", tmp_path).returncode == 0
    found = dict(asked(data, "SELECT fate, reason FROM receipt WHERE kind = 'mask'"))
    assert found["held"] == "It came before its scan, and waits for it."
    assert "other organs" in found["ignored"]
