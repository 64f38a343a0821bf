"""What a compressed frame says of its own size, read before any memory is taken for it."""

import struct

_SOF = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC} | {0xF7}
_BARE = frozenset(range(0xD0, 0xD9)) | {0x01}


def frame_size(frame: bytes) -> tuple[int, int] | None:
    """Rows and columns in the header of a JPEG, JPEG-LS or JPEG 2000 frame, if it has one.

    Source: ISO/IEC 15444-1 A.5.1 (SIZ); ITU-T T.81 B.2.2 (SOF); ITU-T T.87 C.2.2.
    """
    if frame[:4] == b"\xff\x4f\xff\x51" and len(frame) >= 24:
        right, bottom, left, top = struct.unpack_from(">4I", frame, 8)
        return bottom - top, right - left
    if frame[:2] != b"\xff\xd8":
        return None
    at = 2
    while at + 9 <= len(frame) and frame[at] == 0xFF:
        marker = frame[at + 1]
        if marker in _SOF:
            rows, columns = struct.unpack_from(">2H", frame, at + 5)
            return rows, columns
        at += 2 if marker in _BARE else 2 + int.from_bytes(frame[at + 2 : at + 4], "big")
    return None
