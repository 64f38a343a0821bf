"""A phantom's files are read back by other people's readers as they were rendered."""

from datetime import date
from pathlib import Path

import imagecodecs
import nibabel as nib
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from phantom_study import study
from pydicom.encaps import generate_frames
from pydicom.pixels import apply_rescale

from components.imaging.phantom import (
    CANON,
    GE,
    PHILIPS,
    SIEMENS,
    Identity,
    Maker,
    Packing,
    PhantomScan,
    plan,
    render,
    write_dicom,
    write_mask,
)
from components.imaging.phantom.sizes import INTACT
from store.domain.spine import Level

WHO = Identity("Demo-Hazel^Ann", "DEMO0001", "9990000018", date(1950, 2, 1), "F")


@pytest.fixture(scope="module")
def scan() -> PhantomScan:
    return render(plan(Level.L1, Level.L2), spacing_mm=(3.0, 1.4, 1.4), size=128)


def pixels(ds: pydicom.Dataset) -> NDArray[np.int16]:
    syntax = ds.file_meta.TransferSyntaxUID
    if not syntax.is_compressed:
        return ds.pixel_array
    frame = next(generate_frames(ds.PixelData, number_of_frames=1))
    jpeg_ls = syntax == pydicom.uid.JPEGLSLossless
    return imagecodecs.jpegls_decode(frame) if jpeg_ls else imagecodecs.jpeg2k_decode(frame)


def headers(folder: Path) -> list[pydicom.Dataset]:
    files = [pydicom.dcmread(path) for path in sorted(folder.iterdir())]
    return sorted(files, key=lambda ds: float(ds.ImagePositionPatient[2]))


@pytest.mark.parametrize(
    ("maker", "packing"),
    [
        (GE, Packing.PLAIN),
        (SIEMENS, Packing.PLAIN),
        (CANON, Packing.PLAIN),
        (PHILIPS, Packing.JPEG_LS),
        (SIEMENS, Packing.JPEG_2000),
    ],
)
def test_the_series_gives_back_the_voxels_and_their_places(
    scan: PhantomScan, tmp_path: Path, maker: Maker, packing: Packing
) -> None:
    write_dicom(scan, tmp_path, WHO, study(maker, packing=packing))
    files = headers(tmp_path)
    read = np.stack([apply_rescale(pixels(ds), ds) for ds in files])
    assert np.array_equal(read, scan.voxels)
    for number, ds in enumerate(files):
        place = scan.affine @ [number, 0, 0, 1]
        assert [float(v) for v in ds.ImagePositionPatient] == pytest.approx(place[:3], abs=1e-3)
        assert list(ds.ImageOrientationPatient) == [1, 0, 0, 0, 1, 0]
        assert [float(v) for v in ds.PixelSpacing] == [1.4, 1.4]


@pytest.mark.parametrize(("maker", "packing"), [(GE, Packing.PLAIN), (PHILIPS, Packing.JPEG_LS)])
def test_a_file_is_what_pydicom_would_have_written(
    scan: PhantomScan, tmp_path: Path, maker: Maker, packing: Packing
) -> None:
    write_dicom(scan, tmp_path / "a", WHO, study(maker, packing=packing))
    path = next((tmp_path / "a").iterdir())
    pydicom.dcmwrite(tmp_path / "b", pydicom.dcmread(path), enforce_file_format=True)
    assert (tmp_path / "b").read_bytes() == path.read_bytes()


def test_every_uid_is_valid_and_every_slice_its_own(scan: PhantomScan, tmp_path: Path) -> None:
    write_dicom(scan, tmp_path, WHO, study())
    files = headers(tmp_path)
    slices = {ds.SOPInstanceUID for ds in files}
    assert len(slices) == len(files) == len(scan.voxels)
    for value in slices | {files[0].StudyInstanceUID, files[0].FrameOfReferenceUID}:
        assert value.is_valid
        assert value.startswith("2.25.")
    assert {ds.file_meta.MediaStorageSOPInstanceUID for ds in files} == slices


def test_file_names_do_not_follow_the_slices_and_another_shuffle_renames(
    scan: PhantomScan, tmp_path: Path
) -> None:
    for shuffle in (1, 1, 2):
        write_dicom(scan, tmp_path / f"{shuffle}", WHO, study(), shuffle=shuffle)
    names = {s: sorted(p.name for p in (tmp_path / f"{s}").iterdir()) for s in (1, 2)}
    assert len(names[1]) == len(scan.voxels)
    assert names[1] != names[2]
    order = [pydicom.dcmread(tmp_path / "1" / name).InstanceNumber for name in names[1]]
    assert order not in (sorted(order), sorted(order, reverse=True))


def test_the_same_phantom_gives_the_same_bytes(scan: PhantomScan, tmp_path: Path) -> None:
    for turn in ("a", "b"):
        write_dicom(scan, tmp_path / turn, WHO, study())
        write_mask(scan, tmp_path / turn / "mask.nii.gz", named=True)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / t).iterdir()} for t in "ab")
    assert one == two


def test_a_slice_can_be_left_out(scan: PhantomScan, tmp_path: Path) -> None:
    write_dicom(scan, tmp_path, WHO, study(missing=frozenset({4})))
    numbers = {int(ds.InstanceNumber) for ds in headers(tmp_path)}
    assert set(range(1, len(scan.voxels) + 1)) - numbers == {5}


def test_packed_frames_of_a_signed_maker_are_refused(scan: PhantomScan, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unsigned"):
        write_dicom(scan, tmp_path, WHO, study(CANON, packing=Packing.JPEG_LS))


@pytest.mark.parametrize("named", [True, False])
def test_the_mask_lies_on_the_scan_and_names_its_labels(
    scan: PhantomScan, tmp_path: Path, named: bool
) -> None:
    path = tmp_path / "mask.nii.gz"
    write_mask(scan, path, named=named)
    image = nib.load(path)
    data = np.asanyarray(image.dataobj)
    voxel = np.argwhere(scan.labels == INTACT[Level.L1].label)[0]
    assert data[tuple(voxel[::-1])] == INTACT[Level.L1].label
    ras = image.affine @ [*voxel[::-1], 1]
    lps = scan.affine @ [*voxel, 1]
    assert ras[:3] * [-1, -1, 1] == pytest.approx(lps[:3], abs=1e-3)
    texts = [e.get_content() for e in image.header.extensions]
    assert bool(texts) is named
    if named:
        assert b'<Label Key="31"' in texts[0]
        assert b"vertebrae_L1" in texts[0]
