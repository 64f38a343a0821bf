"""Pixels of an AI product's picture, made anew as PNG: nothing of its header goes with them.

What stands in the pixels themselves stays there, a burned-in name too.
"""

from pathlib import Path
from typing import Any

import cv2
import imagecodecs
import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.encaps import generate_frames
from pydicom.pixels.processing import apply_color_lut

from components.imaging.codestream import bare, said
from components.imaging.forgiving import unquoted
from components.imaging.patient import words
from components.imaging.syntaxes import NATIVE, RLE
from components.imaging.wanted import BIG_ENDIAN
from store.domain.refusal import Unusable

MOST_FRAMES = 12
LARGEST_SIDE = 4096
SHOWN_SIDE = 1600
"""A larger picture is made smaller, its longer side to so many pixels."""
_JPEG = "1.2.840.10008.1.2.4."
_SEQUENTIAL, _LOSSLESS, _LS, _J2K = {0xC0, 0xC1}, {0xC3}, {0xF7}, {0x51}
_PROCESSES = {
    _JPEG + "50": _SEQUENTIAL,
    _JPEG + "57": _LOSSLESS,
    _JPEG + "70": _LOSSLESS,
    _JPEG + "80": _LS,
    _JPEG + "81": _LS,
    _JPEG + "90": _J2K,
    _JPEG + "91": _J2K,
}
_GREY = frozenset({"MONOCHROME1", "MONOCHROME2", "PALETTE COLOR"})
_COLOUR = frozenset({"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_RCT", "YBR_ICT"})

Pixels = NDArray[Any]


class UnusablePreview(Unusable):
    """A picture whose pixels are not shown; the text says why."""


def rendered(path: Path) -> tuple[bytes, ...]:
    """Every frame of the picture at *path* as a PNG without any word of metadata.

    Raises:
        UnusablePreview: of a size, kind or transfer syntax that is not read, or damaged.
    """
    with unquoted():
        try:
            return _rendered(pydicom.dcmread(path))
        except UnusablePreview:
            raise
        except Exception as error:  # noqa: BLE001 - pydicom and codecs raise their own kinds
            msg = f"Its pixels cannot be read ({type(error).__name__}). Send it again."
            raise UnusablePreview(msg) from None


def _rendered(ds: pydicom.Dataset) -> tuple[bytes, ...]:
    count = int(ds.get("NumberOfFrames") or 1)
    if not 0 < count <= MOST_FRAMES:
        msg = f"It has {count} frames; at most {MOST_FRAMES} are shown. Look at it in the PACS."
        raise UnusablePreview(msg)
    _check_shape(ds)
    return tuple(_png(_coloured(frame, ds)) for frame in _frames(ds, count))


def _check_shape(ds: pydicom.Dataset) -> None:
    rows, columns = int(ds.Rows), int(ds.Columns)
    if not (0 < rows <= LARGEST_SIDE and 0 < columns <= LARGEST_SIDE):
        msg = f"It has {rows} x {columns} pixels; sides up to {LARGEST_SIDE} are shown."
        raise UnusablePreview(msg)
    samples, kind = int(ds.SamplesPerPixel), words(ds, "PhotometricInterpretation").upper()
    bits = int(ds.BitsAllocated)
    known = (samples == 1 and kind in _GREY and bits in (8, 16)) or (
        samples == 3 and kind in _COLOUR and bits == 8
    )
    if not known:
        msg = f"It is {kind or 'of no named kind'} with {samples} samples of {bits} bits,"
        msg_0 = f"{msg} which is not shown. Look at it in the PACS."
        raise UnusablePreview(msg_0)


def _frames(ds: pydicom.Dataset, count: int) -> list[Pixels]:
    """The stored values of each frame: rows x columns, with three samples where in colour."""
    syntax = words(ds.file_meta, "TransferSyntaxUID")
    if syntax in NATIVE:
        size = _size(ds)
        if len(ds.PixelData) < size * count:
            msg = f"It is cut short: {len(ds.PixelData):,} of {size * count:,} bytes."
            msg_0 = f"{msg} Send it again."
            raise UnusablePreview(msg_0)
        packed = [ds.PixelData[at * size : (at + 1) * size] for at in range(count)]
        return [_plain(one, ds, _planar(ds), syntax) for one in packed]
    if syntax != RLE and syntax not in _PROCESSES:
        msg = f"Its pixels are stored in transfer syntax {syntax[:64]}, which is not shown here."
        msg_0 = f"{msg} Send it uncompressed."
        raise UnusablePreview(msg_0)
    packed = list(generate_frames(ds.PixelData, number_of_frames=count))
    return [_unpacked(one, ds, syntax) for one in packed]


def _size(ds: pydicom.Dataset) -> int:
    values = int(ds.Rows) * int(ds.Columns) * int(ds.SamplesPerPixel)
    if words(ds, "PhotometricInterpretation").upper() == "YBR_FULL_422":
        msg = "Its colours are halved (YBR_FULL_422) and not compressed, which is not shown."
        msg_0 = f"{msg} Look at it in the PACS."
        raise UnusablePreview(msg_0)
    return values * int(ds.BitsAllocated) // 8


def _planar(ds: pydicom.Dataset) -> bool:
    return int(ds.get("PlanarConfiguration") or 0) == 1


def _plain(content: bytes, ds: pydicom.Dataset, planar: bool, syntax: str = "") -> Pixels:
    order = ">" if syntax == BIG_ENDIAN else "<"
    sign = "i" if int(ds.get("PixelRepresentation") or 0) else "u"
    kind = f"{order}{sign}{int(ds.BitsAllocated) // 8}"
    shape = int(ds.Rows), int(ds.Columns)
    samples = int(ds.SamplesPerPixel)
    values = np.frombuffer(content, kind)
    if samples == 1:
        return values.reshape(shape)
    if planar:
        return np.moveaxis(values.reshape(samples, *shape), 0, -1)
    return values.reshape(*shape, samples)


def _unpacked(frame: bytes, ds: pydicom.Dataset, syntax: str) -> Pixels:
    if syntax == RLE:
        kind = np.dtype(f"<u{int(ds.BitsAllocated) // 8}")
        content = bytes(imagecodecs.dicomrle_decode(frame, kind, out=_size(ds)))
        return _plain(content, ds, planar=True)
    frame = bare(frame)
    _check_promise(frame, ds, _PROCESSES[syntax])
    values = _decoded(frame, ds, syntax)
    samples = int(ds.SamplesPerPixel)
    if values.shape != (int(ds.Rows), int(ds.Columns), *([samples] if samples > 1 else [])):
        msg = "Its compressed pixels are not of the size that its header says. Send it again."
        raise UnusablePreview(msg)
    return values


def _decoded(frame: bytes, ds: pydicom.Dataset, syntax: str) -> Pixels:
    if _PROCESSES[syntax] is _J2K:
        return np.asarray(imagecodecs.jpeg2k_decode(frame))
    if _PROCESSES[syntax] is _LS:
        return np.asarray(imagecodecs.jpegls_decode(frame))
    if int(ds.SamplesPerPixel) == 1 or syntax != _JPEG + "50":
        return np.asarray(imagecodecs.jpeg8_decode(frame))
    # Without a marker of its own a JPEG does not say how its colours are written: the header does.
    written = "RGB" if words(ds, "PhotometricInterpretation").upper() == "RGB" else "YCBCR"
    return np.asarray(imagecodecs.jpeg8_decode(frame, colorspace=written, outcolorspace="RGB"))


def _check_promise(frame: bytes, ds: pydicom.Dataset, processes: set[int]) -> None:
    promise = said(frame)
    sound = (
        promise is not None
        and (promise.rows, promise.columns) == (int(ds.Rows), int(ds.Columns))
        and promise.channels == int(ds.SamplesPerPixel)
        and 2 <= promise.bits <= 16
        and promise.process in processes
    )
    if not sound:
        msg = "Its compressed pixels are not what its header says. Send it again."
        raise UnusablePreview(msg)


def _coloured(stored: Pixels, ds: pydicom.Dataset) -> NDArray[np.uint8]:
    """The frame as it is shown: rows x columns grey, or with red, green and blue."""
    kind = words(ds, "PhotometricInterpretation").upper()
    if kind == "PALETTE COLOR":
        table = apply_color_lut(stored, ds)
        wide = table.dtype.itemsize > 1
        return np.asarray(table[..., :3] >> 8 if wide else table[..., :3], np.uint8)
    if stored.ndim == 2:
        grey = _grey(stored, ds)
        return np.asarray(255 - grey) if kind == "MONOCHROME1" else grey
    syntax = words(ds.file_meta, "TransferSyntaxUID")
    if kind == "YBR_FULL" and (syntax in NATIVE or syntax == RLE or _LS is _PROCESSES.get(syntax)):
        swapped = np.ascontiguousarray(stored[..., [0, 2, 1]], np.uint8)  # OpenCV wants Cr first
        return np.asarray(cv2.cvtColor(swapped, cv2.COLOR_YCrCb2RGB))
    return np.asarray(stored, np.uint8)


def _grey(stored: Pixels, ds: pydicom.Dataset) -> NDArray[np.uint8]:
    """Through the window that the file names; else the values as they are, or from least to most.

    Source: DICOM PS3.3 C.11.2.1.2 (linear window).
    """
    bits = int(ds.get("BitsStored") or ds.BitsAllocated)
    values = stored.astype(np.float32)
    values = values * float(ds.get("RescaleSlope") or 1) + float(ds.get("RescaleIntercept") or 0)
    window = _window(ds)
    if window is not None:
        centre, width = window
        low, high = centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2
    elif bits <= 8 and values.min() >= 0:
        low, high = 0.0, float((1 << bits) - 1)
    else:
        low, high = float(values.min()), float(values.max())
    spread = (values - low) / max(high - low, 1e-6)
    return np.asarray(np.rint(np.clip(spread, 0.0, 1.0) * 255), np.uint8)


def _window(ds: pydicom.Dataset) -> tuple[float, float] | None:
    pair = []
    for keyword in ("WindowCenter", "WindowWidth"):
        value = ds.get(keyword)
        several = isinstance(value, pydicom.multival.MultiValue)
        first = value[0] if several and value else value
        if first is None or first == "":
            return None
        pair.append(float(first))
    return (pair[0], pair[1]) if pair[1] >= 1 else None


def _png(picture: NDArray[np.uint8]) -> bytes:
    longest = max(picture.shape[:2])
    if longest > SHOWN_SIDE:
        rows, columns = (max(1, side * SHOWN_SIDE // longest) for side in picture.shape[:2])
        picture = np.asarray(
            cv2.resize(picture, (columns, rows), interpolation=cv2.INTER_AREA), np.uint8
        )
    ordered = picture[..., ::-1] if picture.ndim == 3 else picture
    kept, packed = cv2.imencode(".png", np.ascontiguousarray(ordered))
    if not kept:
        msg = "It could not be written as a picture. Report it."
        raise UnusablePreview(msg)
    return packed.tobytes()
