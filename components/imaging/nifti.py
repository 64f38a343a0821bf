"""A label map in NIfTI, read within bounds that its own header cannot move."""

import re
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import imagecodecs
import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from components.imaging.frame import Floats
from store.domain.refusal import Unusable

LARGEST_HEADER = 1 << 20
"""Bytes; the names of a few hundred labels take a tenth of it."""
_TO_LPS = np.diag([-1.0, -1.0, 1.0, 1.0])
_LABEL = re.compile(rb'<Label\s+Key="(\d{1,5})"[^>]{0,200}>\s*(?:<!\[CDATA\[)?([^<\]]{1,80})')


class UnusableMask(Unusable):
    """The mask cannot be used for this scan. The text says why, with its numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """A NIfTI header: everything but the voxels.

    Attributes:
        shape: Of axes i, j, k; i lies closest together in the file.
        affine: 4 x 4, (i, j, k, 1) to LPS mm.
        slope, intercept: Of the stored values; a slope of 0 means that there is none.
        names: Label names in the header's extension, by number.
    """

    shape: tuple[int, int, int]
    kind: np.dtype[Any]
    offset: int
    affine: Floats
    slope: float
    intercept: float
    names: dict[int, str]


def bytes_of(path: Path) -> bytes:
    """The file as it lies on disk; raises `UnusableMask` where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        msg = f"The mask cannot be read ({error.strerror or 'input error'}). Send it again."
        raise UnusableMask(msg) from None


def head_of(packed: bytes) -> Head:
    """The header, from as few unpacked bytes as it takes."""
    try:
        start = zlib.decompressobj(31).decompress(packed, LARGEST_HEADER) if _gz(packed) else packed
        header = nib.Nifti1Header.from_fileobj(BytesIO(start))  # type: ignore[no-untyped-call]
        extensions = b"".join(_content(e.get_content()) for e in header.extensions)
        affine = _TO_LPS @ np.asarray(header.get_best_affine(), dtype=float)
        slope, intercept = (float(header[name]) for name in ("scl_slope", "scl_inter"))
        shape = tuple(int(size) for size in header.get_data_shape())
        kind, offset = np.dtype(header.get_data_dtype()), int(header.get_data_offset())
    except Exception as error:  # noqa: BLE001 - nibabel and zlib raise several families
        msg = f"The mask is no readable NIfTI file ({type(error).__name__}). Send it again."
        raise UnusableMask(msg) from None
    if len(shape) != 3 or kind.kind not in "uif" or offset < 348:
        msg = f"The mask is {len(shape)}-dimensional, of {kind} numbers. Send whole-number labels."
        raise UnusableMask(msg)
    if not np.isfinite(affine).all() or not abs(np.linalg.det(affine)) > 1e-6:
        msg = "The mask does not say where its voxels lie. Send one with an affine."
        raise UnusableMask(msg)
    names = {int(key): text.decode("utf-8", "replace") for key, text in _LABEL.findall(extensions)}
    return Head(shape, kind, offset, affine, _finite(slope), _finite(intercept), names)


def _gz(packed: bytes) -> bool:
    return packed[:2] == b"\x1f\x8b"


def _finite(number: float) -> float:
    return number if np.isfinite(number) else 0.0


def _content(content: object) -> bytes:
    return content if isinstance(content, bytes) else str(content).encode()


def voxels_of(packed: bytes, head: Head) -> NDArray[Any]:
    """Stored values, (k, j, i) as they lie in the file; never more bytes than the shape needs."""
    count = head.shape[0] * head.shape[1] * head.shape[2]
    size = head.offset + count * head.kind.itemsize
    try:
        plain = _unpacked(packed, size) if _gz(packed) else packed
    except Exception as error:  # noqa: BLE001 - libdeflate and zlib raise their own types
        msg = f"The mask cannot be unpacked ({type(error).__name__}). Send it again."
        raise UnusableMask(msg) from None
    if len(plain) < size:
        msg = f"The mask is cut short: {len(plain)} of {size} bytes. Send it again."
        raise UnusableMask(msg)
    values = np.frombuffer(plain, head.kind, count, head.offset)
    return values.reshape(head.shape[::-1])


def _unpacked(packed: bytes, size: int) -> bytes | bytearray | memoryview:
    """The first *size* bytes of a gzip file; in one fast step when it is one member."""
    if int.from_bytes(packed[-4:], "little") == size & 0xFFFFFFFF:
        whole = imagecodecs.gzip_decode(packed, out=size)
        if len(whole) == size:
            return whole
    plain = bytearray()
    rest = packed
    while rest and len(plain) < size:
        member = zlib.decompressobj(31)
        plain += member.decompress(rest, size - len(plain))
        rest = member.unused_data
    return plain
