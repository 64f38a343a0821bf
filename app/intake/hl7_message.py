"""HL7 v2 messages as bytes: where each begins, what parts it, and its letters."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from app.intake.hl7_escapes import Separators
from store.domain.refusal import Unusable

CHARSETS = {
    "": "",
    "ASCII": "ascii",
    "UNICODE UTF-8": "utf-8",
    "UNICODE": "utf-8",
    "UTF-8": "utf-8",
    **{f"8859/{n}": f"iso8859-{n}" for n in (*range(1, 12), *range(13, 16))},
}
"""Source: HL7 table 0211, MSH-18."""

_HEAD = re.compile(rb"(?:^|\r)MSH(?=[^\r])")
_AROUND = re.compile(rb"\r(?:[FB]TS|[FB]HS)[^\r]*(?=\r|$)")


class UnusableMessage(Unusable):
    """A message that gives no report.

    Attributes:
        rejected: It is not for us at all, and sent again it will not be either (AR).
    """

    def __init__(self, words: str, *, rejected: bool = False) -> None:
        super().__init__(words)
        self.rejected = rejected


@dataclass(frozen=True, slots=True)
class Head:
    """What an answer needs to know of a message, as it stood there."""

    parts: Separators = field(default_factory=Separators)
    application: str = ""
    facility: str = ""
    control: str = ""
    version: str = "2.5"


def messages(content: bytes) -> list[bytes]:
    """The messages in a file or frame, each with its segments ended by a carriage return."""
    text = content.translate(None, b"\x0b\x1c").removeprefix(b"\xef\xbb\xbf")
    lines = b"\r".join(line.strip(b"\n") for line in re.split(rb"\r\n|\r|\n", text))
    lines = _AROUND.sub(b"", b"\r" + lines.strip(b"\r \t"))
    starts = [found.start() for found in _HEAD.finditer(lines)]
    return [lines[a:b].strip(b"\r") for a, b in pairwise([*starts, len(lines)])]


def head_of(raw: bytes) -> Head:
    """What *raw* says of itself; what it does not say as an answer has it."""
    try:
        first = raw.partition(b"\r")[0].decode("latin-1")
        parts = separators(first)
    except UnusableMessage:
        return Head()
    fields = first.split(parts.field) + [""] * 12
    version = re.fullmatch(r"2(\.\d){1,2}", fields[11].split(parts.component)[0])
    application, facility, control = (
        value if value.isascii() and value.isprintable() and len(value) < 200 else ""
        for value in (fields[2], fields[3], fields[9])
    )
    return Head(parts, application, facility, control, version[0] if version else "2.5")


def separators(first: str) -> Separators:
    """What parts the message that begins with the segment *first*."""
    found = re.fullmatch(r"MSH([^A-Za-z0-9\s])([^A-Za-z0-9\s]{4,5})\1.*", first, re.DOTALL)
    if not found or found[1] in found[2] or len(set(found[2])) < len(found[2]):
        msg = "It does not begin with MSH and five different separators. Send HL7 v2."
        raise UnusableMessage(msg, rejected=True)
    return Separators(found[1], *list(found[2])[:4])


def coding_of(first: str, parts: Separators, charset: str) -> str:
    """The encoding that MSH-18 names, else the one of its source, else UTF-8."""
    fields = first.split(parts.field)
    said = fields[17].split(parts.repetition)[0].strip() if len(fields) > 17 else ""
    named = said.upper() or charset.upper()
    if named not in CHARSETS:
        known = ", ".join(name for name in ("UNICODE UTF-8", "8859/1", "8859/15", "ASCII"))
        msg = f"MSH-18 names a character set that is not read here. Send one of {known}."
        raise UnusableMessage(msg)
    return CHARSETS[named] or "utf-8"


def decoded(raw: bytes, coding: str) -> str:
    """The text of *raw*.

    Raises:
        UnusableMessage: it is not written in *coding*.
    """
    try:
        return raw.decode(coding)
    except UnicodeDecodeError as error:
        msg = (
            f"Byte {error.start} of the message is not {coding.upper()}. Name the character set "
            "in MSH-18, or for this source in the file of sources."
        )
        raise UnusableMessage(msg) from None
