"""A phantom's files of every transfer syntax and class are read back as they were rendered."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from numpy.typing import NDArray
from phantom_study import study
from pydicom.encaps import generate_frames
from pydicom.uid import EnhancedCTImageStorage, LegacyConvertedEnhancedCTImageStorage

from components.imaging.phantom import (
    GE,
    SIEMENS,
    Identity,
    Packing,
    PhantomScan,
    Scanning,
    plan,
    render,
    write_dicom,
    write_enhanced,
)
from store.domain.spine import Level

WHO = Identity("Demo-Hazel^Ann", "DEMO0001", "", date(1950, 2, 1), "F")
DECODERS: dict[Packing, Callable[..., NDArray[np.uint16]]] = {
    Packing.JPEG: imagecodecs.ljpeg_decode,
    Packing.JPEG_SV1: imagecodecs.jpeg8_decode,
    Packing.JPEG_LS: imagecodecs.jpegls_decode,
    Packing.JPEG_2000: imagecodecs.jpeg2k_decode,
    Packing.HTJ2K: imagecodecs.jpeg2k_decode,
    Packing.JPEG_LS_LOSSY: imagecodecs.jpegls_decode,
    Packing.JPEG_2000_LOSSY: imagecodecs.jpeg2k_decode,
}


@pytest.fixture(scope="module")
def scan() -> PhantomScan:
    spine = plan(Level.L1, Level.L1)
    return render(spine, spacing_mm=(4.0, 1.4, 1.6), size=96, scanning=Scanning(tilt_degrees=12))


def frames(ds: pydicom.Dataset) -> NDArray[np.int32]:
    """HU of every frame, decoded by others than the writer where there are any."""
    packing = Packing(ds.file_meta.TransferSyntaxUID)
    count = int(ds.get("NumberOfFrames", 1))
    if packing in DECODERS:
        packed = generate_frames(ds.PixelData, number_of_frames=count)
        found = np.stack([DECODERS[packing](frame) for frame in packed])
    else:
        found = ds.pixel_array.reshape(count, ds.Rows, ds.Columns)
    return found.astype(np.int32) - 1024


@pytest.mark.parametrize("packing", Packing)
def test_every_syntax_gives_back_the_voxels(
    scan: PhantomScan, tmp_path: Path, packing: Packing
) -> None:
    write_dicom(scan, tmp_path, WHO, study(SIEMENS, packing=packing))
    files = [pydicom.dcmread(path) for path in tmp_path.iterdir()]
    files.sort(key=lambda ds: -int(ds.InstanceNumber))
    off = np.abs(np.concatenate([frames(ds) for ds in files]) - scan.voxels)
    assert off.max() <= (30 if packing.lossy else 0)
    assert bool(off.max()) == packing.lossy


def test_the_two_jpeg_syntaxes_differ_in_their_predictor(scan: PhantomScan, tmp_path: Path) -> None:
    found = {}
    for packing in (Packing.JPEG, Packing.JPEG_SV1):
        frame = packing.frame(scan.voxels[0].view(np.uint16))
        # After the marker: length, one component with its table, then the predictor.
        found[packing] = frame[frame.index(b"\xff\xda") + 7]
    assert found[Packing.JPEG_SV1] == 1
    assert found[Packing.JPEG] != 1


@pytest.mark.parametrize("packing", [Packing.PLAIN, Packing.RLE, Packing.HTJ2K])
@pytest.mark.parametrize("legacy", [False, True])
def test_one_file_of_many_frames_gives_back_voxels_and_places(
    scan: PhantomScan, tmp_path: Path, packing: Packing, legacy: bool
) -> None:
    path = tmp_path / "all.dcm"
    write_enhanced(scan, path, WHO, study(SIEMENS, packing=packing), legacy=legacy)
    ds = pydicom.dcmread(path)
    kind = LegacyConvertedEnhancedCTImageStorage if legacy else EnhancedCTImageStorage
    assert ds.SOPClassUID == ds.file_meta.MediaStorageSOPClassUID == kind
    assert np.array_equal(frames(ds)[::-1], scan.voxels)
    last = ds.PerFrameFunctionalGroupsSequence[-1].PlanePositionSequence[0].ImagePositionPatient
    assert [float(v) for v in last] == pytest.approx(scan.affine[:3, 3], abs=1e-3)
    shared = ds.SharedFunctionalGroupsSequence[0]
    ways = [float(v) for v in shared.PlaneOrientationSequence[0].ImageOrientationPatient]
    assert ways[3:] == pytest.approx([0, np.cos(np.radians(12)), np.sin(np.radians(12))])
    assert [float(v) for v in shared.PixelMeasuresSequence[0].PixelSpacing] == [1.4, 1.6]


def test_a_tilted_gantry_shows_in_the_headers(scan: PhantomScan, tmp_path: Path) -> None:
    write_dicom(scan, tmp_path, WHO, study(GE))
    files = sorted(map(pydicom.dcmread, tmp_path.iterdir()), key=lambda ds: ds.InstanceNumber)
    step = np.subtract(files[0].ImagePositionPatient, files[1].ImagePositionPatient)
    ways = np.array(files[0].ImageOrientationPatient, float).reshape(2, 3)
    normal = np.cross(*ways)
    assert float(files[0].GantryDetectorTilt) == 12
    assert np.degrees(np.arccos(normal @ step / np.linalg.norm(step))) == pytest.approx(12, abs=0.1)
    assert float(files[0].SpacingBetweenSlices) == pytest.approx(normal @ step, abs=0.01)


def test_slices_can_be_sent_twice_and_spacings_mixed(scan: PhantomScan, tmp_path: Path) -> None:
    count = len(scan.voxels)
    every_second = frozenset(range(6, count, 2))
    write_dicom(scan, tmp_path, WHO, study(SIEMENS, missing=every_second, repeated=frozenset({3})))
    files = [pydicom.dcmread(path) for path in tmp_path.iterdir()]
    places = sorted(float(ds.ImagePositionPatient[2]) for ds in files)
    steps = np.round(np.diff(places) / (4.0 / np.cos(np.radians(12))), 3)
    assert sorted(set(steps.tolist())) == [0.0, 1.0, 2.0]
    assert len({ds.SOPInstanceUID for ds in files}) == len(files) == count + 1 - len(every_second)
