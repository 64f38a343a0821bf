"""Pixels of one slice, from any lossless transfer syntax, as Hounsfield units."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.encaps import get_frame

from components.imaging.codestream import frame_size
from components.imaging.elements import BIG_ENDIAN, DEFLATED, read_elements
from components.imaging.instance import Instance
from components.imaging.series import UnusableSeries
from components.imaging.syntaxes import NATIVE, RLE

Int16 = NDArray[np.int16]

AIR_HU = -1024
"""Padding and everything darker becomes this."""
HIGHEST_HU = 32767
_DECODERS: dict[str, Callable[..., Any]] = {
    "1.2.840.10008.1.2.4.50": imagecodecs.jpeg8_decode,
    "1.2.840.10008.1.2.4.51": imagecodecs.jpeg_decode,
    "1.2.840.10008.1.2.4.57": imagecodecs.ljpeg_decode,
    "1.2.840.10008.1.2.4.70": imagecodecs.ljpeg_decode,
    "1.2.840.10008.1.2.4.80": imagecodecs.jpegls_decode,
    "1.2.840.10008.1.2.4.81": imagecodecs.jpegls_decode,
    "1.2.840.10008.1.2.4.90": imagecodecs.jpeg2k_decode,
    "1.2.840.10008.1.2.4.91": imagecodecs.jpeg2k_decode,
    "1.2.840.10008.1.2.4.201": imagecodecs.jpeg2k_decode,
    "1.2.840.10008.1.2.4.202": imagecodecs.jpeg2k_decode,
    "1.2.840.10008.1.2.4.203": imagecodecs.jpeg2k_decode,
}


def check_syntax(syntax: str) -> None:
    """Raise `UnusableSeries` for a transfer syntax nothing here can decode."""
    if syntax in NATIVE or syntax == RLE or syntax in _DECODERS:
        return
    known = syntax if len(syntax) <= 64 and set(syntax) <= set("0123456789.") else "unknown"
    msg = f"The pixels are stored in transfer syntax {known}, which is retired or unknown."
    msg_0 = f"{msg} Send them uncompressed."
    raise UnusableSeries(msg_0)


def slice_hu(one: Instance, rows: tuple[int, int], columns: tuple[int, int]) -> Int16:
    """Some *rows* and *columns* of *one* (ends exclusive), in HU.

    Raises:
        UnusableSeries: the pixels cannot be decoded, or are not what the header says.
        OSError: the file has gone.
    """
    check_syntax(one.syntax)
    native = one.syntax in NATIVE
    stored = _native(one, *rows) if native else _decoded(one)[slice(*rows)]
    return to_hu(stored[:, slice(*columns)], one)


def _native(one: Instance, first_row: int, last_row: int) -> NDArray[Any]:
    """Stored values of some rows, read straight from their place in the file."""
    width = one.columns * one.bits_allocated // 8
    at = one.offset + (one.frame * one.rows + first_row) * width
    size = (last_row - first_row) * width
    with one.path.open("rb", buffering=0) as file:
        if one.syntax == DEFLATED:
            body = read_elements(memoryview(file.readall())).body or b""
            raw = body[at : at + size]
        else:
            file.seek(at)
            raw = file.read(size) or b""
    if len(raw) != size:
        msg = f"A slice ends early: {len(raw)} of {size} bytes. Send it again."
        raise UnusableSeries(msg)
    kind = "u1" if one.bits_allocated == 8 else ">u2" if one.syntax == BIG_ENDIAN else "<u2"
    return np.frombuffer(raw, kind).reshape(last_row - first_row, one.columns)


def _decoded(one: Instance) -> NDArray[Any]:
    """Stored values of a compressed frame, never larger than the header promised."""
    with one.path.open("rb") as file:
        file.seek(one.offset)
        body = file.read()
    try:
        frame = get_frame(body, one.frame, number_of_frames=one.frames)
        values = _decode(frame, one)
    except UnusableSeries:
        raise
    except Exception as error:  # noqa: BLE001 - codecs raise their own types, one per format
        msg = f"A slice cannot be decompressed ({type(error).__name__}). Send it again."
        raise UnusableSeries(msg) from None
    if values.shape != (one.rows, one.columns):
        msg = f"A slice holds {values.shape} pixels, its header says {one.rows} x {one.columns}."
        raise UnusableSeries(msg)
    return values


def _decode(frame: bytes, one: Instance) -> NDArray[Any]:
    if one.syntax == RLE:
        kind = np.dtype("u1" if one.bits_allocated == 8 else "<u2")
        plain = imagecodecs.dicomrle_decode(frame, kind, out=one.rows * one.columns * kind.itemsize)
        return np.frombuffer(plain, kind).reshape(one.rows, one.columns)
    size = frame_size(frame)
    if size != (one.rows, one.columns):
        said = "no size" if size is None else f"{size[0]} x {size[1]} pixels"
        msg = f"A compressed slice holds {said}, its header says {one.rows} x {one.columns}."
        raise UnusableSeries(msg)
    return np.asarray(_DECODERS[one.syntax](frame))


def to_hu(stored: NDArray[Any], one: Instance) -> Int16:
    """Hounsfield units of *stored* values; padding becomes air.

    Sign and unused high bits follow the header, whatever the codec made of them.
    """
    low, high, simple = _scale(one.slope, one.intercept, one.padding, one.signed)
    if simple and one.bits_stored == 16 and stored.itemsize == 2 and not one.inverted:
        whole = stored.view(stored.dtype.str.replace("u", "i" if one.signed else "u"))
        held = np.clip(whole, low, high)
        # Modulo 2^16 the sum is right: clipped values fit once the intercept is added.
        shift = np.uint16(int(one.intercept) & 0xFFFF)
        return np.asarray(held.view(np.uint16) + shift).view(np.int16)
    table = _table(one.bits_stored, one.signed, one.slope, one.intercept, one.padding, one.inverted)
    return np.asarray(table[stored.astype(np.int64) & ((1 << one.bits_stored) - 1)])


@lru_cache(maxsize=16)
def _scale(
    slope: float, intercept: float, padding: int | None, signed: bool
) -> tuple[int, int, bool]:
    """Clipping limits of stored values, and whether a plain addition makes HU of them."""
    bottom, top = (-32768, 32767) if signed else (0, 65535)
    simple = slope == 1.0 and intercept.is_integer() and abs(intercept) <= 16384
    if padding is not None and padding + intercept > AIR_HU:
        simple = False
    low = max(bottom, AIR_HU - int(intercept)) if simple else bottom
    high = min(top, HIGHEST_HU - int(intercept)) if simple else top
    return low, high, simple


@lru_cache(maxsize=16)
def _table(
    bits: int, signed: bool, slope: float, intercept: float, padding: int | None, inverted: bool
) -> Int16:
    """HU of every stored value of *bits* bits."""
    stored = np.arange(1 << bits, dtype=np.int64)
    if signed:
        stored[stored >= 1 << (bits - 1)] -= 1 << bits
    hu = np.clip(np.rint(stored * slope + intercept), AIR_HU, HIGHEST_HU).astype(np.int16)
    if padding is not None:
        hu[stored == padding] = AIR_HU
    return np.ascontiguousarray(hu[::-1]) if inverted and not signed else hu
