"""A label map in NIfTI, read within bounds that its own header cannot move."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import nibabel as nib
import numpy as np
from isal import igzip
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
        affines: One or two 4 x 4, (i, j, k, 1) to LPS mm: the sform, then the qform.
        slope, intercept: Of the stored values; a slope of 0 means that there is none.
        names: Label names in the header's extension, by number.
    """

    shape: tuple[int, int, int]
    kind: np.dtype[Any]
    offset: int
    affines: tuple[Floats, ...]
    slope: float
    intercept: float
    names: dict[int, str]


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The file, unpacked as it is read; raises `UnusableMask` where it cannot be opened."""
    try:
        packed = path.open("rb")
    except OSError as error:
        msg = f"The mask cannot be read ({error.strerror or 'input error'}). Send it again."
        raise UnusableMask(msg) from None
    with packed:
        if packed.peek(2)[:2] == b"\x1f\x8b":
            # igzip: a fifth of zlib's time.
            yield cast(BinaryIO, igzip.open(packed))  # type: ignore[no-untyped-call]
        else:
            yield packed


def _read(file: BinaryIO, size: int) -> bytes:
    """At most *size* bytes."""
    try:
        return file.read(size)
    except Exception as error:  # noqa: BLE001 - disk and codec raise their own types
        msg = f"The mask cannot be unpacked ({type(error).__name__}). Send it again."
        raise UnusableMask(msg) from None


def head_of(file: BinaryIO) -> Head:
    """The header of an `opened` file, which is then read on with `layers_of`."""
    start = _read(file, LARGEST_HEADER)
    file.seek(0)
    try:
        header = _kind_of(start).from_fileobj(BytesIO(start))
        extensions = b"".join(_content(e.get_content()) for e in header.extensions)
        placed = [form(coded=True)[0] for form in (header.get_sform, header.get_qform)]
        affines = tuple(_TO_LPS @ np.asarray(form, float) for form in placed if form is not None)
        slope, intercept = (float(header[name]) for name in ("scl_slope", "scl_inter"))
        shape = tuple(int(size) for size in header.get_data_shape())
        kind, offset = np.dtype(header.get_data_dtype()), int(header.get_data_offset())
    except Exception as error:  # noqa: BLE001 - nibabel raises several families
        msg = f"The mask is no readable NIfTI file ({type(error).__name__}). Send it again."
        raise UnusableMask(msg) from None
    if len(shape) > 3 and set(shape[3:]) == {1}:
        shape = shape[:3]
    _check(shape, kind, offset - int(header["sizeof_hdr"]), affines)
    names = {int(key): text.decode("utf-8", "replace") for key, text in _LABEL.findall(extensions)}
    whole = shape[0], shape[1], shape[2]
    return Head(whole, kind, offset, affines, _finite(slope), _finite(intercept), names)


def _kind_of(start: bytes) -> Any:  # noqa: ANN401 - nibabel has no types
    """The class of the header: NIfTI-1, or NIfTI-2 with its longer fields."""
    second = 540 in {int.from_bytes(start[:4], "little"), int.from_bytes(start[:4], "big")}
    return nib.Nifti2Header if second else nib.Nifti1Header


def _check(
    shape: tuple[int, ...], kind: np.dtype[Any], beyond: int, affines: tuple[Floats, ...]
) -> None:
    if len(shape) != 3 or kind.kind not in "uif":
        said = " x ".join(map(str, shape))
        msg = f"The mask holds {said} numbers of kind {kind}. Send one volume of whole numbers."
        raise UnusableMask(msg)
    if beyond < 0:
        msg = "The voxels of the mask lie in another file. Send one .nii or .nii.gz file."
        raise UnusableMask(msg)
    known = [np.isfinite(one).all() and abs(np.linalg.det(one)) > 1e-6 for one in affines]
    if not affines or not all(known):
        msg = "The mask does not say where its voxels lie. Send one with an sform or a qform."
        raise UnusableMask(msg)


def _finite(number: float) -> float:
    return number if np.isfinite(number) else 0.0


def _content(content: object) -> bytes:
    return content if isinstance(content, bytes) else str(content).encode()


def layers_of(file: BinaryIO, head: Head) -> Iterator[NDArray[Any]]:
    """Stored values, one (j, i) layer of the `opened` file after another.

    Reads one layer at a time, and never more bytes than the shape needs.
    """
    columns, rows, count = head.shape
    size = rows * columns * head.kind.itemsize
    file.seek(head.offset)
    for number in range(count):
        layer = _read(file, size)
        if len(layer) != size:
            there, needed = number * size + len(layer), count * size
            msg = f"The mask is cut short: {there} of {needed} bytes. Send it again."
            raise UnusableMask(msg)
        yield np.frombuffer(layer, head.kind).reshape(rows, columns)
    # The check sum of a packed file stands at its end.
    _read(file, 1)
