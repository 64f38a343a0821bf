"""One file per prepared series: what was measured, and every plane at a known offset.

Magic, length of the header (u32, little endian), zlib-packed JSON header, packed planes. A
packed plane is zlib over the low bytes, then the high bytes, of the row-wise differences.
"""

import json
import os
import struct
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from isal import isal_zlib

from components.imaging.pixels import Int16
from store.domain.refusal import Unusable

MAGIC = b"STACK1\n"
_LARGEST_HEADER = 64 << 20
_LEVEL = 1


class UnusableStack(Unusable):
    """Not a stack file, or a damaged one."""


def encode_plane(plane: Int16) -> bytes:
    """One plane, packed."""
    steps = np.empty(plane.shape, np.int16)
    steps[:, :1] = plane[:, :1]
    np.subtract(plane[:, 1:], plane[:, :-1], out=steps[:, 1:])
    apart = np.empty((2, *plane.shape), np.uint8)
    np.copyto(apart[0], steps, casting="unsafe")
    np.copyto(apart[1], steps >> 8, casting="unsafe")
    # igzip: a third of libdeflate's time on the noise of a real scan, and 3 % larger.
    return isal_zlib.compress(apart, _LEVEL)


def decode_plane(packed: bytes, rows: int, columns: int) -> Int16:
    """The plane in *packed*, rows x columns.

    Raises:
        UnusableStack: it is damaged, or of another size.
    """
    size = 2 * rows * columns
    try:
        plain = zlib.decompressobj().decompress(packed, size + 1)
    except zlib.error:
        msg = "A plane of the stack is damaged. Prepare the scan again."
        raise UnusableStack(msg) from None
    if len(plain) != size:
        msg = f"A plane of the stack holds {len(plain)} bytes, not {size}. Prepare the scan again."
        raise UnusableStack(msg)
    low, high = np.frombuffer(plain, np.uint8).reshape(2, rows, columns).astype(np.uint16)
    return np.cumsum(low | high << 8, axis=1, dtype=np.uint16).view(np.int16)


def write_stack(target: BinaryIO, meta: dict[str, object], planes: Iterable[Int16]) -> int:
    """Write *meta* and *planes* to *target*; returns the bytes written."""
    packed = [encode_plane(plane) for plane in planes]
    offsets = [0]
    for plane in packed:
        offsets.append(offsets[-1] + len(plane))
    text = json.dumps({"meta": meta, "offsets": offsets}, separators=(",", ":"), allow_nan=False)
    header = zlib.compress(text.encode(), 6)
    target.write(MAGIC + struct.pack("<I", len(header)) + header)
    for plane in packed:
        target.write(plane)
    return len(MAGIC) + 4 + len(header) + offsets[-1]


def read_meta(path: Path) -> dict[str, object]:
    """What the stack at *path* says of itself, without patient identifiers.

    Raises:
        UnusableStack: no stack file.
    """
    file = os.open(path, os.O_RDONLY)
    try:
        meta: dict[str, object] = _header(file)[0]["meta"]
        return meta
    finally:
        os.close(file)


def open_plane(path: Path, plane: int) -> bytes:
    """The packed *plane* of the stack at *path*, as the viewer decodes it.

    Raises:
        UnusableStack: no stack file.
        IndexError: it has no such plane.
    """
    file = os.open(path, os.O_RDONLY)
    try:
        offsets, start = _offsets(path, file)
        if not 0 <= plane < len(offsets) - 1:
            raise IndexError(plane)
        return os.pread(file, offsets[plane + 1] - offsets[plane], start + offsets[plane])
    finally:
        os.close(file)


_KNOWN: dict[tuple[int, int, int], tuple[list[int], int]] = {}
_MOST_KNOWN = 64


def _offsets(path: Path, file: int) -> tuple[list[int], int]:
    """Offsets of an open stack; remembered, because a stack is written once and read often."""
    status = os.fstat(file)
    key = status.st_ino, status.st_mtime_ns, status.st_size
    known = _KNOWN.get(key)
    if known is None:
        header, start = _header(file)
        known = header["offsets"], start
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        _KNOWN[key] = known
    return known


def _header(file: int) -> tuple[dict[str, Any], int]:
    start = os.pread(file, 65536, 0)
    if start[: len(MAGIC)] != MAGIC or len(start) < 11:
        msg = "This is no stack file. Prepare the scan again."
        raise UnusableStack(msg)
    length = struct.unpack_from("<I", start, 7)[0]
    packed = start[11 : 11 + length]
    if len(packed) < length <= _LARGEST_HEADER:
        packed += os.pread(file, length - len(packed), 11 + len(packed))
    try:
        header: dict[str, Any] = json.loads(zlib.decompress(packed))
    except (zlib.error, ValueError):
        msg = "The header of the stack is damaged. Prepare it again."
        raise UnusableStack(msg) from None
    return header, 11 + length
