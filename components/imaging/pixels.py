"""Pixels of one slice, from any transfer syntax that CT uses, as Hounsfield units."""

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom.config import IGNORE
from pydicom.uid import UID

from components.imaging.codestream import bare, said
from components.imaging.elements import read_elements
from components.imaging.fragments import frame_bytes
from components.imaging.instance import Instance
from components.imaging.series import UnusableSeries
from components.imaging.syntaxes import NATIVE, RLE
from components.imaging.wanted import BIG_ENDIAN, DEFLATED

Int16 = NDArray[np.int16]

AIR_HU = -1024
"""Padding and everything darker becomes this."""
HIGHEST_HU = 32767
MOST_TILES = 1024
_END, _PADDED = b"\xff\xd9", 16
"""How JPEG, JPEG-LS and JPEG 2000 end, and how much padding may follow."""
_SEQUENTIAL, _LOSSLESS = frozenset({0xC0, 0xC1}), frozenset({0xC3})
_JPEG_LS, _JPEG_2000 = frozenset({0xF7}), frozenset({0x51})
_DECODERS: dict[str, tuple[Callable[..., Any], frozenset[int]]] = {
    "1.2.840.10008.1.2.4.50": (imagecodecs.jpeg8_decode, _SEQUENTIAL),
    "1.2.840.10008.1.2.4.51": (imagecodecs.jpeg_decode, _SEQUENTIAL),
    "1.2.840.10008.1.2.4.57": (imagecodecs.jpeg8_decode, _LOSSLESS),
    "1.2.840.10008.1.2.4.70": (imagecodecs.jpeg8_decode, _LOSSLESS),
    "1.2.840.10008.1.2.4.80": (imagecodecs.jpegls_decode, _JPEG_LS),
    "1.2.840.10008.1.2.4.81": (imagecodecs.jpegls_decode, _JPEG_LS),
    "1.2.840.10008.1.2.4.90": (imagecodecs.jpeg2k_decode, _JPEG_2000),
    "1.2.840.10008.1.2.4.91": (imagecodecs.jpeg2k_decode, _JPEG_2000),
    "1.2.840.10008.1.2.4.201": (imagecodecs.jpeg2k_decode, _JPEG_2000),
    "1.2.840.10008.1.2.4.202": (imagecodecs.jpeg2k_decode, _JPEG_2000),
    "1.2.840.10008.1.2.4.203": (imagecodecs.jpeg2k_decode, _JPEG_2000),
}
"""The fastest decoder of each syntax that owns up to damage, and the coding processes it allows.

For HTJ2K that is OpenJPEG: OpenJPH takes half the time, but imagecodecs passes over what it says of
a torn frame, which then comes back as a picture. A progressive JPEG can keep a decoder busy for
minutes; no syntax of CT allows one.
"""


def check_syntax(syntax: str) -> None:
    """Raise `UnusableSeries` for a transfer syntax nothing here can decode."""
    if syntax in NATIVE or syntax == RLE or syntax in _DECODERS:
        return
    known = syntax if len(syntax) <= 64 and set(syntax) <= set("0123456789.") else ""
    name = UID(known, IGNORE).name if known else ""
    called = f"{name} ({known})" if name != known else known or "that is no UID"
    msg = f"The pixels are stored in transfer syntax {called}, which is not read here."
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
    if one.syntax == DEFLATED:
        raw = _inflated(one)[at : at + size]
    else:
        with one.path.open("rb", buffering=0) as file:
            file.seek(at)
            raw = file.read(size) or b""
    if len(raw) != size:
        msg = f"{_the(one)} ends early: {len(raw):,} of {size:,} bytes. Send it again."
        raise UnusableSeries(msg)
    kind = "u1" if one.bits_allocated == 8 else ">u2" if one.syntax == BIG_ENDIAN else "<u2"
    return np.frombuffer(raw, kind).reshape(last_row - first_row, one.columns)


_inflating = Lock()


def _inflated(one: Instance) -> bytes:
    """The data set of a deflated file; that of many frames is inflated once for all of them."""
    if one.frames == 1:
        return _inflate(one.path)
    with _inflating:
        return _kept(one.path, one.path.stat().st_mtime_ns)


@lru_cache(maxsize=1)
def _kept(path: Path, _changed: int) -> bytes:
    return _inflate(path)


def _inflate(path: Path) -> bytes:
    return read_elements(memoryview(path.read_bytes())).body or b""


def _the(one: Instance) -> str:
    """How a message names a slice: by its place, for names and numbers may be a patient's."""
    return f"The slice at z = {one.position[2]:.1f} mm"


def _decoded(one: Instance) -> NDArray[Any]:
    """Stored values of a compressed frame, never larger than the header promised."""
    try:
        values = _decode(frame_bytes(one), one)
    except (UnusableSeries, OSError):
        raise
    except Exception as error:  # noqa: BLE001 - codecs raise their own types, one per format
        msg = f"{_the(one)} cannot be decompressed ({type(error).__name__}). Send it again."
        raise UnusableSeries(msg) from None
    if values.shape != (one.rows, one.columns):
        held = " x ".join(str(n) for n in values.shape)
        msg = f"{_the(one)} holds {held} pixels, its header says {one.rows} x {one.columns}."
        raise UnusableSeries(msg)
    return values


def _decode(frame: bytes, one: Instance) -> NDArray[Any]:
    if one.syntax == RLE:
        kind = np.dtype("u1" if one.bits_allocated == 8 else "<u2")
        plain = imagecodecs.dicomrle_decode(frame, kind, out=one.frame_bytes)
        return np.frombuffer(plain, kind).reshape(one.rows, one.columns)
    frame = bare(frame)
    decode, processes = _DECODERS[one.syntax]
    _check_promise(frame, one, processes)
    return np.asarray(decode(frame))


def _check_promise(frame: bytes, one: Instance, processes: frozenset[int]) -> None:
    """Refuse a frame that says it is anything but the one slice of the header."""
    promise = said(frame)
    header = f"its header says {one.rows} x {one.columns}"
    if promise is None:
        msg = f"{_the(one)} does not say its size, {header}. Send it again."
        raise UnusableSeries(msg)
    if (promise.rows, promise.columns) != (one.rows, one.columns):
        msg = f"{_the(one)} holds {promise.rows} x {promise.columns} pixels, {header}."
        raise UnusableSeries(msg)
    if promise.channels != 1 or not 2 <= promise.bits <= 16 or promise.tiles > MOST_TILES:
        msg = f"{_the(one)} holds {promise.channels} channels of {promise.bits} bits in"
        msg_0 = f"{msg} {promise.tiles} tiles; one of at most 16 bits is read."
        raise UnusableSeries(msg_0)
    if _END not in frame[-_PADDED:]:
        msg = f"{_the(one)} is cut short: its compressed pixels have no end. Send it again."
        raise UnusableSeries(msg)
    if promise.process not in processes:
        msg = f"{_the(one)} is compressed in another way than its transfer syntax says."
        raise UnusableSeries(msg)


def to_hu(stored: NDArray[Any], one: Instance) -> Int16:
    """Hounsfield units of *stored* values; padding becomes air.

    Sign and unused bits follow the header, whatever the codec made of them. MONOCHROME1 asks for
    another display, not for other densities: HU are as they are.

    Source: DICOM PS3.3 C.7.6.3.1.2 (Photometric Interpretation), C.11.1 (Modality LUT).
    """
    scale = _scale(one.slope, one.intercept, one.padding, one.bits_stored, one.signed)
    words = stored.astype("<u2", copy=False) if stored.dtype.kind == "u" else _unsigned(stored)
    if one.unused:
        words = words >> one.unused
    if scale is None:
        key = one.bits_stored, one.signed, one.slope, one.intercept, one.padding
        return np.asarray(_table(*key)[words & np.uint16((1 << one.bits_stored) - 1)])
    whole = _sized(words, one.bits_stored, one.signed)
    low, high = scale
    held = np.maximum(whole, whole.dtype.type(low))
    if high is not None:
        np.minimum(held, whole.dtype.type(high), out=held)
    # Modulo 2^16 the sum is right: clipped values fit once the intercept is added.
    shift = np.uint16(int(one.intercept) & 0xFFFF)
    moved: Int16 = (held.view(np.uint16) + shift).view(np.int16)
    return moved


def _unsigned(stored: NDArray[Any]) -> NDArray[np.uint16]:
    """The lowest 16 bits of signed values."""
    return np.asarray(stored.astype("<i2", copy=False)).view("<u2")


def _sized(words: NDArray[np.uint16], bits: int, signed: bool) -> NDArray[Any]:
    """Numbers of *bits* bits without what stands above them, with their sign."""
    spare = 16 - bits
    if signed:
        return np.asarray((words << spare).view(np.int16) >> spare) if spare else words.view("<i2")
    return words & np.uint16((1 << bits) - 1) if spare else words


@lru_cache(maxsize=64)
def _scale(
    slope: float, intercept: float, padding: tuple[int, int] | None, bits: int, signed: bool
) -> tuple[int, int | None] | None:
    """Clipping limits of stored values where a plain addition makes HU of them, else None.

    The upper limit is None where no stored value reaches it: most CT, and half of the work.
    """
    bottom, top = (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) if signed else (0, (1 << bits) - 1)
    if slope != 1.0 or not intercept.is_integer() or abs(intercept) > 16384:
        return None
    if padding is not None and padding[1] + intercept > AIR_HU:
        return None
    low = max(bottom, AIR_HU - int(intercept))
    high = min(top, HIGHEST_HU - int(intercept))
    if low > high:
        return None
    return low, None if high == top else high


@lru_cache(maxsize=16)
def _table(
    bits: int, signed: bool, slope: float, intercept: float, padding: tuple[int, int] | None
) -> Int16:
    """HU of every stored value of *bits* bits."""
    stored = np.arange(1 << bits, dtype=np.int64)
    if signed:
        stored[stored >= 1 << (bits - 1)] -= 1 << bits
    hu: Int16 = np.clip(np.rint(stored * slope + intercept), AIR_HU, HIGHEST_HU).astype(np.int16)
    if padding is not None:
        hu[(stored >= padding[0]) & (stored <= padding[1])] = AIR_HU
    return hu
