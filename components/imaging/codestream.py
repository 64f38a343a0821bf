"""What a compressed frame says of itself, read before any memory is taken for it."""

import struct
from dataclasses import dataclass

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}
_SCAN = 0xDA
_J2K = b"\xff\x4f\xff\x51"
_BOXES = 1024
"""A JP2 file's boxes before its codestream, bytes; CT has a few dozen."""


@dataclass(frozen=True, slots=True)
class Said:
    """What the header of a frame promises.

    Attributes:
        process: Marker of the coding process: 0xC0 and 0xC1 sequential JPEG, 0xC3 lossless JPEG,
            0xF7 JPEG-LS, 0x51 JPEG 2000.
        tiles: Pieces that are decoded apart; 1 for anything but JPEG 2000.
    """

    rows: int
    columns: int
    channels: int
    bits: int
    process: int
    tiles: int = 1


def bare(frame: bytes) -> bytes:
    """The codestream of *frame*, which some senders wrap into a JP2 file.

    Source: ISO/IEC 15444-1 Annex I; DICOM PS3.5 A.4.4 wants it bare.
    """
    if frame[4:8] != b"jP  ":
        return frame
    at = frame.find(_J2K, 0, _BOXES)
    return frame[at:] if at > 0 else frame


def said(frame: bytes) -> Said | None:
    """What the header of a JPEG, JPEG-LS or JPEG 2000 frame says; None if it has none, or two.

    Source: ISO/IEC 15444-1 A.5.1 (SIZ); ITU-T T.81 B.2.2 (SOF); ITU-T T.87 C.2.2.
    """
    if frame[:4] == _J2K:
        return _siz(frame)
    return _sof(frame) if frame[:2] == b"\xff\xd8" else None


def _siz(frame: bytes) -> Said | None:
    if len(frame) < 43:
        return None
    right, bottom, left, top, wide, high, aside, down = struct.unpack_from(">8I", frame, 8)
    channels, depth = struct.unpack_from(">HB", frame, 40)
    if not (wide and high):
        return None
    tiles = -(-(right - aside) // wide) * -(-(bottom - down) // high)
    return Said(bottom - top, right - left, channels, (depth & 0x7F) + 1, 0x51, tiles)


def _sof(frame: bytes) -> Said | None:
    found: list[Said] = []
    at = 2
    while at + 10 <= len(frame) and frame[at] == 0xFF and frame[at + 1] != _SCAN:
        marker = frame[at + 1]
        if marker in _SOF:
            bits, rows, columns, channels = struct.unpack_from(">B2HB", frame, at + 4)
            found.append(Said(rows, columns, channels, bits, marker))
        at += 2 if marker in _BARE else 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return found[0] if len(found) == 1 else None
