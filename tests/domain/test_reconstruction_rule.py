"""Of several reconstructions the best for the spine comes first, by a rule that can be read."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.reconstruction import Reconstruction, order

PLAIN = Reconstruction(slices=400, step_mm=1.0, thickness_mm=1.0, cover_mm=400.0, kernel="B30f")


@pytest.mark.parametrize(
    ("worse", "why"),
    [
        ({"image_type": ("DERIVED", "SECONDARY", "MIP")}, "a projection (MIP), no slices"),
        ({"cover_mm": 60.0, "step_mm": 0.6}, "it covers 60 mm, another 400 mm"),
        ({"step_mm": 5.0, "slices": 80}, "slices of 5.00 mm where 1.00 mm are to be had"),
        ({"thickness_mm": 5.0}, "slices of 5.00 mm where 1.00 mm are to be had"),
        ({"kernel": "B70f", "thickness_mm": 0.6}, "kernel B70f sharpens beyond bone"),
        ({"lossy": "JPEG baseline"}, "detail was lost in compression (JPEG baseline)"),
        ({"step_mm": 1.25}, "slices of 1.25 mm where 1.00 mm are to be had"),
        ({"cover_mm": 350.0}, "it covers 350 mm, another 400 mm"),
        ({"tilt_degrees": 15.0}, "the gantry was tilted by 15 degrees"),
    ],
)
def test_the_other_loses_for_the_reason_that_is_given(worse: dict[str, object], why: str) -> None:
    other = replace(PLAIN, **worse)  # type: ignore[arg-type]
    for pair in ([other, PLAIN], [PLAIN, other]):
        first, second = order(pair)
        assert pair[first.number] is PLAIN
        assert second.why == why


def test_what_the_ai_measured_on_comes_before_thinner_slices() -> None:
    measured = replace(PLAIN, step_mm=3.0, measured=True)
    places = order([PLAIN, measured])
    assert places[0].number == 1
    assert places[1].why == "the AI measured on another"


def test_thin_slices_with_a_lung_kernel_come_before_slices_too_thick_to_measure() -> None:
    lung = replace(PLAIN, kernel="LUNG")
    thick = replace(PLAIN, step_mm=5.0, thickness_mm=5.0, kernel="STANDARD")
    assert order([thick, lung])[0].number == 1


def test_slices_thinner_than_half_a_millimetre_gain_nothing() -> None:
    thin = replace(PLAIN, step_mm=0.3, thickness_mm=0.3, cover_mm=380.0)
    longer = replace(PLAIN, step_mm=0.5, thickness_mm=0.5)
    assert order([thin, longer])[0].number == 1


def test_the_best_says_what_it_is() -> None:
    assert order([PLAIN])[0].why == "slices of 1.00 mm, 400 mm of the patient, kernel B30f"
    assert order([]) == []


@pytest.mark.parametrize("kernel", ["LUNG", "EDGE", "B70f", "B80s", "Bl57d\\3", "FC51", "L", "YB"])
def test_kernels_of_the_lung_are_known(kernel: str) -> None:
    assert replace(PLAIN, kernel=kernel).lung


@pytest.mark.parametrize(
    "kernel",
    ["", "STANDARD", "SOFT", "BONE", "BONEPLUS", "B30f", "B60s", "Br59f", "FC08", "C", "B"],
)
def test_kernels_of_soft_tissue_and_bone_are_not_called_lung(kernel: str) -> None:
    assert not replace(PLAIN, kernel=kernel).lung


KINDS = st.builds(
    Reconstruction,
    slices=st.integers(8, 900),
    step_mm=st.sampled_from([0.3, 0.6, 1.0, 2.5, 3.0, 5.0]),
    thickness_mm=st.sampled_from([None, 0.6, 1.0, 3.0, 5.0]),
    cover_mm=st.sampled_from([50.0, 200.0, 400.0]),
    kernel=st.sampled_from(["", "B30f", "LUNG"]),
    image_type=st.sampled_from([(), ("DERIVED", "MIP")]),
    lossy=st.sampled_from(["", "JPEG 2000"]),
    measured=st.booleans(),
)


@given(st.lists(KINDS, max_size=6, unique=True), st.randoms(use_true_random=False))
def test_the_order_given_decides_only_between_equals(
    found: list[Reconstruction], chance: object
) -> None:
    mixed = list(found)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    first = [found[place.number] for place in order(found)]
    again = [mixed[place.number] for place in order(mixed)]
    for one, two in zip(first, again, strict=True):
        if one is not two:
            assert order([one, two])[1].why == "the same in everything that counts"


@given(st.lists(KINDS, max_size=6))
def test_every_one_has_exactly_one_place_and_a_reason(found: list[Reconstruction]) -> None:
    places = order(found)
    assert sorted(place.number for place in places) == list(range(len(found)))
    assert all(place.why for place in places)
