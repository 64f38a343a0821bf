"""A case's images in the PACS: one link, made from the site's own template."""

import re
from urllib.parse import quote, urlsplit

FIELDS = ("accession", "study_uid")
_FIELD = re.compile(r"\{([^{}]*)\}")
_RUNS = frozenset(
    {"javascript", "data", "vbscript", "blob", "file", "filesystem", "about", "view-source"}
)
"""Schemes that run what they carry, or open files of the reader's own computer."""
_EXAMPLE = "https://pacs.example/open?accession={accession}"


def fault(template: str) -> str:
    """What is wrong with *template*, and what to write; empty where nothing is."""
    bare = _FIELD.sub("0", template)
    scheme, _, rest = bare.partition(":")
    web = scheme.lower() in {"http", "https"}
    host = re.split(r"[/?#\\]", template.partition("://")[2], maxsplit=1)[0]
    for wrong, words in (
        (not template.isprintable() or " " in template, "it holds a space or a control character"),
        ("{" in bare or "}" in bare, "a brace is left over"),
        (bool(rest) and "{" in template.partition(":")[0], "a field stands for the scheme"),
        (not rest or not re.fullmatch(r"[a-zA-Z][a-zA-Z0-9+.\-]*", scheme), "it has no scheme"),
        (scheme.lower() in _RUNS, f"a link of {scheme.lower()}: may run in the reader's browser"),
        (web and not _host(bare), "it names no server"),
        (web and "{" in host, "a field stands for the server"),
        (bool(unknown := _unknown(template)), f"it names {unknown}"),
        (not _FIELD.search(template), "it names no field, so every case would open the same"),
    ):
        if wrong:
            known = " and ".join(f"{{{name}}}" for name in FIELDS)
            return f"{words}. It may name {known} alone. Write it like {_EXAMPLE}, or leave it out."
    return ""


def link(template: str, *, accession: str, study_uid: str) -> str:
    """The address of a case's images, values percent-encoded; empty where one it needs is."""
    values = {"accession": accession, "study_uid": study_uid}
    named = _FIELD.findall(template)
    if not template or not all(values[name] for name in named):
        return ""
    return _FIELD.sub(lambda field: quote(values[field[1]], safe=""), template)


def _host(address: str) -> str:
    try:
        return urlsplit(address).hostname or ""
    except ValueError:
        return ""


def _unknown(template: str) -> str:
    names = [name for name in _FIELD.findall(template) if name not in FIELDS]
    return ", ".join(f"{{{name}}}" for name in names)
