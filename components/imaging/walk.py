"""The elements of a DICOM data set one after the other: no recursion, and no more than a budget."""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from store.domain.refusal import Unusable

MOST_ELEMENTS = 400_000
"""Elements of one file that are looked at; an enhanced CT of 4,000 frames has a third of it."""
UNDEFINED = 0xFFFFFFFF
LONG = frozenset({b"OB", b"OW", b"OF", b"OD", b"OL", b"OV", b"UT", b"UC", b"UR", b"UN"})
SHORT = frozenset(
    b"AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US".split(),
)
_WIDE = LONG | {b"SQ", b"SV", b"UV"}
_ITEM, _ITEM_END, _SEQUENCE_END = 0xFFFEE000, 0xFFFEE00D, 0xFFFEE0DD


class Broken(Unusable):
    """A DICOM file that cannot be read to its pixels."""


class Odd(Exception):
    """The bytes do not follow the grammar; a more forgiving reader may still make sense of them."""


class Element(NamedTuple):
    """One element: its tag, where it begins, where its value begins and ends, and what follows.

    Attributes:
        stop: -1 for a value of undefined length that was not walked through.
    """

    tag: int
    at: int
    start: int
    stop: int
    after: int


class Walker:
    """A way through *content*, in one encoding, that takes at most `MOST_ELEMENTS` steps.

    Source: DICOM PS3.5 7.1 (Data Elements), 7.5 (Nesting of Data Sets).
    """

    def __init__(
        self, content: bytes | memoryview, *, explicit: bool, big: bool, budget: int = MOST_ELEMENTS
    ) -> None:
        order = ">" if big else "<"
        self._content = content
        self._explicit = explicit
        self._tag = struct.Struct(order + "HH")
        self._short = struct.Struct(order + "2sH")
        self._long = struct.Struct(order + "I")
        self._left = budget
        self._budget = budget

    def elements(self, at: int, end: int, last: int = 0xFFFFFFFF) -> Iterator[Element]:
        """The elements from *at* to *end*, up to and with tag *last*, whose value is not entered.

        Raises:
            Odd: the bytes do not follow the grammar, or end too early.
            Broken: the budget is spent.
        """
        while at < end:
            tag, start, length = self._header(at)
            if tag in (_ITEM_END, _SEQUENCE_END):
                return
            if tag >= last:
                stop = -1 if length == UNDEFINED else start + length
                yield Element(tag, at, start, stop, stop)
                return
            after = self._after(start) if length == UNDEFINED else start + length
            if after > len(self._content):
                raise Odd
            stop = after - 8 if length == UNDEFINED else after
            yield Element(tag, at, start, stop, after)
            at = after

    def items(self, start: int, stop: int) -> Iterator[tuple[int, int]]:
        """Where each item of the sequence whose value lies from *start* to *stop* has its content.

        Raises:
            Odd: as `elements`.
            Broken: as `elements`.
        """
        for item in self.elements(start, stop):
            if item.tag != _ITEM:
                raise Odd
            yield item.start, item.stop

    def _header(self, at: int) -> tuple[int, int, int]:
        """Tag, start and length of the value of the element at *at*."""
        self._left -= 1
        if self._left < 0:
            msg = f"The header holds more than {self._budget:,} elements."
            raise Broken(msg)
        try:
            group, element = self._tag.unpack_from(self._content, at)
            if not self._explicit or group == 0xFFFE:
                return (
                    group << 16 | element,
                    at + 8,
                    self._long.unpack_from(self._content, at + 4)[0],
                )
            vr, length = self._short.unpack_from(self._content, at + 4)
            if vr in SHORT:
                return group << 16 | element, at + 8, length
            if vr in _WIDE:
                wide = self._long.unpack_from(self._content, at + 8)[0]
                return group << 16 | element, at + 12, wide
        except struct.error:
            raise Odd from None
        raise Odd

    def _after(self, at: int) -> int:
        """What follows a value of undefined length that begins at *at*."""
        depth = 1
        while depth:
            tag, start, length = self._header(at)
            if tag in (_ITEM_END, _SEQUENCE_END):
                depth -= 1
                at = start
            elif length == UNDEFINED:
                depth += 1
                at = start
            else:
                at = start + length
        return at
