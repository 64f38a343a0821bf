"""The phantom is what it says: heights, geometry, and the same bytes from the same seed."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from components.imaging.phantom import Fracture, Mimic, PhantomScan, Spine, plan, render
from components.imaging.phantom.bodies import stand
from components.imaging.phantom.sizes import INTACT
from store.domain.genant import FractureType, Grade
from store.domain.morphometry import assess
from store.domain.spine import Level

STRAIGHT = {"kyphosis": 0.0, "lordosis": 0.0}
KINDS = [(shape, loss) for shape in FractureType for loss in (0.22, 0.32, 0.48)]


def fine(spine: Spine) -> PhantomScan:
    return render(spine, spacing_mm=(0.4, 0.6, 0.6), size=240, noise_hu=0.0)


def measured(scan: PhantomScan, level: Level) -> NDArray[np.float64]:
    """Heights of a straight vertebra's body by counting voxels in the mask's middle plane."""
    middle = scan.labels.shape[2] // 2
    plane = (scan.labels == INTACT[level].label)[:, :, middle]
    # The rows in front of the canal: the first unbroken run of rows that hold bone.
    rows = np.flatnonzero(plane.any(axis=0))
    body = rows[: np.flatnonzero(np.diff(rows, append=10**6) > 1)[0] + 1]
    # From the lowest to the highest voxel: the side walls are waisted, the corners are not.
    held = plane[:, body]
    tall = (len(held) - held[::-1].argmax(axis=0) - held.argmax(axis=0)) * scan.spacing_mm[0]
    centre = len(body) // 2
    return np.array([tall[1:3].mean(), tall[centre - 1 : centre + 2].mean(), tall[-3:-1].mean()])


@pytest.mark.parametrize(("shape", "loss"), KINDS)
def test_the_planted_heights_are_those_of_the_mask(shape: FractureType, loss: float) -> None:
    spine = plan(Level.L2, Level.L2, fractures={Level.L2: Fracture(shape, loss)}, **STRAIGHT)
    scan = fine(spine)
    assert measured(scan, Level.L2) == pytest.approx(scan.truth[Level.L2].three, abs=0.6)


def test_counting_voxels_errs_to_neither_side() -> None:
    errors = []
    for stature in np.linspace(0.9, 1.1, 7):
        scan = fine(plan(Level.T9, Level.T9, stature=float(stature), **STRAIGHT))
        errors.append(measured(scan, Level.T9) - scan.truth[Level.T9].three)
    assert np.mean(errors) == pytest.approx(0.0, abs=0.1)


@pytest.mark.parametrize(("shape", "loss"), KINDS)
def test_a_planted_fracture_has_the_grade_and_shape_asked_for(
    shape: FractureType, loss: float
) -> None:
    spine = plan(Level.T10, Level.L4, fractures={Level.L1: Fracture(shape, loss)})
    found = assess({level: spine.heights(level) for level in spine.levels})
    assert found[Level.L1].grade == Fracture(shape, loss).grade
    assert found[Level.L1].fracture_type == shape
    others = [a.grade for level, a in found.items() if level != Level.L1]
    assert set(others) == {Grade.NONE}


@pytest.mark.parametrize("mimic", [m for m in Mimic if m not in (Mimic.SHORT, Mimic.SCHEUERMANN)])
def test_a_single_mimic_is_no_fracture_by_its_heights(mimic: Mimic) -> None:
    spine = plan(Level.T10, Level.L4, mimics={Level.L2: mimic})
    found = assess({level: spine.heights(level) for level in spine.levels})
    assert found[Level.L2].grade is Grade.NONE


def test_bodies_keep_clear_of_each_other() -> None:
    fractures = {Level.T8: Fracture(FractureType.WEDGE, 0.5)}
    spine = plan(Level.T5, Level.L5, fractures=fractures, scoliosis_mm=20.0, kyphosis=1.3)
    rim = np.linspace(-0.49, 0.49, 9, dtype=np.float32)
    bodies = [body for body in stand(spine) if body.level]
    for upper, lower in pairwise(bodies):
        x, y = (np.float32(0) * rim, rim * upper.depth_mm)
        bottom = upper.frame.world(np.stack([x, y, upper.edges(x, y)[1]], axis=1).astype(float))
        own = (bottom - lower.frame.origin) @ lower.frame.axes.T
        top = lower.edges(own[:, 0].astype(np.float32), own[:, 1].astype(np.float32))[0]
        assert (own[:, 2] - top > 0.3).all(), (upper.level, lower.level)


def test_the_affine_puts_head_up_back_behind_and_left_to_the_left() -> None:
    scan = render(plan(Level.L1, Level.L3), spacing_mm=(3.0, 1.5, 1.2), size=150, noise_hu=0)
    assert scan.spacing_mm == pytest.approx((3.0, 1.5, 1.2))
    where = {
        level: scan.affine[:3, :3] @ np.argwhere(scan.labels == INTACT[level].label).mean(axis=0)
        for level in (Level.L1, Level.L3)
    }
    assert where[Level.L1][2] > where[Level.L3][2] + 40
    table = np.argwhere(scan.voxels[20] > -400)[:, 0].max()
    spine = np.argwhere(scan.labels[20])[:, 0].mean()
    assert scan.affine[1, 1] * (table - spine) > 0
    aorta = render(
        plan(Level.L1, Level.L3, contrast_hu=400.0),
        spacing_mm=(3.0, 1.5, 1.2),
        size=150,
        noise_hu=0,
    )
    brighter = np.argwhere((aorta.voxels - scan.voxels > 300)[20])
    bone = np.argwhere(scan.labels[20])
    assert scan.affine[0, 2] * (brighter[:, 1].mean() - bone[:, 1].mean()) > 0


def test_bone_is_brighter_than_disc_and_canal_and_marrow_falls_with_age() -> None:
    young, old = (
        render(plan(Level.L2, Level.L3, age=age), spacing_mm=(1.0, 1.0, 1.0), size=150, noise_hu=0)
        for age in (45, 90)
    )
    inside = young.labels == INTACT[Level.L2].label
    assert np.percentile(young.voxels[inside], 95) > 350
    assert np.median(young.voxels[inside]) > np.median(old.voxels[inside]) + 40


def test_a_seed_gives_one_scan_and_another_seed_another() -> None:
    one, same, other = (
        render(plan(Level.L3, Level.L3, seed=seed), spacing_mm=(4.0, 1.5, 1.5), size=96)
        for seed in (5, 5, 6)
    )
    assert one.voxels.tobytes() == same.voxels.tobytes()
    assert one.labels.tobytes() == same.labels.tobytes()
    assert one.voxels.tobytes() != other.voxels.tobytes()


def test_neighbours_cut_by_the_edge_are_marked_but_have_no_truth() -> None:
    scan = render(plan(Level.T9, Level.T11), spacing_mm=(2.0, 1.2, 1.2), size=128, noise_hu=0)
    assert set(scan.truth) == {Level.T9, Level.T10, Level.T11}
    assert (scan.labels[0] == INTACT[Level.T12].label).any()
    assert not (scan.labels[[0, -1]] == INTACT[Level.T10].label).any()


def test_a_level_out_of_cover_is_refused() -> None:
    with pytest.raises(ValueError, match="lies outside"):
        plan(Level.T9, Level.T11, mimics={Level.L1: Mimic.SCHMORL})
    with pytest.raises(ValueError, match="head to foot"):
        plan(Level.L2, Level.T9)
