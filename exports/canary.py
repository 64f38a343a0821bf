"""Looks for people in every byte that is about to leave; says where, never whom.

A file is looked at as it lies and as programs would read it: archives unpacked, markup read
across its runs, letters of two bytes, base64, the packed words of a picture.
"""

import re
import zlib
from base64 import b64decode
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from html import unescape
from io import BytesIO
from zipfile import BadZipFile, ZipFile

from store.domain.redaction_fold import folded
from store.domain.redaction_words import TITLES
from store.domain.refusal import NotAllowed

_DEEPEST = 6
_LARGEST = 256 << 20
_FEWEST_LETTERS, _FEWEST_DIGITS = 3, 5
"""A shorter name or number is part of every file; a person's eyes look for it."""
_TAG = re.compile(r"<(?:[^<>\"']|\"[^\"]*\"|'[^']*')*>")
_BASE64 = re.compile(rb"[A-Za-z0-9+/]{16,}={0,2}")
_TITLES = frozenset(title.lower() for title in TITLES)
_SHORT = 4096
_PNG = b"\x89PNG\r\n\x1a\n"


@dataclass(frozen=True, slots=True)
class Canaries:
    """What must not leave, of the patients and the reporters of a pack.

    Attributes:
        names: Surnames, forenames, names of staff.
        numbers: NHS, hospital, accession, GMC numbers, UIDs.
        days: Dates of birth and of the scans.
    """

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    days: tuple[date, ...] = ()


class Leak(NotAllowed):
    """Something of a person was found in what was about to leave. The text says where."""


def check(
    files: Mapping[str, bytes], canaries: Canaries, *, said_anyway: Iterable[str] = ()
) -> None:
    """Raise `Leak` if anything of *canaries* is in *files*, in their names or in their bytes.

    Args:
        files: By name.
        canaries: What to look for.
        said_anyway: Words that the same files hold without any case: whoever is called Page or
            Case is not found by these; their numbers and dates still are.
    """
    places = set(leaks(files, canaries, said_anyway))
    if places:
        raise refusal_of(places)


def refusal_of(places: Iterable[str]) -> Leak:
    """The refusal of files in which somebody was found at *places*."""
    return Leak(
        f"A name, number or date of a person was found in: {', '.join(sorted(places))}. Nothing "
        "was handed out. Redact the texts of the cases again, then make the files anew."
    )


def leaks(
    files: Mapping[str, bytes], canaries: Canaries, said_anyway: Iterable[str] = ()
) -> Iterator[str]:
    """Where anything of *canaries* is found: the file and the part of it."""
    usual = {word.lower() for word in said_anyway}
    wanted = _wanted(canaries, usual)
    if wanted is None:
        return
    for name, content in files.items():
        if wanted.search(_plain(name)):
            yield "a file's name"
        for place, text in _texts(name, content, 0):
            if wanted.search(text):
                yield place


def words_in(files: Mapping[str, bytes]) -> frozenset[str]:
    """Every word of *files* in small letters, as `said_anyway` wants them."""
    texts = (text for name, content in files.items() for _, text in _texts(name, content, 0))
    return frozenset(word for text in texts for word in re.findall(r"[^\W\d_]+", text))


def _wanted(canaries: Canaries, usual: set[str]) -> re.Pattern[str] | None:
    """One pattern over plain small letters for all of *canaries*; None for nothing to look for."""
    rules = {
        *(rule for name in canaries.names for rule in _name(name, usual)),
        *(rule for number in canaries.numbers for rule in _number(number)),
        *(rule for day in canaries.days for rule in _day(day)),
    }
    return re.compile("|".join(sorted(rules))) if rules else None


def _name(name: str, usual: set[str]) -> Iterator[str]:
    words = [word for word in re.findall(r"[^\W\d_]+", _plain(name)) if word not in _TITLES]
    whole = r"[^\w<>]{0,3}".join(map(re.escape, words))
    if len(words) > 1 and len("".join(words)) >= _FEWEST_LETTERS:
        yield rf"(?<![^\W\d_]){whole}(?![^\W\d_])"
    for word in words:
        if len(word) >= _FEWEST_LETTERS and word not in usual:
            yield rf"(?<![^\W\d_]){re.escape(word)}(?![^\W\d_])"


def _number(number: str) -> Iterator[str]:
    plain = _plain(number).strip()
    marks = re.findall(r"[^\W_]", plain)
    if len(marks) < _FEWEST_DIGITS:
        return
    yield re.escape(plain)
    yield r"[ \-./]?".join(map(re.escape, marks))


def _day(day: date) -> Iterator[str]:
    for order in ("%d{0}%m{0}%Y", "%Y{0}%m{0}%d", "%m{0}%d{0}%Y"):
        yield rf"(?<!\d){day.strftime(order.format('[-/. ]?'))}(?!\d)"
    month = rf"(?:{day:%B}|{day:%b})".lower()
    yield rf"(?<!\d)0?{day.day}(?:st|nd|rd|th)?[ \-]?{month}[ \-,]{{0,2}}{day.year}(?!\d)"


_FOREIGN = re.compile(r"[^\x20-\x7e]+")


def _plain(text: str) -> str:
    # Letter by letter is slow, and nearly all of a file is plain already.
    return _FOREIGN.sub(lambda found: folded(found.group()), text).lower()


def _texts(place: str, content: bytes, depth: int) -> Iterator[tuple[str, str]]:
    """Every reading of *content*, with the place it stands in."""
    if depth > _DEEPEST or len(content) > _LARGEST:
        msg = f"{place} is too large or too deep to be looked through. Make it smaller."
        raise Leak(msg)
    bare = _unpacked(content)
    plain = bare.decode("utf-8", "replace")
    yield place, _plain(plain)
    yield from ((place, _plain(text)) for text in _wide(bare))
    if "<" in plain:
        yield place, _plain(unescape(_TAG.sub("", plain)))
        yield place, _plain(unescape(plain))
    yield from _within(place, content, bare, depth + 1)


def _wide(content: bytes) -> Iterator[str]:
    """Letters of two bytes, in either order and from either place."""
    if b"\0" in content:
        for order in ("utf-16-le", "utf-16-be"):
            for start in (0, 1):
                yield content[start:].decode(order, "replace")


def _within(place: str, content: bytes, bare: bytes, depth: int) -> Iterator[tuple[str, str]]:
    """What is packed within *content*."""
    for name, part in _unzipped(content):
        yield f"{place} > a part's name", _plain(name)
        yield from _texts(f"{place} > {_safe(name)}", part, depth)
    if content.startswith(_PNG):
        for part in _inflated(content):
            yield from _texts(f"{place} > packed words of a picture", part, depth)
    for found in _BASE64.finditer(bare):
        for part in _decoded(found.group()):
            yield from _texts(f"{place} > base64", part, depth)


def _archive(content: bytes) -> ZipFile | None:
    if b"PK\x05\x06" not in content:
        return None
    try:
        return ZipFile(BytesIO(content))
    except BadZipFile:
        return None


def _unzipped(content: bytes) -> Iterator[tuple[str, bytes]]:
    archive = _archive(content)
    if archive is None:
        return
    entries = archive.infolist()
    if sum(one.file_size for one in entries) > _LARGEST:
        msg = "An archive is too large to be looked through. Make it smaller."
        raise Leak(msg)
    for one in entries:
        try:
            yield one.filename, archive.read(one)
        except (BadZipFile, OSError, RuntimeError, zlib.error):
            msg = "A part of an archive cannot be read, so nobody knows what it says."
            raise Leak(msg) from None


def _unpacked(content: bytes) -> bytes:
    """*content* without its packed streams: in so much noise any short name is found by chance."""
    bare = bytearray(content)
    archive = _archive(content)
    for one in archive.infolist() if archive else ():
        at = one.header_offset
        names = int.from_bytes(content[at + 26 : at + 28], "little")
        more = int.from_bytes(content[at + 28 : at + 30], "little")
        start = at + 30 + names + more
        bare[start : start + one.compress_size] = b" " * one.compress_size
    at = len(_PNG) if content.startswith(_PNG) else len(content)
    while at + 8 <= len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        if content[at + 4 : at + 8] == b"IDAT":
            end = min(at + 12 + size, len(content))
            bare[at + 8 : end] = b" " * (end - at - 8)
        at += 12 + size
    return bytes(bare)


def _safe(name: str) -> str:
    """The name of a part where it is one of ours; a stranger's name might name somebody."""
    return (
        name
        if re.fullmatch(r"(?:[a-z]+/)*[a-zA-Z_\[\]]+\d{0,4}(?:\.[a-z]{3,5}){1,2}", name)
        else "a part"
    )


def _inflated(png: bytes) -> Iterator[bytes]:
    """Packed words (zTXt, iTXt, iCCP) of a picture, wherever a packed stream begins."""
    for kind in (b"zTXt", b"iTXt", b"iCCP"):
        at = png.find(kind)
        while at >= 0:
            size = int.from_bytes(png[at - 4 : at], "big")
            body = png[at + 4 : at + 4 + size]
            for start in range(min(len(body), 120)):
                try:
                    yield zlib.decompressobj().decompress(body[start:], 1 << 20)
                except zlib.error:
                    continue
            at = png.find(kind, at + 4)


def _decoded(found: bytes) -> Iterator[bytes]:
    """What a run of base64 says, from each place it may begin at, where it is text or a file."""
    for start in range(4) if len(found) < _SHORT else (0,):
        part = found[start:].rstrip(b"=")
        try:
            said = b64decode(part[: len(part) - (len(part) % 4 == 1)] + b"==")
        except ValueError:
            continue
        text = said[:4096].decode("utf-8", "replace").replace("\0", "")
        readable = sum(letter.isprintable() and letter != "\ufffd" for letter in text)
        if readable >= 0.9 * len(text) or said.startswith((_PNG, b"PK")):
            yield said
