"""What a site says in its own words: letter templates, short code, and terms of its reports."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from app.settings import Settings, UnusableSetting
from store.domain.letter import Letter, UnusableTemplate, check
from store.domain.prose.terms import LISTS, OWN, Terms

SHIPPED = Path(__file__).resolve().parent
NAMES = "site.toml"
"""In the folder of texts: short code, name of the service, how it is reached."""
_SAID = {
    "short_code": "",
    "service": "the Fracture Liaison Service",
    "contact": "the hospital's switchboard",
}


@dataclass(frozen=True, slots=True)
class Template:
    """A template of a letter.

    Attributes:
        version: Changes with every change of its words: whose it is, and a digest.
    """

    words: str
    version: str


def _shipped() -> dict[Letter, Template]:
    return {kind: _template(SHIPPED / f"{kind.value}.txt", "shipped") for kind in Letter}


@dataclass(frozen=True, slots=True)
class Texts:
    """Templates and names of a site."""

    templates: Mapping[Letter, Template] = field(default_factory=_shipped)
    short_code: str = ""
    service: str = _SAID["service"]
    contact: str = _SAID["contact"]


def texts_of(settings: Settings) -> Texts:
    """The texts in the folder of ``VCF_TEXTS``; what it has not is as it comes with the product.

    Raises:
        UnusableSetting: a file cannot be read, or says what cannot be filled in.
    """
    if not settings.texts:
        return Texts()
    folder = Path(settings.texts).expanduser()
    if not folder.is_dir():
        msg = "VCF_TEXTS names no folder. Write the path of the folder with the site's texts."
        raise UnusableSetting(msg)
    own = {
        kind: _template(folder / f"{kind.value}.txt", "site")
        for kind in Letter
        if (folder / f"{kind.value}.txt").exists()
    }
    said = _names(folder / NAMES) if (folder / NAMES).exists() else {}
    return Texts({**_shipped(), **own}, **said)


def _template(path: Path, whose: str) -> Template:
    words = _read(path, "VCF_TEXTS", path.name)
    try:
        check(words)
    except UnusableTemplate as fault:
        msg = f"VCF_TEXTS, {path.name}: {fault}"
        raise UnusableSetting(msg) from None
    return Template(words, f"{whose} {sha256(words.encode()).hexdigest()[:12]}")


def _names(path: Path) -> dict[str, str]:
    text, table = _toml(path, "VCF_TEXTS", NAMES)
    for key, value in table.items():
        where = f"VCF_TEXTS, {NAMES}, line {_line(text, key)}"
        if key not in _SAID:
            msg = f"{where}: {key!r} means nothing here. It may name {', '.join(_SAID)}."
            raise UnusableSetting(msg)
        if not isinstance(value, str) or "{" in value or "}" in value:
            msg = f"{where}: {key!r} is text in quotes, without braces."
            raise UnusableSetting(msg)
    return table


def terms_of(settings: Settings) -> Terms:
    """The site's own words for reading reports, from the file of ``VCF_TERMS``.

    Raises:
        UnusableSetting: it cannot be read, or a list is not what it should be; the text names
            the line.
    """
    if not settings.terms:
        return OWN
    text, table = _toml(Path(settings.terms).expanduser(), "VCF_TERMS", "the file")
    for key, value in table.items():
        where = f"VCF_TERMS, line {_line(text, key)}"
        if key not in LISTS:
            msg = f"{where}: {key!r} means nothing here. It may name {', '.join(LISTS)}."
            raise UnusableSetting(msg)
        if not isinstance(value, list) or not all(
            isinstance(one, str) and len(one.strip()) > 1 for one in value
        ):
            msg = f'{where}: {key!r} is a list of phrases of two letters or more: ["…", "…"].'
            raise UnusableSetting(msg)
    return Terms(**{key: tuple(one.strip().lower() for one in table[key]) for key in table})


def _read(path: Path, setting: str, named: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        msg = f"{setting}: {named} cannot be read as UTF-8 text. Check path and rights."
        raise UnusableSetting(msg) from None


def _toml(path: Path, setting: str, named: str) -> tuple[str, dict[str, Any]]:
    text = _read(path, setting, named)
    try:
        return text, tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        # The parser's words name line and column, and nothing of what stands there.
        where = re.search(r"\(at .*\)", str(error))
        msg = f"{setting}: {named} is not TOML {where[0] if where else ''}. Correct it there."
        raise UnusableSetting(msg) from None


def _line(text: str, key: str) -> int:
    """The line on which *key* is said, counted from 1."""
    mark = re.compile(rf"""\s*["']?{re.escape(key)}["']?\s*=|\s*\[+\s*{re.escape(key)}\b""")
    return next((n for n, line in enumerate(text.splitlines(), 1) if mark.match(line)), 1)
