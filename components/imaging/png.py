"""PNG files of pixels and nothing else: no time, no text, no colour profile, no EXIF."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from store.domain.refusal import Unusable

SIGNATURE = b"\x89PNG\r\n\x1a\n"
CHUNKS = frozenset({b"IHDR", b"IDAT", b"IEND"})
"""All that a picture needs. Source: PNG specification, third edition, 5.6."""


class UnsafePicture(Unusable):
    """A PNG that is none, or holds more than pixels."""


def png(picture: NDArray[np.uint8]) -> bytes:
    """*picture*, rows x columns of grey or rows x columns x 3 of colour, as a PNG file."""
    rows, columns = picture.shape[:2]
    colour = 2 if picture.ndim == 3 else 0
    lines = np.zeros((rows, 1 + picture.size // rows), np.uint8)
    lines[:, 1:] = picture.reshape(rows, -1)
    header = struct.pack(">IIBBBBB", columns, rows, 8, colour, 0, 0, 0)
    parts = (b"IHDR", header), (b"IDAT", zlib.compress(lines.tobytes(), 9)), (b"IEND", b"")
    return SIGNATURE + b"".join(_chunk(kind, content) for kind, content in parts)


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of every chunk of a PNG file.

    Raises:
        UnsafePicture: no PNG, a damaged one, or one with bytes behind its end.
    """
    at = len(SIGNATURE)
    kind = b""
    while content[: len(SIGNATURE)] == SIGNATURE and kind != b"IEND":
        (length,) = struct.unpack(">I", content[at : at + 4].rjust(4, b"\0"))
        kind, body = content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        sum_of = content[at + 8 + length : at + 12 + length]
        if sum_of != struct.pack(">I", zlib.crc32(kind + body)):
            break
        at += 12 + length
        yield kind, body
    if kind != b"IEND" or at != len(content):
        msg = "This is no whole PNG picture, or something is hidden behind it. Render it again."
        raise UnsafePicture(msg)


def check_bare(content: bytes) -> None:
    """Raise `UnsafePicture` unless *content* is a PNG of pixels alone."""
    more = {kind for kind, _ in chunks(content)} - CHUNKS
    if more:
        names = ", ".join(sorted(kind.decode("ascii", "replace") for kind in more))
        msg = f"The picture holds more than pixels ({names}). Render it again."
        raise UnsafePicture(msg)


def _chunk(kind: bytes, content: bytes) -> bytes:
    body = kind + content
    return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))
