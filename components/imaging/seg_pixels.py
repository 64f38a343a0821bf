"""The frames of a DICOM segmentation: bits, or label maps plain and compressed without loss."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import imagecodecs
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.encaps import generate_frames

from components.imaging.codestream import bare, said
from components.imaging.nifti import UnusableMask
from components.imaging.patient import words
from components.imaging.syntaxes import NATIVE, RLE
from components.imaging.wanted import BIG_ENDIAN

_JPEG_LS = "1.2.840.10008.1.2.4.80"
LARGEST_SIDE = 4096


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """The frames of one file, each decoded when it is asked for."""

    frame: Callable[[int], NDArray[Any]]


def stored_frames(ds: pydicom.Dataset) -> Stored:
    """The frames of *ds*; nothing is decoded yet.

    Raises:
        UnusableMask: of a size, depth or transfer syntax that is not read, or cut short.
    """
    rows, columns = int(ds.get("Rows", 0)), int(ds.get("Columns", 0))
    bits = int(ds.get("BitsAllocated", 0))
    if not (0 < rows <= LARGEST_SIDE and 0 < columns <= LARGEST_SIDE) or bits not in (1, 8, 16):
        msg = (
            f"The segmentation has frames of {rows} x {columns} at {bits} bits, which no scan has."
        )
        msg_0 = f"{msg} Send it again."
        raise UnusableMask(msg_0)
    syntax = words(ds.file_meta, "TransferSyntaxUID")
    content = ds.get("PixelData")
    if content is None:
        return Stored(_absent)
    count = len(ds.PerFrameFunctionalGroupsSequence)
    if syntax in NATIVE:
        return _plain(content, (rows, columns), bits, count, syntax)
    if syntax in (RLE, _JPEG_LS) and bits != 1:
        return _packed(content, (rows, columns), bits, count, syntax)
    msg = (
        f"The segmentation of {bits} bits is compressed in a way that is not read ({syntax[:64]})."
    )
    msg_0 = f"{msg} Send it uncompressed, by RLE or by JPEG-LS."
    raise UnusableMask(msg_0)


def _absent(_: int) -> NDArray[Any]:
    msg = "The segmentation holds no pixels. Send it again."
    raise UnusableMask(msg)


def _plain(content: bytes, shape: tuple[int, int], bits: int, count: int, syntax: str) -> Stored:
    """Frames one after the other; those of single bits are not padded to bytes.

    Source: DICOM PS3.5 8.1.1 and D.2: the first pixel is the lowest bit.
    """
    size = shape[0] * shape[1]
    needed = -(-size * count * bits // 8)
    if len(content) < needed:
        msg = f"The segmentation is cut short: {len(content):,} of {needed:,} bytes."
        msg_0 = f"{msg} Send it again."
        raise UnusableMask(msg_0)
    if bits == 1:
        raw = np.frombuffer(content, np.uint8)

        def bit_frame(number: int) -> NDArray[Any]:
            first = number * size
            part = raw[first // 8 : -(-(first + size) // 8)]
            spread = np.unpackbits(part, bitorder="little")[first % 8 :][:size]
            return spread.reshape(shape)

        return Stored(bit_frame)
    kind = "u1" if bits == 8 else ">u2" if syntax == BIG_ENDIAN else "<u2"
    values = np.frombuffer(content, kind, size * count).reshape(count, *shape)
    return Stored(lambda number: values[number].astype(np.uint16))


def _packed(content: bytes, shape: tuple[int, int], bits: int, count: int, syntax: str) -> Stored:
    try:
        frames = list(generate_frames(content, number_of_frames=count))
    except Exception as error:  # noqa: BLE001 - pydicom raises many kinds over foreign files
        raise _undecoded(error) from None
    if len(frames) != count:
        msg = f"The segmentation holds {len(frames)} of {count} frames. Send it again."
        raise UnusableMask(msg)
    kind = np.dtype("u1" if bits == 8 else "<u2")

    def frame(number: int) -> NDArray[Any]:
        try:
            values = _decoded(frames[number], kind, shape, syntax)
        except UnusableMask:
            raise
        except Exception as error:  # noqa: BLE001 - codecs raise their own types
            raise _undecoded(error) from None
        return values.reshape(shape).astype(np.uint16)

    return Stored(frame)


def _decoded(
    frame: bytes, kind: np.dtype[Any], shape: tuple[int, int], syntax: str
) -> NDArray[Any]:
    size = shape[0] * shape[1] * kind.itemsize
    if syntax == RLE:
        return np.frombuffer(imagecodecs.dicomrle_decode(frame, kind, out=size), kind)
    promise = said(bare(frame))
    if promise is None or (promise.rows, promise.columns) != shape:
        msg = "A compressed frame of the segmentation is not of the size its header says."
        msg_0 = f"{msg} Send it again."
        raise UnusableMask(msg_0)
    return np.asarray(imagecodecs.jpegls_decode(bare(frame)))


def _undecoded(error: Exception) -> UnusableMask:
    msg = f"The segmentation cannot be decompressed ({type(error).__name__}). Send it again."
    return UnusableMask(msg)
