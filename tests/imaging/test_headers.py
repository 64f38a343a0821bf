"""A header is read alike in every encoding, and one that cannot be believed is refused by name."""

import struct
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from ct_files import write_series
from ct_packing import JPEG, encapsulated, enhanced, pack, saved
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, ExplicitVRBigEndian, ImplicitVRLittleEndian

from components.imaging.header import Sorting, sort_files
from components.imaging.patient import patient_of
from components.imaging.pixels import slice_hu
from components.imaging.walk import Broken, Odd, Walker
from store.domain.refusal import Unusable

HU = np.arange(8 * 30, dtype=np.int16).reshape(8, 6, 5)
GOOD = "999 000 0018"
PREAMBLE = 132


def full(ds: Dataset, _: int) -> None:
    """Sequences of every kind: wanted and not, nested, with and without a length."""
    inner, outer, other = Dataset(), Dataset(), Dataset()
    inner.CodeValue, inner.CodeMeaning = "1", "one"
    outer.ProcedureCodeSequence = [inner, inner]
    outer["ProcedureCodeSequence"].is_undefined_length_sequence_item = True
    ds.RequestAttributesSequence = [outer, Dataset()]
    ds["RequestAttributesSequence"].is_undefined_length = True
    other.PatientID = GOOD
    ds.OtherPatientIDsSequence = [other]
    ds["OtherPatientIDsSequence"].is_undefined_length = True
    ds.SpecificCharacterSet, ds.PatientName = "ISO_IR 100", "Müller^Zoë"
    ds.SliceThickness, ds.ConvolutionKernel = 2.5, "B30f"
    ds.add_new(0x00091001, "UN", b"private" * 3)


def header(sorting: Sorting) -> tuple[object, ...]:
    """What was read of the one series, but for where."""
    series = sorting.series[0]
    assert (series.refusal, sorting.aside) == ("", ())
    patient = series.header.patient
    slices = [(one.position, one.spacing_mm, one.slope, one.kernel) for one in series.instances]
    return patient, series.facts, slices


@pytest.mark.parametrize(
    "syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian]
)
def test_a_header_says_the_same_in_every_encoding(tmp_path: Path, syntax: str) -> None:
    def other(ds: Dataset, n: int) -> None:
        full(ds, n)
        pack(ds, syntax)

    write_series(tmp_path / "a", HU, change=full)
    write_series(tmp_path / "b", HU, change=other)
    plain, again = header(sort_files([tmp_path / "a"])), header(sort_files([tmp_path / "b"]))
    assert plain == again
    patient = sort_files([tmp_path / "b"]).series[0].header.patient
    assert (patient.surname, patient.forename) == ("Müller", "Zoë")
    assert patient.nhs_number is not None


def test_a_file_without_preamble_that_names_its_syntax_is_read(tmp_path: Path) -> None:
    for path in write_series(tmp_path, HU):
        path.write_bytes(path.read_bytes()[PREAMBLE:])
    assert sort_files([tmp_path]).series[0].refusal == ""


@pytest.mark.parametrize("syntax", [ImplicitVRLittleEndian, ExplicitVRBigEndian, None])
def test_a_bare_data_set_is_not_guessed_at(tmp_path: Path, syntax: str | None) -> None:
    def change(ds: Dataset, _: int) -> None:
        if syntax:
            pack(ds, syntax)

    for path in write_series(tmp_path, HU, change=change):
        content = path.read_bytes()
        meta = struct.unpack_from("<I", content, PREAMBLE + 8)[0]
        path.write_bytes(content[PREAMBLE + 12 + meta :])
    sorting = sort_files([tmp_path])
    assert [(a.reason[:55], a.files) for a in sorting.aside] == [
        ("A DICOM data set without preamble and transfer syntax: ", 8)
    ]


@pytest.mark.parametrize(
    ("keyword", "value", "words"),
    [
        ("PixelSpacing", "nan\\1", "is not a finite number"),
        ("PixelSpacing", "0\\0", "Pixels of 0 x 0 mm cannot be a CT of the spine"),
        ("PixelSpacing", "-1\\1", "Pixels of -1 x 1 mm"),
        ("PixelSpacing", "", "no pixel spacing"),
        ("PixelSpacing", "one", "PixelSpacing does not hold numbers"),
        ("ImagePositionPatient", "0\\0\\inf", "is not a finite number"),
        ("ImagePositionPatient", "0\\0", "No position or orientation in the patient"),
        ("ImageOrientationPatient", "0\\0\\0\\0\\0\\0", "not a pair of right angles"),
        ("ImageOrientationPatient", "1\\0\\0\\0.7\\0.7\\0", "not a pair of right angles"),
        ("ImageOrientationPatient", "", "No position or orientation in the patient"),
        ("RescaleSlope", "1e308", r"1e+308 times the pixel -1024 cannot be Hounsfield units"),
        ("RescaleSlope", "-1", "-1 times the pixel"),
        ("RescaleSlope", "", "does not say how its pixels become Hounsfield units"),
        ("RescaleIntercept", "", "does not say how its pixels become Hounsfield units"),
    ],
)
def test_numbers_that_cannot_be_are_refused_by_name(
    tmp_path: Path, keyword: str, value: str, words: str
) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds.add_new(keyword, "LO", value.split("\\"))

    write_series(tmp_path, HU, change=change)
    sorting = sort_files([tmp_path])
    said = [series.refusal for series in sorting.series] + [a.reason for a in sorting.aside]
    assert any(words in text for text in said), said


@pytest.mark.parametrize(
    "keyword", ["Rows", "Columns", "BitsAllocated", "BitsStored", "Modality", "PixelData"]
)
def test_a_slice_without_an_element_it_needs_is_set_aside(tmp_path: Path, keyword: str) -> None:
    def change(ds: Dataset, _: int) -> None:
        ds["PixelData"].VR = "OW"
        delattr(ds, keyword)

    write_series(tmp_path, HU, change=change)
    sorting = sort_files([tmp_path])
    assert not sorting.series
    assert sum(a.files for a in sorting.aside) == 8


def test_a_walk_ends_when_its_budget_is_spent() -> None:
    many = struct.pack("<HHI", 8, 8, 0) * 50
    walker = Walker(many, explicit=False, big=False, budget=20)
    with pytest.raises(Broken, match="more than 20 elements"):
        list(walker.elements(0, len(many)))


@given(st.binary(max_size=200), st.booleans(), st.booleans())
def test_a_walk_through_anything_ends(content: bytes, explicit: bool, big: bool) -> None:
    walker = Walker(content, explicit=explicit, big=big)
    try:
        found = list(walker.elements(0, len(content)))
    except (Odd, Broken):
        return
    assert all(e.at <= e.start <= e.stop <= e.after <= len(content) for e in found)


@pytest.fixture(scope="module")
def packed_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    ds = enhanced(np.arange(4 * 64, dtype=np.int16).reshape(4, 8, 8))
    encapsulated(ds, JPEG + "80", parts=2)
    return saved(ds, tmp_path_factory.mktemp("packed") / "mf.dcm")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), max_size=4), st.data())
def test_a_file_spoilt_anywhere_is_read_or_refused(
    packed_file: Path, changes: list[tuple[int, int]], data: st.DataObject
) -> None:
    content = bytearray(packed_file.read_bytes())
    for place, value in changes:
        content[place % len(content)] = value
    end = data.draw(st.integers(0, len(content)))
    spoilt = packed_file.with_name("spoilt.dat")
    spoilt.write_bytes(content[: end if end % 3 == 0 else len(content)])
    sorting = sort_files([spoilt])
    assert len(sorting.series) <= 1
    for series in sorting.series:
        for one in series.instances:
            with suppress(Unusable):
                assert slice_hu(one, (0, one.rows), (0, one.columns)).dtype == np.int16


@pytest.mark.parametrize(
    ("sent", "kept"), [("F", "F"), ("O", "O"), ("U", "U"), ("9", "9"), ("", "")]
)
def test_a_code_for_sex_is_kept_as_it_came_whatever_system_it_is_of(sent: str, kept: str) -> None:
    ds = Dataset()
    ds.PatientSex = sent
    assert patient_of(ds).sex == kept
