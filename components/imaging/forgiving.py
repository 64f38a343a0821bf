"""pydicom's way of reading a header, for those that break the grammar; and its silence."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import pydicom
import pydicom.config

from components.imaging.walk import UNDEFINED, Broken
from components.imaging.wanted import TAGS

FORGIVING = 256 << 10
"""What pydicom is given of a header that breaks the grammar: its time grows with every element."""

# pydicom quotes the values it dislikes, names among them; no log may carry those.
logging.getLogger("pydicom").setLevel(logging.CRITICAL)


@contextmanager
def unquoted() -> Iterator[None]:
    """While reading foreign files: odd values are taken as they are, and quoted in no warning."""
    with warnings.catch_warnings(), pydicom.config.disable_value_validation():
        warnings.simplefilter("ignore")
        yield


def parse(content: bytes) -> tuple[dict[int, bytes], int, int | None]:
    """Raw values, and place and length of the pixels; *content* is the beginning of a file.

    Raises:
        Broken: pydicom cannot read it either.
    """
    stream = BytesIO(content)
    try:
        read = pydicom.dcmread(stream, stop_before_pixels=True, specific_tags=list(TAGS))
        items = {int(tag): read.get_item(tag) for tag in read.keys()}  # noqa: SIM118
    except Exception as error:  # noqa: BLE001 - any parser error on one foreign file is its own
        msg = f"The header cannot be read ({type(error).__name__})."
        raise Broken(msg) from None
    raw = {tag: item.value for tag, item in items.items() if isinstance(item.value, bytes)}
    return raw, *_pixel_data(content, stream.tell())


def _pixel_data(content: bytes, at: int) -> tuple[int, int | None]:
    """Where the pixel data value begins and how long it is, from the element at *at*."""
    little = content[at : at + 4] == b"\xe0\x7f\x10\x00"
    if not little and content[at : at + 4] != b"\x7f\xe0\x00\x10":
        return -1, 0
    explicit = content[at + 4 : at + 6] in (b"OB", b"OW", b"UN")
    start = at + 12 if explicit else at + 8
    length = int.from_bytes(content[start - 4 : start], "little" if little else "big")
    return start, None if length == UNDEFINED else length
