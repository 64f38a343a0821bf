"""Slices that come after their series was accepted, as files: in any order, in any parts, once."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import nibabel as nib
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sending import rows, write_scan

from app.intake.hand_over import HandOver
from app.intake.receive import Delivery, receive
from app.intake.spool import Spool, digest_of
from app.intake.whole import take_in
from app.settings import Settings
from app.wiring import Site, open_site
from components.imaging.header import sort_files
from components.imaging.naming import named
from components.imaging.phantom import (
    GE,
    Identity,
    Study,
    plan,
    render,
    uid,
    write_dicom,
    write_mask,
)
from store.arrivals import receive_result
from store.domain.arrival import AiFinding, AiResult, Ending
from store.domain.people import INTAKE
from store.domain.spine import Level


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The slices of a scan in their order from foot to head."""
    found = write_scan(tmp_path_factory.mktemp("scan"), 31)
    return sorted(found, key=lambda path: float(pydicom.dcmread(path).ImagePositionPatient[2]))


@pytest.fixture(scope="module")
def digest(slices: list[Path]) -> str:
    return sort_files(slices).series[0].header.digest


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    opened = open_site(Settings(data=tmp_path / "data"))
    yield opened
    opened.engine.dispose()


def given_by_hand(site: Site, folder: Path, slices: Sequence[Path]) -> tuple[str, str]:
    """What became of *slices*, handed over in *folder* of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    for path in slices:
        shutil.copy(path, folder)
    (one,) = take_in(site, Delivery((folder,))).series
    return one.fate.value, one.reason


def series(site: Site) -> list[tuple[str, int]]:
    return rows(site.settings.data, "SELECT digest, instances FROM series")


def flag(site: Site) -> str:
    ((study,),) = rows(site.settings.data, "SELECT study_uid FROM scan")
    found = (AiFinding(Level.L1, 0.32),)
    said = AiResult("P", "1", Ending.POSITIVE, found, "JSON", "ab" * 32, study_uid=study)
    return str(site.submit(INTAKE, receive_result, said).case)


def test_late_slices_make_the_series_whole_and_a_late_copy_of_some_changes_nothing(
    site: Site, tmp_path: Path, slices: list[Path], digest: str
) -> None:
    few = len(slices) - 4
    assert given_by_hand(site, tmp_path / "in", slices[:few])[0] == "accepted"
    case = flag(site)
    grew = given_by_hand(site, tmp_path / "in", slices[few:])
    assert grew == ("accepted", f"It grew from {few} to {len(slices)} slices.")
    assert series(site) == [(digest, len(slices))]
    (stack,) = {one for (one,) in rows(site.settings.data, "SELECT stack FROM series")}
    grown = "SELECT stack, instances FROM growth"
    ((before, instances),) = rows(site.settings.data, grown)
    assert instances == few
    assert before != stack
    told = "SELECT deed FROM decision WHERE case_id = ?"
    assert rows(site.settings.data, told, case) == [("series_grew",)]
    for again in (slices[:few], slices[few:], slices[2:7], slices):
        assert given_by_hand(site, tmp_path / "in", again)[0] == "duplicate"
    assert rows(site.settings.data, told, case) == [("series_grew",)]
    assert rows(site.settings.data, "SELECT count(*) FROM growth") == [(1,)]


def test_slices_beyond_a_gap_wait_for_those_between(
    site: Site, tmp_path: Path, slices: list[Path], digest: str
) -> None:
    middle = len(slices) - 6
    assert given_by_hand(site, tmp_path / "in", slices[:middle])[0] == "accepted"
    fate, why = given_by_hand(site, tmp_path / "in", slices[-2:])
    assert fate == "held"
    assert "missing" in why
    assert rows(site.settings.data, "SELECT code, state FROM held") == [
        ("series.unfinished", "open")
    ]
    assert given_by_hand(site, tmp_path / "in", slices[middle:-2])[0] == "accepted"
    assert series(site) == [(digest, len(slices))]
    assert rows(site.settings.data, "SELECT state FROM held") == [("released",)]


def test_other_pixels_of_a_slice_that_is_here_are_held_and_kept(
    site: Site, tmp_path: Path, slices: list[Path]
) -> None:
    assert given_by_hand(site, tmp_path / "in", slices)[0] == "accepted"
    before = series(site)
    other = tmp_path / "other"
    other.mkdir()
    for path in slices:
        read = pydicom.dcmread(path)
        read.PixelData = bytes(len(read.PixelData))
        read.save_as(other / path.name)
    said = given_by_hand(site, tmp_path / "in", sorted(other.iterdir()))
    reason = "A series with this UID is here with other pixels. The first one is kept."
    assert said == ("held", reason)
    assert series(site) == before
    ((kept, code),) = rows(site.settings.data, "SELECT file, code FROM held")
    assert code == "series.unlike"
    assert len(list(site.archive.path("series", kept).iterdir())) == len(slices)


@st.composite
def parts(draw: st.DrawFn, count: int) -> list[list[int]]:
    """Numbers of slices in any order, in any parts; some come again."""
    order = draw(st.permutations(range(count)))
    cuts = sorted(draw(st.sets(st.integers(1, count - 1), max_size=4)))
    found = [list(order[a:b]) for a, b in zip([0, *cuts], [*cuts, count], strict=True)]
    again = draw(st.lists(st.integers(0, count - 1), max_size=5))
    return [*found[:1], sorted({*again, *found[1]}), *found[2:]] if len(found) > 1 else found


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_whatever_the_order_and_the_parts_they_are_one_series_and_one_case(
    tmp_path_factory: pytest.TempPathFactory,
    caplog: pytest.LogCaptureFixture,
    slices: list[Path],
    digest: str,
    data: st.DataObject,
) -> None:
    site = open_site(Settings(data=tmp_path_factory.mktemp("any") / "data"))
    spool = Spool(site.archive.folder / "inbox", "ct")
    hand_over, study = HandOver(site, spool), ""
    try:
        for part in data.draw(parts(len(slices))):
            for number in part:
                content = slices[number].read_bytes()
                name = named(content)
                study = digest_of(name.study_uid)
                spool.put(name, content)
            assert hand_over.take([study]) == 1, caplog.text
        assert series(site) == [(digest, len(slices))]
        flag(site)
        assert rows(site.settings.data, "SELECT count(*) FROM scan") == [(1,)]
        assert not rows(site.settings.data, "SELECT id FROM held WHERE state = 'open'")
    finally:
        spool.close()
        site.engine.dispose()


def test_what_was_marked_on_the_slices_that_came_first_is_measured_on_the_whole(
    site: Site, tmp_path: Path
) -> None:
    """A product answers on what it was sent; that stays right once the rest is there."""
    scan = render(plan(Level.T12, Level.L3, seed=4), spacing_mm=(2.5, 1.2, 1.2), size=200)
    who = Identity("DEMO^ANN", "DEMO-41", "", date(1950, 5, 5), "F")
    named_ = uid("study 41"), uid("series 41"), "A41"
    study = Study(*named_, date(2026, 10, 3), "CT", "Demo", GE, "STANDARD")
    write_dicom(scan, tmp_path / "scan", who, study)
    write_mask(scan, tmp_path / "mask.nii.gz", named=True)
    slices = sorted(
        (tmp_path / "scan").iterdir(),
        key=lambda path: float(pydicom.dcmread(path).ImagePositionPatient[2]),
    )
    few = len(slices) - 8
    first = tmp_path / "first"
    first.mkdir()
    for path in slices[:few]:
        shutil.copy(path, first)
    whole: Any = nib.load(tmp_path / "mask.nii.gz")
    nib.save(whole.slicer[:, :, :few], first / "mask.nii.gz")
    (one,) = take_in(site, Delivery((first,))).series
    assert one.mask == "used"
    heights = "SELECT level, anterior_mm, posterior_mm FROM measurement ORDER BY level"
    before = rows(site.settings.data, heights)
    assert given_by_hand(site, tmp_path / "in", slices[few:])[0] == "accepted"
    assert series(site)[0][1] == len(slices)
    ((marked,),) = rows(site.settings.data, "SELECT mask_digest FROM series")
    assert marked
    after = rows(site.settings.data, heights)
    # What the first slices cut through was marked in part, and is no vertebra of the whole.
    assert [level for level, *_ in after] == [level for level, mm, _ in before if mm is not None]
    assert len(after) >= 2
    for (_, *old), (_, *new) in zip([one for one in before if one[1]], after, strict=True):
        assert new == pytest.approx(old, abs=1.0)


KILLED = """
import os, signal, sys
from pathlib import Path
from app.intake import late
from app.intake.receive import Delivery, receive
from app.settings import Settings
from app.wiring import open_site
from store import growths
before = growths.grow
def grow(*args, **named):
    if sys.argv[3] == "before":
        os.kill(os.getpid(), signal.SIGKILL)
    return before(*args, **named)
def killed(site, *args):
    done = receive(site, *args)
    os.kill(os.getpid(), signal.SIGKILL)
late.growths.grow = grow
killed(open_site(Settings(data=Path(sys.argv[1]))), Delivery((Path(sys.argv[2]),)))
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_killed_before_or_after_the_record_knows_they_are_joined_once(
    site: Site, tmp_path: Path, slices: list[Path], digest: str, when: str
) -> None:
    few = len(slices) - 4
    given_by_hand(site, tmp_path / "in", slices[:few])
    rest = tmp_path / "rest"
    rest.mkdir()
    for path in slices[few:]:
        shutil.copy(path, rest)
    asked = [sys.executable, "-c", KILLED, site.settings.data, rest, when]
    assert subprocess.run(asked, check=False).returncode == -signal.SIGKILL
    assert series(site)[0][1] == (few if when == "before" else len(slices))
    for _ in range(2):
        receive(site, Delivery((rest,)))
    assert series(site) == [(digest, len(slices))]
    assert rows(site.settings.data, "SELECT count(*) FROM growth") == [(1,)]
