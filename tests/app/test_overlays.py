"""A mask or points that do not fit are kept, counted and not drawn; the case says so."""

import json
import sqlite3
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import nibabel as nib
import numpy as np
import pytest
from running import received

from components.imaging.frame import frame_of, indices
from components.imaging.phantom import (
    GE,
    Identity,
    PhantomScan,
    Spine,
    Study,
    plan,
    render,
    uid,
    write_dicom,
    write_mask,
)
from components.imaging.phantom.bodies import stand
from components.imaging.stack_file import read_meta
from store.domain.spine import Level

SPINE: Spine = plan(Level.T11, Level.L4, seed=4, scoliosis_mm=15.0)
VERSE = {Level.T11: 18, Level.T12: 19, **{Level(f"L{n}"): 19 + n for n in range(1, 5)}}


@pytest.fixture(scope="module")
def scan() -> PhantomScan:
    return render(SPINE, spacing_mm=(2.5, 1.2, 1.2), size=240)


@pytest.fixture
def folder(scan: PhantomScan, tmp_path: Path) -> Path:
    """A delivered scan; what marks its vertebrae is up to the test."""
    deliver(scan, tmp_path / "inbox", "one")
    return tmp_path / "inbox"


def deliver(scan: PhantomScan, folder: Path, series: str, study: str = "study") -> None:
    """One series of a study of one patient."""
    who = Identity("DEMO^Ann", "DEMO-1", "", date(1950, 5, 5), "F")
    named = Study(uid(study), uid(series), study, date(2026, 10, 3), "CT", "Demo", GE, "STANDARD")
    write_dicom(scan, folder, who, named)


def turned_over(scan: PhantomScan, folder: Path) -> Path:
    """The right mask in the right grid, its voxels mirrored from head to foot."""
    path = folder / "wrong.nii.gz"
    write_mask(scan, path, named=True)
    image = nib.load(path)
    voxels = np.asarray(image.dataobj)[:, :, ::-1]
    nib.save(nib.Nifti1Image(voxels, image.affine, image.header), path)
    return path


def points(scan: PhantomScan, folder: Path, down_mm: float = 0.0) -> Path:
    """The true centres as VerSe writes them, or moved towards the feet."""
    frame = frame_of(scan.affine, scan.voxels.shape)  # type: ignore[arg-type]
    rows: list[dict[str, Any]] = [{"direction": ["L", "I", "P"]}]
    for body in stand(SPINE):
        if body.level in VERSE:
            at = body.frame.origin - (0.0, 0.0, down_mm)
            place = indices(frame.affine, at[None])[0].tolist()
            rows.append({"label": VERSE[body.level], **dict(zip("XYZ", place, strict=True))})
    path = folder / "centres.json"
    path.write_text(json.dumps(rows))
    return path


def stacks(data: Path) -> list[dict[str, Any]]:
    with sqlite3.connect(data / "record.db") as record:
        names = [row[0] for row in record.execute("SELECT stack FROM series")]
    return [read_meta(data / "files" / "stacks" / f"{name}.stack") for name in names]


def held(data: Path) -> list[tuple[str, str, str]]:
    with sqlite3.connect(data / "record.db") as record:
        query = "SELECT kind, digest, reason FROM receipt WHERE fate = 'held'"
        return [tuple(row) for row in record.execute(query)]


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def test_a_mirrored_mask_is_held_and_the_scan_is_shown_without(
    scan: PhantomScan, folder: Path, tmp_path: Path
) -> None:
    wrong = turned_over(scan, folder)
    (said,) = received(tmp_path / "data", folder)
    assert said["outcome"] == "accepted"
    assert str(said["mask"]).startswith("mask held: The mask fits the bone better mirrored")
    ((kind, name, reason),) = held(tmp_path / "data")
    assert (kind, name) == ("mask", digest(wrong))
    assert "mirrored head to foot" in reason
    kept = tmp_path / "data" / "files" / "masks" / f"{name}.nii.gz"
    assert kept.read_bytes() == wrong.read_bytes()
    (meta,) = stacks(tmp_path / "data")
    assert meta["vertebrae"] == []
    assert meta["fidelity"]["overlay"] == ""
    assert meta["fidelity"]["notes"][-1] == f"The mask sent with it is not drawn. {reason}"


def test_the_right_one_of_two_masks_is_drawn(
    scan: PhantomScan, folder: Path, tmp_path: Path
) -> None:
    turned_over(scan, folder)
    write_mask(scan, folder / "right.nii.gz", named=True)
    received(tmp_path / "data", folder)
    (meta,) = stacks(tmp_path / "data")
    assert meta["fidelity"]["overlay"] == "mask"
    assert meta["fidelity"]["overlay_fit"] > 0.8
    assert {one["level"] for one in meta["vertebrae"]} >= {"T12", "L1", "L2", "L3"}


def test_a_mask_that_comes_later_and_does_not_fit_changes_nothing(
    scan: PhantomScan, folder: Path, tmp_path: Path
) -> None:
    received(tmp_path / "data", folder)
    before = stacks(tmp_path / "data")
    files = sorted((tmp_path / "data" / "files" / "stacks").iterdir())
    turned_over(scan, folder)
    (said,) = received(tmp_path / "data", folder)
    assert (said["outcome"], str(said["mask"])[:9]) == ("duplicate", "mask held")
    assert stacks(tmp_path / "data") == before
    assert sorted((tmp_path / "data" / "files" / "stacks").iterdir()) == files
    write_mask(scan, folder / "right.nii.gz", named=True)
    (said,) = received(tmp_path / "data", folder)
    assert said["outcome"] == "accepted"
    assert stacks(tmp_path / "data")[0]["fidelity"]["overlay"] == "mask"


def test_centres_straighten_a_scan_without_a_mask(
    scan: PhantomScan, folder: Path, tmp_path: Path
) -> None:
    points(scan, folder)
    (said,) = received(tmp_path / "data", folder)
    assert said["mask"] == "centroids used"
    (meta,) = stacks(tmp_path / "data")
    assert meta["fidelity"]["overlay"] == meta["straight"]["source"] == "centroids"
    assert [one["level"] for one in meta["straight"]["levels"]] == list(VERSE)


def test_a_mask_goes_before_centres(scan: PhantomScan, folder: Path, tmp_path: Path) -> None:
    points(scan, folder)
    write_mask(scan, folder / "right.nii.gz", named=True)
    (said,) = received(tmp_path / "data", folder)
    assert said["mask"] == "used"
    assert stacks(tmp_path / "data")[0]["fidelity"]["overlay"] == "mask"


def test_centres_beside_the_bodies_are_held(
    scan: PhantomScan, folder: Path, tmp_path: Path
) -> None:
    wrong = points(scan, folder, down_mm=14.0)
    received(tmp_path / "data", folder)
    ((kind, name, reason),) = held(tmp_path / "data")
    assert (kind, name) == ("centroids", digest(wrong))
    assert "end-plates" in reason
    assert (tmp_path / "data" / "files" / "points" / f"{name}.json").exists()
    (meta,) = stacks(tmp_path / "data")
    assert (meta["straight"], meta["fidelity"]["overlay"]) == (None, "")
    assert reason in meta["fidelity"]["notes"][-1]


def test_what_a_known_scan_does_not_need_has_its_receipt(
    scan: PhantomScan, folder: Path, tmp_path: Path
) -> None:
    write_mask(scan, folder / "right.nii.gz", named=True)
    received(tmp_path / "data", folder)
    points(scan, folder)
    (said,) = received(tmp_path / "data", folder)
    assert str(said["mask"]).startswith("not needed")
    with sqlite3.connect(tmp_path / "data" / "record.db") as record:
        query = "SELECT kind, fate FROM receipt WHERE kind IN ('mask', 'centroids') ORDER BY kind"
        found = record.execute(query).fetchall()
    assert found == [("centroids", "ignored"), ("mask", "duplicate")]


def test_a_file_beside_the_mask_may_name_its_labels(
    scan: PhantomScan, folder: Path, tmp_path: Path
) -> None:
    write_mask(scan, folder / "plain.nii.gz", named=False)
    names = {"background": 0, "vertebrae_L1": 31, "vertebrae_L2": 30, "vertebrae_L3": 29}
    (folder / "dataset.json").write_text(json.dumps({"labels": names}))
    (said,) = received(tmp_path / "data", folder)
    assert said["mask"] == "used"
    (meta,) = stacks(tmp_path / "data")
    assert [one["level"] for one in meta["vertebrae"]] == ["L1", "L2", "L3"]


def test_names_without_their_mask_are_ignored_aloud(folder: Path, tmp_path: Path) -> None:
    names = {"source_mask": "other.nii.gz", "vertebrae": {"L1": {"label": 31}}}
    (folder / "labels.json").write_text(json.dumps(names))
    received(tmp_path / "data", folder)
    with sqlite3.connect(tmp_path / "data" / "record.db") as record:
        query = "SELECT reason FROM receipt WHERE kind = 'paper' AND fate = 'ignored'"
        assert [row[0] for row in record.execute(query)] == [
            "It names labels, and no mask that it is for lies beside it."
        ]


def test_the_grid_tells_which_reconstruction_a_mask_is_for(
    scan: PhantomScan, folder: Path, tmp_path: Path
) -> None:
    thick = render(SPINE, spacing_mm=(4.0, 1.2, 1.2), size=240)
    deliver(thick, folder / "thick", "two")
    write_mask(scan, folder / "right.nii.gz", named=True)
    said = {one["instances"]: one["mask"] for one in received(tmp_path / "data", folder)}
    assert said == {len(scan.voxels): "used", len(thick.voxels): ""}
    assert held(tmp_path / "data") == []


def test_a_mask_beside_two_scans_is_held(scan: PhantomScan, folder: Path, tmp_path: Path) -> None:
    deliver(scan, folder / "other", "two", study="other")
    write_mask(scan, folder / "right.nii.gz", named=True)
    sent = digest(folder / "right.nii.gz")
    said = received(tmp_path / "data", folder)
    assert [one["mask"] for one in said] == ["", ""]
    ((kind, _, reason),) = held(tmp_path / "data")
    assert (kind, reason[:24]) == ("mask", "It lies beside 2 series.")
    with sqlite3.connect(tmp_path / "data" / "record.db") as record:
        rows = record.execute("SELECT code, state, file FROM held").fetchall()
    assert rows == [("mask.unfit", "open", sent)], "a person sees it, and its bytes are kept"
    assert list((tmp_path / "data" / "files" / "masks").glob(f"**/{sent}*"))
