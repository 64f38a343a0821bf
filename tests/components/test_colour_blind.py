"""Colours that mean something differ for those who see fewer, and never stand alone."""

import re
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

STATIC = Path(__file__).parents[2] / "components" / "viewer" / "static"
MARK = re.compile(
    r'^  "?(.)"?: \{ letter: "(.)".*fill: "(#\w{6})", shape: "(\w+)" \}', re.MULTILINE
)

SIGHTS = {
    "all colours": np.eye(3),
    "protanopia": [
        [0.152286, 1.052583, -0.204868],
        [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
    ],
    "deuteranopia": [
        [0.367322, 0.860646, -0.227968],
        [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
    ],
    "tritanopia": [
        [1.255528, -0.076749, -0.178779],
        [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
    ],
}
"""What is left of linear RGB. Source: Machado, Oliveira, Fernandes, IEEE Transactions on
Visualization and Computer Graphics 15(6), 2009, table 1, severity 1.0."""

TOLD_APART = 10.0
"""CIE 1976 colour difference. Source: Mahy et al., Color Research & Application 19(2), 1994: 2.3 is
just noticed; four times that is seen in marks 22 pixels wide."""

WHITE = np.array([0.95047, 1.0, 1.08883])
TO_XYZ = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
"""Source: IEC 61966-2-1 (sRGB), white D65."""


def lab(colour: str, sight: str) -> np.ndarray:
    """*colour* in CIELAB, as it is seen with *sight*. Source: CIE 15, 8.2.1."""
    coded = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    linear = np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)
    xyz = TO_XYZ @ np.clip(np.asarray(SIGHTS[sight]) @ linear, 0, 1) / WHITE
    f = np.where(xyz > (6 / 29) ** 3, np.cbrt(xyz), xyz / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def marks() -> list[tuple[str, str, str]]:
    found = [found[1:] for found in MARK.findall((STATIC / "grades.js").read_text("utf-8"))]
    assert len(found) == 5
    return found


def test_no_two_grades_share_letter_or_shape_and_colour() -> None:
    for (letter, fill, shape), (other, paint, form) in combinations(marks(), 2):
        assert letter != other
        assert (shape, fill) != (form, paint)


@pytest.mark.parametrize("sight", SIGHTS)
def test_the_colours_of_fractures_are_told_apart(sight: str) -> None:
    fills = {letter: lab(fill, sight) for letter, fill, _ in marks() if letter in "123"}
    for one, other in combinations(fills, 2):
        apart = float(np.linalg.norm(fills[one] - fills[other]))
        assert apart >= TOLD_APART, f"grades {one} and {other} lie {apart:.1f} apart"


@pytest.mark.parametrize("sight", SIGHTS)
def test_a_selected_outline_is_told_from_the_others(sight: str) -> None:
    ink = (STATIC / "ink.js").read_text("utf-8")
    selected, plain = (
        re.findall(rf'{name} = "(#\w{{6}})"', ink)[0] for name in ("SELECTED", "WHITE")
    )
    assert np.linalg.norm(lab(selected, sight) - lab(plain, sight)) >= TOLD_APART


def test_two_reds_that_only_some_can_tell_apart_are_found() -> None:
    red, green = "#c0504d", "#7a7a2a"
    assert np.linalg.norm(lab(red, "all colours") - lab(green, "all colours")) > 40
    assert np.linalg.norm(lab(red, "deuteranopia") - lab(green, "deuteranopia")) < 25
