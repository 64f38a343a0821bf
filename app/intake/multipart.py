"""The parts of a multipart answer, one after the other, in as much memory as one read takes."""

import re
from collections.abc import Callable, Iterator

from store.domain.refusal import Unusable

Read = Callable[[int], bytes]
"""Up to so many bytes, fewer where no more are there yet; none at the end."""
BLOCK = 1 << 18
MOST_HEADERS = 1 << 14


class Failed(Unusable):
    """The service could not be reached, or did not answer to the end; it may at another time."""


class Refused(Unusable):
    """The service's answer is one that asking again will not change."""


def boundary_of(content_type: str) -> bytes:
    """What divides the parts of an answer of *content_type*.

    Raises:
        Refused: it is no multipart answer.
    """
    found = re.search(r'boundary="?([^";,\s]{1,70})"?', content_type, re.IGNORECASE)
    if not content_type.lower().startswith("multipart/related") or not found:
        msg = "The service answered with something else than a multipart of DICOM objects."
        raise Refused(msg)
    return found[1].encode("latin-1")


class Parts:
    """Goes through the parts that *read* gives, divided by *boundary*. Source: RFC 2046 5.1.1."""

    def __init__(self, read: Read, boundary: bytes) -> None:
        self._read = read
        self._mark = b"\r\n--" + boundary
        # The first mark may begin the answer, without a line before it.
        self._held = b"\r\n"
        self._open = False

    def __iter__(self) -> Iterator[Iterator[bytes]]:
        """Each part as its blocks; one that was not read to its end is passed over.

        Raises:
            Failed: the answer ends too early.
            Refused: it is no multipart.
        """
        self._skip()
        while not self._ended():
            self._headers()
            self._open = True
            yield self._blocks()
            if self._open:
                self._skip()

    def _skip(self) -> None:
        for _ in self._blocks():
            pass

    def _blocks(self) -> Iterator[bytes]:
        """What stands before the next mark."""
        while (at := self._held.find(self._mark)) < 0:
            # Its last bytes may be the beginning of a mark.
            sure = max(0, len(self._held) - len(self._mark) + 1)
            if sure:
                yield self._held[:sure]
            self._held = self._held[sure:] + self._more()
        if at:
            yield self._held[:at]
        self._held = self._held[at + len(self._mark) :]
        self._open = False

    def _ended(self) -> bool:
        while len(self._held) < 2:
            self._held += self._more()
        return self._held[:2] == b"--"

    def _headers(self) -> None:
        while (at := self._held.find(b"\r\n\r\n")) < 0:
            if len(self._held) > MOST_HEADERS:
                msg = "A part of the answer has headers without an end."
                raise Refused(msg)
            self._held += self._more()
        self._held = self._held[at + 4 :]

    def _more(self) -> bytes:
        block = self._read(BLOCK)
        if not block:
            msg = "The answer ended before it was whole."
            raise Failed(msg)
        return block
