"""Where the frames of a compressed pixel value lie in its file."""

import os
import struct
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from components.imaging.image import Instance
from components.imaging.series import UnusableSeries

MOST_FRAGMENTS = 100_000
_ITEM, _END = b"\xfe\xff\x00\xe0", b"\xfe\xff\xdd\xe0"
_STARTS = (b"\xff\xd8\xff", b"\xff\x4f\xff\x51")
"""How a JPEG or JPEG-LS, and a JPEG 2000 frame begin."""
Piece = tuple[int, int]
"""Place in the file and length, bytes."""


def frame_bytes(one: Instance) -> bytes:
    """The compressed bytes of the frame that *one* is, its fragments put together.

    Raises:
        UnusableSeries: the file ends before it, or does not say which fragments it is made of.
        OSError: the file has gone.
    """
    with one.path.open("rb", buffering=0) as file:
        number = file.fileno()
        size = os.fstat(number).st_size
        if one.frames == 1:
            pieces = _fragments(number, one.offset, size, 1)[1]
        else:
            pieces = list(_frames(one.path, one.offset, one.frames, size)[one.frame])
        total = sum(length for _, length in pieces)
        # Noise grows a little when it is compressed, and never doubles.
        if total > 2 * one.frame_bytes + 65536:
            msg = f"A compressed slice takes {total:,} bytes for {one.frame_bytes:,} of pixels."
            raise UnusableSeries(msg)
        return b"".join(os.pread(number, length, at) for at, length in pieces)


@lru_cache(maxsize=4)
def _frames(path: Path, offset: int, frames: int, size: int) -> tuple[tuple[Piece, ...], ...]:
    """The fragments of each frame of a file of *size*; kept, for the next frame is asked next."""
    with path.open("rb", buffering=0) as file:
        number = file.fileno()
        table, pieces = _fragments(number, offset, size, frames)
        if len(pieces) == frames:
            return tuple((piece,) for piece in pieces)
        starts = _by_table(table, pieces, frames) or _by_marks(number, pieces)
    if len(starts) != frames:
        msg = f"{len(pieces)} fragments of compressed pixels cannot be told apart into"
        msg_0 = f"{msg} {frames} frames. Send the scan uncompressed."
        raise UnusableSeries(msg_0)
    ends = [*starts[1:], len(pieces)]
    return tuple(tuple(pieces[a:b]) for a, b in zip(starts, ends, strict=True))


def _fragments(file: int, at: int, size: int, frames: int) -> tuple[bytes, list[Piece]]:
    """The basic offset table, and every fragment behind it.

    Source: DICOM PS3.5 A.4 (Encapsulation of encoded pixel data).
    """
    pieces: list[Piece] = []
    table: bytes | None = None
    while at + 8 <= size:
        head = os.pread(file, 8, at)
        length = int.from_bytes(head[4:], "little")
        if head[:4] == _END:
            break
        if head[:4] != _ITEM or at + 8 + length > size:
            msg = f"The compressed pixels are cut short or damaged after {at:,} bytes of the file."
            raise UnusableSeries(msg)
        if table is None:
            table = os.pread(file, min(length, 4 * frames), at + 8)
        else:
            pieces.append((at + 8, length))
        if len(pieces) > MOST_FRAGMENTS:
            msg = f"The compressed pixels come in more than {MOST_FRAGMENTS:,} fragments."
            raise UnusableSeries(msg)
        at += 8 + length
    return table or b"", pieces


def _by_table(table: bytes, pieces: list[Piece], frames: int) -> list[int]:
    """The first fragment of each frame as the offset table says; nothing where it does not fit."""
    if len(table) != 4 * frames or not pieces:
        return []
    first = pieces[0][0]
    known = {at - first: n for n, (at, _) in enumerate(pieces)}
    starts = [known.get(offset, -1) for offset in struct.unpack(f"<{frames}I", table)]
    rising = all(a < b for a, b in pairwise(starts))
    return starts if rising and starts[0] == 0 else []


def _by_marks(file: int, pieces: list[Piece]) -> list[int]:
    """The fragments that begin as a compressed frame begins."""
    return [n for n, (at, _) in enumerate(pieces) if os.pread(file, 4, at).startswith(_STARTS)]
