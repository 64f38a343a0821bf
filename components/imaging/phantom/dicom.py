"""Writing a phantom as the files a scanner would send."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import UID, CTImageStorage

from components.imaging.phantom.headers import (
    Identity,
    Maker,
    Packing,
    Study,
    decimal,
    shared,
    uid,
)
from components.imaging.phantom.render import PhantomScan

_OWN = tuple(
    int(tag_for_keyword(word) or 0)
    for word in (
        "SOPInstanceUID",
        "InstanceNumber",
        "ImagePositionPatient",
        "SliceLocation",
        "PixelData",
    )
)
"""Tags, rising, of what differs from slice to slice."""


def write_dicom(
    scan: PhantomScan, folder: Path, identity: Identity, study: Study, *, shuffle: int = 0
) -> None:
    """A CT series in *folder*, one file a slice; *shuffle* decides file names and their order.

    Slices in `study.missing`, counted from the head, are left out.

    Raises:
        ValueError: packing is asked of a maker that stores signed pixels.
    """
    if study.packing is not Packing.PLAIN and study.maker.signed:
        msg = "Packed frames are written unsigned; choose a maker that stores unsigned pixels."
        raise ValueError(msg)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([shuffle, 13])
    names = rng.permutation(len(scan.voxels) * 7)
    alike = _Alike.of(shared(scan, identity, study))
    count = len(scan.voxels)
    stored = _stored(scan.voxels, study.maker)
    for number in sorted(set(range(count)) - study.missing):
        own = _own(scan, study, number, stored[count - 1 - number])
        path = folder / f"I{int(names[number]):06d}.dcm"
        path.write_bytes(_opening(study, number) + alike.joined(own))


@dataclass(frozen=True, slots=True)
class _Alike:
    """What every slice says alike, encoded once: encoding is most of the work of writing.

    Attributes:
        parts: Encoded elements between those of `_OWN`, in order of their tags.
    """

    parts: tuple[bytes, ...]

    @classmethod
    def of(cls, whole: Dataset) -> Self:
        """The parts of *whole*, which holds no element of `_OWN`."""
        ends = (*_OWN, None)
        starts = (None, *_OWN)
        return cls(tuple(_encoded(whole[a:b]) for a, b in zip(starts, ends, strict=True)))

    def joined(self, own: Dataset) -> bytes:
        """The whole slice with its *own* elements, one for each of `_OWN`."""
        between = [_encoded(own[tag : tag + 1]) for tag in _OWN]
        return b"".join(p + o for p, o in zip(self.parts, (*between, b""), strict=True))


def _encoded(ds: Dataset) -> bytes:
    """*ds* in explicit little endian."""
    page = DicomBytesIO()
    page.is_little_endian, page.is_implicit_VR = True, False
    write_dataset(page, ds, parent_encoding="utf8")
    return page.getvalue()


def _opening(study: Study, number: int) -> bytes:
    """Preamble and file meta information. Source: DICOM PS3.10 section 7.1."""
    meta = FileMetaDataset()
    meta.FileMetaInformationVersion = b"\x00\x01"
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = UID(uid(study.series_uid, number))
    meta.TransferSyntaxUID = UID(study.packing.value)
    meta.ImplementationClassUID = UID(uid("phantom"))
    page = DicomBytesIO()
    page.is_little_endian, page.is_implicit_VR = True, False
    write_file_meta_info(page, meta, enforce_standard=True)
    return bytes(128) + b"DICM" + page.getvalue()


def _own(
    scan: PhantomScan, study: Study, number: int, plane: NDArray[np.int16] | NDArray[np.uint16]
) -> Dataset:
    """What slice *number*, counted from the head, says for itself."""
    index = len(scan.voxels) - 1 - number
    position = scan.affine[:3, 3] + index * scan.affine[:3, 0]
    ds = Dataset()
    ds.SOPInstanceUID = uid(study.series_uid, number)
    ds.InstanceNumber = number + 1
    ds.ImagePositionPatient = [decimal(v) for v in position]
    ds.SliceLocation = decimal(position[2])
    _put_pixels(ds, plane, study.packing)
    return ds


def _stored(voxels: NDArray[np.int16], maker: Maker) -> NDArray[np.int16] | NDArray[np.uint16]:
    raw = voxels - np.int16(maker.intercept_hu)
    return raw if maker.signed else raw.view(np.uint16)


def _put_pixels(
    ds: Dataset, plane: NDArray[np.int16] | NDArray[np.uint16], packing: Packing
) -> None:
    if packing is Packing.PLAIN:
        ds.PixelData = np.ascontiguousarray(plane, plane.dtype.newbyteorder("<")).tobytes()
        ds["PixelData"].VR = "OW"
        return
    pixels = np.ascontiguousarray(plane).view(np.uint16)
    if packing is Packing.JPEG_LS:
        frame = bytes(imagecodecs.jpegls_encode(pixels))
    else:
        frame = bytes(
            imagecodecs.jpeg2k_encode(pixels, codecformat="j2k", reversible=True, level=0)
        )
    ds.PixelData = encapsulate([frame])
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
