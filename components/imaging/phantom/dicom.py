"""Writing a phantom as the files a scanner would send."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.filebase import DicomBytesIO
from pydicom.filewriter import write_dataset, write_file_meta_info
from pydicom.uid import UID, CTImageStorage

from components.imaging.phantom.headers import (
    Identity,
    Maker,
    Study,
    decimal,
    shared,
    uid,
)
from components.imaging.phantom.packing import Packing
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

    Slices in `study.missing`, counted from the last, are left out; those in `study.repeated`
    are sent twice.

    Raises:
        ValueError: packing is asked of a maker that stores signed pixels.
    """
    check_unsigned(study)
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([shuffle, 13])
    names = rng.permutation(len(scan.voxels) * 7)
    alike = _Alike.of(shared(scan, identity, study), study.packing)
    count = len(scan.voxels)
    pixels = stored(scan.voxels, study.maker)
    sent = [*range(count), *(count + n for n in sorted(study.repeated))]
    for number in sent:
        if number % count in study.missing:
            continue
        own = _own(scan, study, number, pixels[count - 1 - number % count])
        path = folder / f"I{int(names[number]):06d}.dcm"
        path.write_bytes(_opening(study, number) + alike.joined(own))


def check_unsigned(study: Study) -> None:
    """Raise `ValueError` where frames shall be packed that their maker stores signed."""
    if study.packing.compressed and study.maker.signed:
        msg = "Packed frames are written unsigned; choose a maker that stores unsigned pixels."
        raise ValueError(msg)


@dataclass(frozen=True, slots=True)
class _Alike:
    """What every slice says alike, encoded once: encoding is most of the work of writing.

    Attributes:
        parts: Encoded elements between those of `_OWN`, in order of their tags.
    """

    parts: tuple[bytes, ...]
    packing: Packing

    @classmethod
    def of(cls, whole: Dataset, packing: Packing) -> Self:
        """The parts of *whole*, which holds no element of `_OWN`."""
        ends = (*_OWN, None)
        starts = (None, *_OWN)
        pairs = zip(starts, ends, strict=True)
        return cls(tuple(_encoded(whole[a:b], packing) for a, b in pairs), packing)

    def joined(self, own: Dataset) -> bytes:
        """The whole slice with its *own* elements, one for each of `_OWN`."""
        between = [_encoded(own[tag : tag + 1], self.packing) for tag in _OWN]
        whole = b"".join(p + o for p, o in zip(self.parts, (*between, b""), strict=True))
        if self.packing is not Packing.DEFLATED:
            return whole
        # Bare, without the header of zlib. Source: DICOM PS3.5 annex A.5.
        return zlib.compress(whole, 6, wbits=-zlib.MAX_WBITS)


def _encoded(ds: Dataset, packing: Packing) -> bytes:
    """*ds* as the syntax of *packing* has it."""
    page = DicomBytesIO()
    page.is_little_endian = packing is not Packing.BIG_ENDIAN
    page.is_implicit_VR = packing is Packing.IMPLICIT
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
    """What slice *number*, counted from the last, says for itself; a repeated one is higher."""
    index = len(scan.voxels) - 1 - number % len(scan.voxels)
    position = scan.affine[:3, 3] + index * scan.affine[:3, 0]
    ds = Dataset()
    ds.SOPInstanceUID = uid(study.series_uid, number)
    ds.InstanceNumber = number + 1
    ds.ImagePositionPatient = [decimal(v) for v in position]
    ds.SliceLocation = decimal(position[2])
    put_pixels(ds, [plane], study.packing)
    return ds


def stored(voxels: NDArray[np.int16], maker: Maker) -> NDArray[np.int16] | NDArray[np.uint16]:
    """*voxels* as *maker* keeps them in a file."""
    raw = voxels - np.int16(maker.intercept_hu)
    return raw if maker.signed else raw.view(np.uint16)


def put_pixels(ds: Dataset, frames: list[NDArray[Any]], packing: Packing) -> None:
    """PixelData of *frames*."""
    ds.PixelData = packing.stored(frames)
    ds["PixelData"].VR = "OB" if packing.compressed else "OW"
    ds["PixelData"].is_undefined_length = packing.compressed
