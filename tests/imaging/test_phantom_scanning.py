"""However a phantom lies and is cut and stored, what was planted is where the truth says."""

from pathlib import Path

import nibabel as nib
import numpy as np
import pytest
from numpy.typing import NDArray

from components.imaging.label_tables import TABLES
from components.imaging.phantom import (
    Curve,
    Fracture,
    PhantomScan,
    Scanning,
    Storage,
    Variant,
    plan,
    render,
    write_mask,
)
from components.imaging.phantom.bodies import stand
from components.imaging.phantom.sizes import INTACT
from store.domain.genant import FractureType
from store.domain.spine import Level

BROKEN = {Level.L1: Fracture(FractureType.WEDGE, 0.3)}
WAYS = {
    "upright": Scanning(),
    "thick": Scanning(thickness_mm=3.0),
    "tilted gantry": Scanning(tilt_degrees=20, thickness_mm=1.0),
    "oblique slices": Scanning(slices_degrees=(10, -8, 12)),
    "turned patient": Scanning(patient_degrees=(15, 10, -25)),
    "prone": Scanning(backward=(False, True, True)),
    "feet first": Scanning(backward=(True, False, False)),
    "sagittal": Scanning(storage=Storage.SAGITTAL),
    "coronal, turned": Scanning(
        storage=Storage.CORONAL, patient_degrees=(0, 12, 0), backward=(True, False, True)
    ),
}


def scan_of(scanning: Scanning, step_mm: float = 1.0, **spine: object) -> PhantomScan:
    planned = plan(Level.T12, Level.L2, fractures=BROKEN, **spine)  # type: ignore[arg-type]
    return render(planned, spacing_mm=(step_mm, 1.0, 1.0), size=130, scanning=scanning)


def label_at(scan: PhantomScan, lps_mm: NDArray[np.float64]) -> NDArray[np.uint8]:
    inverse = np.linalg.inv(scan.affine)
    index = np.rint(lps_mm @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
    return np.asarray(scan.labels[tuple(index.T)])


@pytest.mark.parametrize("way", WAYS)
def test_the_six_points_stand_on_the_end_plates(way: str) -> None:
    scan = scan_of(WAYS[way])
    assert set(scan.truth) == set(scan.planted) == {Level.T12, Level.L1, Level.L2}
    for level, true in scan.planted.items():
        up, back, _ = true.axes
        # From the wall a little into the body, where it is as high as at its corner.
        inward = np.repeat([1.2, 0.0, -1.2], 2)[:, None] * back
        outward = np.tile([1.0, -1.0], 3)[:, None] * up
        label = INTACT[level].label
        assert (label_at(scan, true.points + inward - 1.5 * outward) == label).all()
        assert (label_at(scan, true.points + inward + 1.5 * outward) != label).all()


@pytest.mark.parametrize("way", WAYS)
def test_the_distances_of_the_points_are_the_heights(way: str) -> None:
    scan = scan_of(WAYS[way], step_mm=2.0)
    for level, true in scan.planted.items():
        pairs = true.points.reshape(3, 2, 3)
        apart = np.linalg.norm(pairs[:, 0] - pairs[:, 1], axis=1)
        assert apart == pytest.approx(scan.truth[level].three, abs=1e-4)
        assert true.axes @ true.axes.T == pytest.approx(np.eye(3), abs=1e-9)
        up, back, left = true.axes
        assert np.cross(back, up) == pytest.approx(left)


def test_storage_and_direction_change_no_voxel() -> None:
    plain, turned = (
        scan_of(way)
        for way in (
            Scanning(),
            Scanning(storage=Storage.SAGITTAL, backward=(True, False, True)),
        )
    )
    at = np.argwhere(turned.labels)[::97]
    lps = at @ turned.affine[:3, :3].T + turned.affine[:3, 3]
    inverse = np.linalg.inv(plain.affine)
    index = np.rint(lps @ inverse[:3, :3].T + inverse[:3, 3]).astype(int)
    assert np.array_equal(plain.voxels[tuple(index.T)], turned.voxels[tuple(at.T)])
    assert turned.labels.shape == tuple(plain.labels.shape[axis] for axis in (2, 0, 1))


def test_a_thick_slice_is_the_mean_of_thin_ones() -> None:
    spine = plan(Level.L2, Level.L2)
    # Five slices of 1 mm about the middle of one of 5 mm.
    thick, thin = (
        render(
            spine,
            spacing_mm=(step, 1.2, 1.2),
            size=90,
            noise_hu=0,
            scanning=Scanning(thickness_mm=step),
        )
        for step in (5.0, 1.0)
    )
    offset = (thick.affine[2, 3] - thin.affine[2, 3]) / 1.0
    first = round(offset + 5.0 * 3)
    mean = thin.voxels[first - 2 : first + 3].mean(axis=0)
    spine_only = thin.labels[first - 2 : first + 3].any(axis=0)
    assert abs(offset - round(offset)) < 0.5
    assert np.abs(mean - thick.voxels[3])[spine_only].mean() < 25


def test_overlapping_slices_are_thicker_than_their_distance() -> None:
    scan = scan_of(Scanning(thickness_mm=3.0), step_mm=2.0)
    assert scan.thickness_mm == 3.0
    assert scan.spacing_mm[0] == pytest.approx(2.0)


@pytest.mark.parametrize("degrees", [0.0, 20.0, 40.0])
def test_a_curve_has_the_angle_asked_for(degrees: float) -> None:
    curve = Curve(Level.T6, Level.L1, degrees, turn_degrees=15)
    bodies = {
        body.level: body for body in stand(plan(Level.T4, Level.L3, curve=curve)) if body.level
    }
    tilts = {level: np.degrees(np.arcsin(body.frame.axes[2, 0])) for level, body in bodies.items()}
    assert tilts[Level.L1] - tilts[Level.T6] == pytest.approx(degrees, abs=1e-6)
    assert max(tilts.values()) - min(tilts.values()) == pytest.approx(degrees, abs=1e-6)
    apex = bodies[Level.T9].frame.origin[0]
    assert degrees == 0 or apex > bodies[Level.T5].frame.origin[0] + degrees / 2


def test_a_curve_goes_downwards() -> None:
    with pytest.raises(ValueError, match="got L1 to T6"):
        Curve(Level.L1, Level.T6, 40.0)


@pytest.mark.parametrize(
    ("variant", "first", "last", "more", "less"),
    [
        (Variant.THIRTEEN_RIBS, Level.T12, Level.L1, Level.T13, None),
        (Variant.ELEVEN_RIBS, Level.T11, Level.L1, None, Level.T12),
        (Variant.SIX_LUMBAR, Level.L4, Level.S1, Level.L6, None),
        (Variant.FOUR_LUMBAR, Level.L4, Level.S1, None, Level.L5),
    ],
)
def test_a_variant_has_a_level_more_or_less(
    variant: Variant, first: Level, last: Level, more: Level | None, less: Level | None
) -> None:
    spine = plan(first, last, variant=variant)
    assert (more is None) or more in spine.levels
    assert less not in spine.levels
    if less:
        with pytest.raises(ValueError, match=variant):
            plan(less, last, variant=variant)
    else:
        with pytest.raises(ValueError, match="12 thoracic, 5 lumbar"):
            plan(more or first, last)


def test_a_body_cut_by_the_edge_has_no_truth() -> None:
    ends = scan_of(Scanning(margin_mm=-10.0))
    assert set(ends.truth) == {Level.L1}
    side = scan_of(Scanning(aside_mm=62.0))
    assert not side.truth
    assert (side.labels == INTACT[Level.L1].label).any()


def test_metal_is_bright_throws_streaks_and_belongs_to_the_vertebra() -> None:
    clean, screwed = (scan_of(Scanning(), screwed=levels) for levels in ((), (Level.L2,)))
    metal = screwed.voxels > 2500
    assert metal.sum() > 300
    assert (screwed.labels[metal] == INTACT[Level.L2].label).mean() > 0.9
    lit = metal.any(axis=(1, 2))
    noise = np.abs(screwed.voxels[~lit].astype(int) - clean.voxels[~lit]).mean()
    streaks = np.abs(screwed.voxels[lit].astype(int) - clean.voxels[lit])[~metal[lit]].mean()
    assert streaks > noise + 5


def test_fused_vertebrae_have_bone_for_a_disc() -> None:
    apart, fused = (scan_of(Scanning(), fused=levels) for levels in ((), (Level.T12,)))
    for scan, bone in ((apart, False), (fused, True)):
        lower = scan.planted[Level.T12].points[3]
        upper = scan.planted[Level.L1].points[2]
        inverse = np.linalg.inv(scan.affine)
        i, j, k = np.rint(inverse[:3, :3] @ ((lower + upper) / 2) + inverse[:3, 3]).astype(int)
        assert (scan.voxels[i, j - 4 : j + 4, k - 4 : k + 4].mean() > 300) == bone
    gap = fused.planted[Level.T12].points[3] - fused.planted[Level.L1].points[2]
    assert np.linalg.norm(gap) < 2.5


def test_bodies_alone_leave_the_arch_out(tmp_path: Path) -> None:
    scan = scan_of(Scanning())
    whole, bodies = scan.labels == INTACT[Level.L1].label, scan.bodies == INTACT[Level.L1].label
    assert not (bodies & ~whole).any()
    assert 0.4 < bodies.sum() / whole.sum() < 0.85
    write_mask(scan, tmp_path / "bodies.nii.gz", named=False, bodies_only=True)
    read = np.asanyarray(nib.load(tmp_path / "bodies.nii.gz").dataobj)
    assert np.array_equal(read.transpose(2, 1, 0), scan.bodies)


@pytest.mark.parametrize("table", TABLES)
def test_a_mask_is_numbered_as_the_program_does(tmp_path: Path, table: str) -> None:
    scan = scan_of(Scanning())
    write_mask(scan, tmp_path / "mask.nii.gz", named=True, table=table)
    image = nib.load(tmp_path / "mask.nii.gz")
    read = np.asanyarray(image.dataobj).transpose(2, 1, 0)
    number = {level: n for n, level in TABLES[table].items()}
    for level in (Level.T12, Level.L2):
        assert np.array_equal(read == number[level], scan.labels == INTACT[level].label)
    text = image.header.extensions[0].get_content().decode()
    assert f'Key="{number[Level.L1]}"' in text


def test_a_level_that_a_program_does_not_know_is_refused(tmp_path: Path) -> None:
    spine = plan(Level.T13, Level.L1, variant=Variant.THIRTEEN_RIBS)
    scan = render(spine, spacing_mm=(3.0, 1.5, 1.5), size=80)
    write_mask(scan, tmp_path / "mask.nii.gz", named=True, table="verse")
    with pytest.raises(ValueError, match="no number for T13; choose a table"):
        write_mask(scan, tmp_path / "mask.nii.gz", named=True, table="totalsegmentator_v2")
    with pytest.raises(ValueError, match="choose one of totalsegmentator_v1"):
        write_mask(scan, tmp_path / "mask.nii.gz", named=True, table="totalsegmentator")
