"""Laws of measuring: what may not change however the patient lies, and what may only grow."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from phantom_measured import bones_of, heights_of

from components.imaging.phantom import (
    Curve,
    Fracture,
    Mimic,
    PhantomScan,
    Scanning,
    Storage,
    Variant,
    plan,
    render,
)
from components.imaging.phantom.sizes import INTACT
from components.imaging.vertebrae import CUT
from store.domain.genant import FractureType
from store.domain.morphometry import assess
from store.domain.spine import Level

WEDGE, BICONCAVE, CRUSH = FractureType.WEDGE, FractureType.BICONCAVE, FractureType.CRUSH
FEW = settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    # A scan a second: what fails is shown as it was found, not made smaller for minutes.
    phases=[Phase.explicit, Phase.generate],
)
SPINE = plan(
    Level.T11,
    Level.L2,
    fractures={Level.T12: Fracture(WEDGE, 0.3), Level.L1: Fracture(BICONCAVE, 0.35)},
)
LARGEST_CHANGE_MM = 0.5
FINE_MM = 0.8
ANGLE = st.floats(-25, 25)
WAYS = st.builds(
    Scanning,
    thickness_mm=st.just(FINE_MM),
    tilt_degrees=st.sampled_from([0.0, 0.0, -15.0, 22.0]),
    slices_degrees=st.tuples(ANGLE, ANGLE, ANGLE),
    patient_degrees=st.tuples(st.floats(-60, 60), ANGLE, st.floats(-180, 180)),
    storage=st.sampled_from(Storage),
    backward=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)


def scan_of(scanning: Scanning, **other: object) -> PhantomScan:
    return render(SPINE, spacing_mm=(FINE_MM, 0.85, 0.85), size=180, scanning=scanning, **other)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def upright() -> PhantomScan:
    return scan_of(Scanning(thickness_mm=FINE_MM))


@FEW
@given(way=WAYS)
def test_heights_do_not_change_however_the_patient_lies_and_slices_are_cut_and_stored(
    upright: PhantomScan, way: Scanning
) -> None:
    scan = scan_of(way)
    straight, turned = heights_of(upright), heights_of(scan)
    assert len(scan.truth) >= 2
    for level in scan.truth:
        change = np.subtract(turned[level].three, straight[level].three)
        assert np.abs(change).max() < LARGEST_CHANGE_MM, level


@FEW
@given(way=WAYS)
def test_the_six_points_and_the_axes_turn_with_the_patient(way: Scanning) -> None:
    scan = scan_of(way)
    bones = bones_of(scan)
    for level, true in scan.planted.items():
        shape = bones[level].shape
        assert shape is not None
        if touches_an_edge(scan, level):
            continue  # Half an arch points aside.
        # The walls are waisted and the corners are round.
        assert np.linalg.norm(shape.points - true.points, axis=1).max() < 2.0, level
        assert (np.sum(shape.body.axes * true.axes, axis=1) > np.cos(np.radians(8))).all()


def touches_an_edge(scan: PhantomScan, level: Level) -> bool:
    index = np.argwhere(scan.labels == INTACT[level].label)
    return bool((index == 0).any() or (index == np.array(scan.labels.shape) - 1).any())


@FEW
@given(
    turn=st.tuples(ANGLE, ANGLE, ANGLE),
    storage=st.sampled_from(Storage),
    backward=st.tuples(st.booleans(), st.booleans(), st.booleans()),
)
def test_left_stays_left(
    turn: tuple[float, float, float], storage: Storage, backward: tuple[bool, bool, bool]
) -> None:
    way = Scanning(patient_degrees=turn, storage=storage, backward=backward)
    scan = scan_of(way, noise_hu=0.0)
    for level, bone in bones_of(scan).items():
        if level not in scan.planted or bone.shape is None:
            continue
        # A marker 30 mm to the true left of the body lies on its left by the measured axes.
        _, _, left = scan.planted[level].axes
        marker = scan.planted[level].points.mean(axis=0) + 30.0 * left
        assert bone.shape.body.own(marker[None])[0, 2] > 25.0


@pytest.mark.parametrize("shape", FractureType)
def test_more_loss_is_never_graded_milder_when_measured(shape: FractureType) -> None:
    grades = []
    for loss in (0.0, 0.12, 0.22, 0.30, 0.38, 0.45, 0.55):
        spine = plan(Level.T11, Level.L3, fractures={Level.L1: Fracture(shape, loss)})
        scan = render(
            spine, spacing_mm=(1.5, 0.9, 0.9), size=150, scanning=Scanning(thickness_mm=1.5)
        )
        found = assess(heights_of(scan))[Level.L1].grade
        assert found is not None
        grades.append(found)
    assert grades == sorted(grades)
    assert (grades[0], grades[-1]) == (0, 3)


@pytest.mark.parametrize("bodies_only", [False, True])
def test_a_scoliosis_of_forty_degrees_is_measured(bodies_only: bool) -> None:
    curve = Curve(Level.T6, Level.L1, 40.0, turn_degrees=18.0)
    broken = {Level.T9: Fracture(WEDGE, 0.3), Level.T11: Fracture(CRUSH, 0.35)}
    spine = plan(Level.T5, Level.L2, fractures=broken, curve=curve)
    scan = render(spine, spacing_mm=(1.0, 0.9, 0.9), size=230, scanning=Scanning(thickness_mm=1.0))
    found = heights_of(scan, bodies_only=bodies_only)
    assert found.keys() >= scan.truth.keys()
    for level, true in scan.truth.items():
        assert np.abs(np.subtract(found[level].three, true.three)).max() < 0.8, level


@pytest.mark.parametrize("turn", [(0, 0, 0), (12, -15, 20), (-20, 10, -25)])
def test_bodies_alone_are_measured_as_well_as_whole_vertebrae(
    turn: tuple[float, float, float],
) -> None:
    scan = scan_of(Scanning(thickness_mm=1.0, patient_degrees=turn))
    whole, alone = heights_of(scan), heights_of(scan, bodies_only=True)
    assert alone.keys() >= scan.truth.keys()
    for level in scan.truth:
        assert np.abs(np.subtract(whole[level].three, alone[level].three)).max() < 0.5


@pytest.mark.parametrize(
    ("variant", "first", "last", "level"),
    [
        (Variant.THIRTEEN_RIBS, Level.T12, Level.L1, Level.T13),
        (Variant.SIX_LUMBAR, Level.L4, Level.L6, Level.L6),
    ],
)
def test_a_vertebra_more_is_measured_under_its_own_name(
    variant: Variant, first: Level, last: Level, level: Level
) -> None:
    spine = plan(first, last, variant=variant, fractures={level: Fracture(CRUSH, 0.3)})
    scan = render(spine, spacing_mm=(1.0, 0.9, 0.9), size=150)
    found = heights_of(scan)
    assert np.abs(np.subtract(found[level].three, scan.truth[level].three)).max() < 0.6


def test_metal_and_cement_hide_no_heights() -> None:
    spine = plan(
        Level.T11, Level.L3, screwed=(Level.L1, Level.L2), mimics={Level.T12: Mimic.CEMENT}
    )
    scan = render(spine, spacing_mm=(1.0, 0.9, 0.9), size=150, scanning=Scanning(thickness_mm=1.0))
    found = heights_of(scan)
    for level, true in scan.truth.items():
        assert np.abs(np.subtract(found[level].three, true.three)).max() < 0.8, level


def test_a_block_of_two_is_measured_apart_and_refused_as_one() -> None:
    scan = render(
        plan(Level.T11, Level.L2, fused=(Level.T12,)), spacing_mm=(1.0, 0.9, 0.9), size=150
    )
    apart = heights_of(scan)
    for level, true in scan.truth.items():
        # Nobody sees where half of the lost disc belongs.
        assert np.abs(np.subtract(apart[level].three, true.three)).max() < 1.2, level
    scan.labels[scan.labels == INTACT[Level.L1].label] = INTACT[Level.T12].label
    one = bones_of(scan)[Level.T12]
    assert one.shape is None
    assert "more than one vertebra" in one.unmeasured


@pytest.mark.parametrize(
    "way",
    [
        Scanning(margin_mm=-10.0),
        Scanning(aside_mm=70.0),
        Scanning(margin_mm=-10.0, tilt_degrees=18.0, thickness_mm=1.0),
        Scanning(margin_mm=-10.0, storage=Storage.SAGITTAL),
    ],
)
def test_a_body_cut_by_any_edge_says_so(way: Scanning) -> None:
    scan = scan_of(way)
    lost = {level: bone for level, bone in bones_of(scan).items() if level not in scan.truth}
    assert lost
    cut = [level for level, bone in lost.items() if bone.shape is None]
    assert all(lost[level].unmeasured == CUT for level in cut)
    assert cut


@pytest.mark.parametrize("keep_left", [True, False])
def test_half_an_arch_does_not_turn_the_body(upright: PhantomScan, keep_left: bool) -> None:
    assert upright.solid is not None
    middle = upright.labels.shape[2] // 2
    labels = upright.labels.copy()
    half = labels[:, :, :middle] if keep_left else labels[:, :, middle:]
    body = upright.solid[:, :, :middle] if keep_left else upright.solid[:, :, middle:]
    half[~body] = 0
    for level, bone in bones_of(replace(upright, labels=labels)).items():
        if level in upright.planted:
            assert bone.shape is not None
            cosine = bone.shape.body.axes[1] @ upright.planted[level].axes[1]
            assert cosine > np.cos(np.radians(15)), level
