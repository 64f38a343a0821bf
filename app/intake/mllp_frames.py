"""Frames of MLLP cut out of a stream of bytes, however it comes in pieces.

Source: HL7 v2 Minimal Lower Layer Protocol: <VT> message <FS> <CR>.
"""

from collections.abc import Iterator
from dataclasses import dataclass

START, END = b"\x0b", b"\x1c"


@dataclass(frozen=True, slots=True)
class Frame:
    """The bytes of one message."""

    content: bytes


@dataclass(frozen=True, slots=True)
class Stray:
    """Bytes outside a frame, or a frame that another one began in the middle of."""

    count: int


class TooLong(Exception):
    """More bytes than a message may have, and no end of it; the stream cannot be followed."""


class Frames:
    """Takes bytes, gives frames.

    Args:
        longest: Bytes of the longest frame that is taken.
    """

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._held = b""
        self._strays = 0

    @property
    def unfinished(self) -> bool:
        """Whether part of a frame is here and the rest is not."""
        return self._held.startswith(START)

    def feed(self, piece: bytes) -> Iterator[Frame | Stray]:
        """Every frame that *piece* completes, and what lay between them.

        Raises:
            TooLong: a frame goes on for longer than any message.
        """
        self._held += piece
        while self._held:
            begin = self._held.find(START)
            if begin:
                outside = self._held[:begin] if begin > 0 else self._held
                self._held = self._held[begin:] if begin > 0 else b""
                self._strays += len(outside.strip(b"\r\n"))
                continue
            end = self._held.find(END)
            if end < 0:
                break
            content, self._held = self._held[1:end], self._held[end + 1 :]
            # A frame that never ended, and the next one.
            lost, _, content = content.rpartition(START)
            self._strays += len(lost)
            yield from self._stray()
            yield Frame(content)
        yield from self._stray()
        if len(self._held) > self._longest:
            raise TooLong

    def _stray(self) -> Iterator[Stray]:
        if self._strays:
            yield Stray(self._strays)
            self._strays = 0
