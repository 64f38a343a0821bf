"""How a phantom's pixels are packed in a file: every transfer syntax a CT comes in."""

from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Any

import imagecodecs
import numpy as np
from numpy.typing import NDArray
from pydicom import uid
from pydicom.encaps import encapsulate
from pydicom.pixels.encoders.base import RLELosslessEncoder


class Packing(StrEnum):
    """How a file is encoded and its pixels are stored; the value is the transfer syntax."""

    PLAIN = uid.ExplicitVRLittleEndian
    IMPLICIT = uid.ImplicitVRLittleEndian
    BIG_ENDIAN = uid.ExplicitVRBigEndian
    DEFLATED = uid.DeflatedExplicitVRLittleEndian
    RLE = uid.RLELossless
    JPEG = uid.JPEGLossless
    JPEG_SV1 = uid.JPEGLosslessSV1
    JPEG_LS = uid.JPEGLSLossless
    JPEG_2000 = uid.JPEG2000Lossless
    HTJ2K = uid.HTJ2KLossless
    JPEG_LS_LOSSY = uid.JPEGLSNearLossless
    JPEG_2000_LOSSY = uid.JPEG2000

    @property
    def compressed(self) -> bool:
        """Whether each frame is packed for itself."""
        return self in _ENCODERS

    @property
    def lossy(self) -> bool:
        """Whether the pixels come back changed."""
        return self in (Packing.JPEG_LS_LOSSY, Packing.JPEG_2000_LOSSY)

    def frame(self, pixels: NDArray[np.uint16]) -> bytes:
        """One packed frame.

        Raises:
            ValueError: this packing stores pixels as they are.
        """
        if not self.compressed:
            msg = f"{self.name} stores pixels as they are; nothing is to be packed."
            raise ValueError(msg)
        return bytes(_ENCODERS[self](np.ascontiguousarray(pixels)))

    def stored(self, frames: list[NDArray[Any]]) -> bytes:
        """PixelData of *frames* of 16-bit pixels."""
        if self.compressed:
            return encapsulate([self.frame(frame.view(np.uint16)) for frame in frames])
        big = self is Packing.BIG_ENDIAN
        kinds = [frame.dtype.newbyteorder(">" if big else "<") for frame in frames]
        return b"".join(f.astype(kind).tobytes() for f, kind in zip(frames, kinds, strict=True))


def _rle(pixels: NDArray[np.uint16]) -> bytes:
    rows, columns = pixels.shape
    return RLELosslessEncoder.encode(
        pixels,
        encoding_plugin="pydicom",
        rows=rows,
        columns=columns,
        samples_per_pixel=1,
        number_of_frames=1,
        bits_allocated=16,
        bits_stored=16,
        pixel_representation=0,
        photometric_interpretation="MONOCHROME2",
    )


_jpeg_2000 = partial(imagecodecs.jpeg2k_encode, codecformat="j2k")
_ENCODERS: dict[Packing, Callable[[NDArray[np.uint16]], bytes | bytearray]] = {
    Packing.RLE: _rle,
    # Its predictor is 6, which only the general syntax allows; SV1 means predictor 1.
    Packing.JPEG: partial(imagecodecs.ljpeg_encode, bitspersample=16),
    Packing.JPEG_SV1: partial(
        imagecodecs.jpeg8_encode, lossless=True, bitspersample=16, predictor=1
    ),
    Packing.JPEG_LS: imagecodecs.jpegls_encode,
    Packing.JPEG_2000: partial(_jpeg_2000, reversible=True, level=0),
    Packing.HTJ2K: partial(imagecodecs.htj2k_encode, reversible=True),
    Packing.JPEG_LS_LOSSY: partial(imagecodecs.jpegls_encode, level=4),
    Packing.JPEG_2000_LOSSY: partial(_jpeg_2000, reversible=False, level=80),
}
