"""Heights on real CTs, against what expert readers said of the same vertebrae."""

import csv
import io
from pathlib import Path

import pytest

from components.imaging.header import sort_files
from components.imaging.masks import LabelSource
from components.imaging.prepare import Prepared, prepare
from store.domain.genant import Grade
from store.domain.morphometry import assess
from store.domain.spine import Level

pytestmark = pytest.mark.realdata


def prepared(folder: Path, mask: Path, table: str) -> Prepared:
    (series,) = sort_files([folder]).series
    return prepare(series, LabelSource(mask, table), io.BytesIO())


def test_the_expert_mask_of_verse_gives_the_grades_of_its_readers(shared_data: Path) -> None:
    home = shared_data / "04_verse014_lumbar"
    found = prepared(home / "dicom_converted", home / "sub-verse014_seg-vert_msk.nii.gz", "verse")
    with (shared_data / "08_tables" / "verse19_genant_grades.csv").open() as file:
        read = {
            Level(row["vertebra"]): Grade(int(row["genant_grade"]))
            for row in csv.DictReader(file)
            if row["patient_id"] == "sub-verse014"
        }
    assert len(read) >= 4
    suggested = {level: one.grade for level, one in assess(found.heights).items()}
    assert {level: suggested[level] for level in read if suggested[level] is not None} == {
        level: grade for level, grade in read.items() if suggested[level] is not None
    }
    for heights in found.heights.values():
        assert all(20.0 < height < 35.0 for height in heights.three)


def test_a_normal_looking_lumbar_spine_gets_no_grade(shared_data: Path) -> None:
    """The AI flagged it on a formula that takes the natural wedge of L4 and L5 for a loss."""
    home = shared_data / "02_totalseg_lumbar_ct"
    mask = home / "totalseg_vertebrae.nii.gz"
    found = prepared(home / "dicom_converted", mask, "totalsegmentator_v2")
    assert set(found.heights) == {Level.L1, Level.L2, Level.L3, Level.L4, Level.L5}
    assert not any(one.grade for one in assess(found.heights).values())
