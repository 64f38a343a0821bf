"""A heap of files becomes series and reasons; one bad file never stops the rest."""

import os
import random
import struct
import zlib
from pathlib import Path

import numpy as np
import pydicom
import pytest
from ct_files import write_series
from pydicom.dataset import Dataset
from pydicom.uid import DeflatedExplicitVRLittleEndian, RLELossless

from components.imaging.header import Sorting, sort_files
from store.domain.identity import NhsNumberStatus

SMALL = np.zeros((8, 6, 5), np.int16)
GOOD = "999 000 0018"


def only(sorting: Sorting) -> str:
    """The refusal of the one series that was found."""
    assert len(sorting.series) == 1
    return sorting.series[0].refusal


def test_a_whole_series_is_accepted_in_any_order(tmp_path: Path) -> None:
    paths = write_series(tmp_path, np.arange(8 * 30, dtype=np.int16).reshape(8, 6, 5))
    first = sort_files(paths)
    random.Random(1).shuffle(paths)
    again = sort_files(paths)
    assert first.series == again.series
    assert only(first) == ""
    assert first.series[0].header.instances == 8
    assert first.series[0].header.patient.surname == "DEMO"


def test_every_file_is_counted(tmp_path: Path) -> None:
    write_series(tmp_path, SMALL)
    seen: list[int] = []
    sort_files([tmp_path], seen.append)
    assert seen == list(range(1, 9))


def test_two_series_in_one_heap_are_told_apart(tmp_path: Path) -> None:
    write_series(tmp_path / "one", SMALL, seed="one")
    write_series(tmp_path / "two", SMALL, seed="two")
    assert [len(s.instances) for s in sort_files([tmp_path]).series] == [8, 8]


def packed_by_rle(folder: Path) -> None:
    for path in folder.iterdir():
        ds = pydicom.dcmread(path)
        ds.compress(RLELossless, generate_instance_uid=False)
        ds.save_as(path)


def test_a_copy_in_another_transfer_syntax_counts_once(tmp_path: Path) -> None:
    voxels = np.random.default_rng(1).integers(-900, 900, (8, 20, 24)).astype(np.int16)
    for name in ("a", "b"):
        write_series(tmp_path / name, voxels)
    packed_by_rle(tmp_path / "b")
    sorting = sort_files([tmp_path / "a", tmp_path / "b"])
    other = sort_files([tmp_path / "b", tmp_path / "a"])
    assert only(sorting) == ""
    assert sorting.series[0].copies == 8
    assert sorting.series[0].header == other.series[0].header


def test_another_picture_in_another_transfer_syntax_is_a_clash(tmp_path: Path) -> None:
    voxels = np.random.default_rng(1).integers(-900, 900, (8, 20, 24)).astype(np.int16)
    write_series(tmp_path / "a", voxels)
    voxels[3, 10, 10] += 1
    write_series(tmp_path / "b", voxels)
    packed_by_rle(tmp_path / "b")
    assert "1 slices came twice" in only(sort_files([tmp_path]))


def test_a_copy_of_a_slice_counts_once(tmp_path: Path) -> None:
    write_series(tmp_path / "a", SMALL)
    write_series(tmp_path / "b", SMALL)
    sorting = sort_files([tmp_path])
    alone = sort_files([tmp_path / "a"])
    assert only(sorting) == ""
    assert sorting.series[0].copies == 8
    assert sorting.series[0].header.digest == alone.series[0].header.digest


def test_other_pixels_under_a_known_uid_are_refused(tmp_path: Path) -> None:
    write_series(tmp_path / "a", SMALL)
    write_series(tmp_path / "b", SMALL + 1)
    assert "8 slices came twice" in only(sort_files([tmp_path]))


def test_other_pixels_give_another_digest(tmp_path: Path) -> None:
    write_series(tmp_path / "a", SMALL)
    write_series(tmp_path / "b", SMALL + 1)
    one, two = (sort_files([tmp_path / n]).series[0].header.digest for n in "ab")
    assert one != two


@pytest.mark.parametrize("uid", ["../evil", "../../etc/passwd", "1.2.3/4", "9" * 65, "1.2\u00e9"])
def test_a_uid_that_is_none_is_refused(tmp_path: Path, uid: str) -> None:
    def spoil(ds: Dataset, _: int) -> None:
        ds.add_new("SeriesInstanceUID", "LT", uid)

    write_series(tmp_path, SMALL, change=spoil)
    assert "SeriesInstanceUID is not a DICOM UID" in only(sort_files([tmp_path]))


@pytest.mark.parametrize("keyword", ["StudyInstanceUID", "SeriesInstanceUID"])
def test_a_series_without_uids_is_refused(tmp_path: Path, keyword: str) -> None:
    def spoil(ds: Dataset, _: int) -> None:
        setattr(ds, keyword, "")

    write_series(tmp_path, SMALL, change=spoil)
    assert f"carry no {keyword}" in only(sort_files([tmp_path]))


def test_two_patients_in_one_series_are_refused(tmp_path: Path) -> None:
    def spoil(ds: Dataset, n: int) -> None:
        ds.PatientID = f"DEMO-{n // 4}"

    write_series(tmp_path, SMALL, change=spoil)
    assert "names 2 patients" in only(sort_files([tmp_path]))


def test_an_empty_patient_number_is_left_to_intake(tmp_path: Path) -> None:
    def spoil(ds: Dataset, _: int) -> None:
        ds.PatientID = ""

    write_series(tmp_path, SMALL, change=spoil)
    sorting = sort_files([tmp_path])
    assert only(sorting) == ""
    assert sorting.series[0].header.patient.hospital_number == ""


@pytest.mark.parametrize(
    ("number", "digits", "status"),
    [
        (GOOD, "9990000018", NhsNumberStatus.NOT_TRACED),
        ("999-000-0018", "9990000018", NhsNumberStatus.NOT_TRACED),
        ("9990000017", None, NhsNumberStatus.TRACE_REQUIRED),
        ("RX123456", None, NhsNumberStatus.NOT_PRESENT),
    ],
)
def test_the_nhs_number_is_read_and_never_guessed(
    tmp_path: Path, number: str, digits: str | None, status: NhsNumberStatus
) -> None:
    def spoil(ds: Dataset, _: int) -> None:
        ds.PatientID = number

    write_series(tmp_path, SMALL, change=spoil)
    patient = sort_files([tmp_path]).series[0].header.patient
    assert (patient.nhs_number.digits if patient.nhs_number else None) == digits
    assert patient.nhs_status is status
    assert patient.hospital_number == number


def test_the_nhs_number_among_other_numbers_is_found(tmp_path: Path) -> None:
    def spoil(ds: Dataset, _: int) -> None:
        item = Dataset()
        item.PatientID = GOOD
        ds.OtherPatientIDsSequence = [item]

    write_series(tmp_path, SMALL, change=spoil)
    patient = sort_files([tmp_path]).series[0].header.patient
    assert patient.nhs_number is not None
    assert patient.hospital_number == "DEMO-1"


def test_a_name_keeps_its_letters(tmp_path: Path) -> None:
    def spoil(ds: Dataset, _: int) -> None:
        ds.SpecificCharacterSet = "ISO_IR 192"
        ds.PatientName = "Łukasiewicz^Zoë^Anne^Dr"

    write_series(tmp_path, SMALL, change=spoil)
    patient = sort_files([tmp_path]).series[0].header.patient
    assert (patient.surname, patient.forename, patient.title) == ("Łukasiewicz", "Zoë Anne", "Dr")


def test_results_and_rubbish_are_told_apart(tmp_path: Path) -> None:
    for name in ("a.json", "b.csv", "m.nii.gz", "readme.txt", "empty"):
        (tmp_path / name).write_bytes(b"" if name == "empty" else b"text" * 50)
    sorting = sort_files([tmp_path])
    assert [path.name for path in sorting.others] == ["a.json", "b.csv", "m.nii.gz"]
    assert [(a.reason, a.files) for a in sorting.aside] == [("Not DICOM.", 2)]


def test_a_file_that_is_gone_does_not_stop_the_rest(tmp_path: Path) -> None:
    write_series(tmp_path, SMALL)
    sorting = sort_files([tmp_path / "gone.dcm", tmp_path])
    assert only(sorting) == ""
    assert "Could not be read" in sorting.aside[0].reason


def test_links_and_pipes_are_never_opened(tmp_path: Path) -> None:
    write_series(tmp_path, SMALL)
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link.dcm").symlink_to(tmp_path / "0000.dcm")
    assert sort_files([tmp_path]).series[0].copies == 0


def absurd_rows(ds: Dataset, _: int) -> None:
    ds.Rows = ds.Columns = 65535


def absurd_frames(ds: Dataset, _: int) -> None:
    ds.NumberOfFrames = 2147483647


def no_number(ds: Dataset, _: int) -> None:
    ds.ImagePositionPatient = [0, 0, float("nan")]


def no_place(ds: Dataset, _: int) -> None:
    del ds.ImagePositionPatient


def cut_short(ds: Dataset, _: int) -> None:
    ds.PixelData = ds.PixelData[:20]


def localizer(ds: Dataset, _: int) -> None:
    ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]


def presentation(ds: Dataset, _: int) -> None:
    ds.Modality = "PR"
    del ds.PixelData


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (absurd_rows, "65535 x 65535 pixels"),
        (absurd_frames, "2147483647 frames"),
        (no_number, "not a finite number"),
        (no_place, "No position"),
        (cut_short, "cut short: 20 of 60"),
        (localizer, "Localizer"),
        (presentation, "Not a CT image (PR)"),
    ],
)
def test_what_is_no_slice_is_set_aside_with_its_reason(
    tmp_path: Path, spoil: object, reason: str
) -> None:
    write_series(tmp_path, SMALL, change=spoil)  # type: ignore[arg-type]
    sorting = sort_files([tmp_path])
    assert not sorting.series
    assert [a.files for a in sorting.aside] == [8]
    assert reason in sorting.aside[0].reason


def test_a_deflated_bomb_is_refused_small(tmp_path: Path) -> None:
    meta = b"\x02\x00\x10\x00UI" + struct.pack("<H", 22) + b"1.2.840.10008.1.2.1.99"
    squeeze = zlib.compressobj(9, wbits=-15)
    bomb = b"".join(squeeze.compress(bytes(1 << 20)) for _ in range(200)) + squeeze.flush()
    assert DeflatedExplicitVRLittleEndian in meta.decode("latin-1")
    (tmp_path / "bomb").write_bytes(bytes(128) + b"DICM" + meta + bomb)
    assert "larger than 64 MB" in sort_files([tmp_path]).aside[0].reason


@pytest.mark.parametrize("depth", [500, 20_000])
def test_deep_nesting_is_set_aside(tmp_path: Path, depth: int) -> None:
    path = write_series(tmp_path, SMALL[:1])[0]
    content = path.read_bytes()
    opened = b"\x08\x00\x40\x11SQ\x00\x00\xff\xff\xff\xff\xfe\xff\x00\xe0\xff\xff\xff\xff"
    at = content.index(b"\x08\x00\x60\x00CS")
    path.write_bytes(content[:at] + opened * depth + content[at:])
    assert len(sort_files([path]).aside) + len(sort_files([path]).series) == 1


def test_random_bytes_behind_a_good_magic_are_set_aside(tmp_path: Path) -> None:
    source = random.Random(7)
    for n in range(40):
        noise = source.randbytes(source.randrange(0, 3000))
        (tmp_path / f"{n}").write_bytes(bytes(128) + b"DICM" + noise)
    sorting = sort_files([tmp_path])
    assert not sorting.series
    assert sum(a.files for a in sorting.aside) == 40


def test_a_file_cut_anywhere_is_set_aside_or_read(tmp_path: Path) -> None:
    content = write_series(tmp_path / "whole", SMALL[:1])[0].read_bytes()
    for end in range(0, len(content), 7):
        (tmp_path / "cut").write_bytes(content[:end])
        assert not sort_files([tmp_path / "cut"]).series


@pytest.mark.realdata
def test_every_awkward_file_has_an_outcome(shared_data: Path) -> None:
    folder = shared_data / "05_awkward_dicom"
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert len(files) > 90
    for path in files:
        sorting = sort_files([path])
        assert len(sorting.series) + len(sorting.aside) + len(sorting.others) == 1
        for series in sorting.series:
            assert series.refusal.endswith(".")


@pytest.mark.realdata
@pytest.mark.parametrize(
    ("folder", "number"),
    [
        ("failing_geometry/gantrytilting/001", "4 slices; a review needs at least 8"),
        ("failing_geometry/notavolume/001", "4 of 4 slices lie where another lies, at one place"),
        ("failing_geometry/sliceincrement/001", "1 slice is missing (1 between 28.1 and 38.1 mm)"),
        (
            "failing_geometry/sliceincrement/002",
            "1 slice is missing (1 between -133.7 and -132.2 mm)",
        ),
        ("ge_tilt_variable_spacing", "13 gaps of 4.00 mm, 13 of 7.00 mm, 1 of 1.08 mm"),
    ],
)
def test_failing_geometry_is_refused_with_its_number(
    shared_data: Path, folder: str, number: str
) -> None:
    assert number in only(sort_files([shared_data / "05_awkward_dicom" / folder]))
