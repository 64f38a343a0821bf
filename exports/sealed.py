"""Office files without traces: no maker, no clock, no thumbnail, the same bytes every time."""

import re
from datetime import UTC, datetime
from io import BytesIO
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_MAKER = "VCF Review"
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)
_CORE = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    "<cp:coreProperties "
    'xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    "<dc:title>{title}</dc:title><dc:creator>{maker}</dc:creator>"
    '<dcterms:created xsi:type="dcterms:W3CDTF">{at}</dcterms:created>'
    '<dcterms:modified xsi:type="dcterms:W3CDTF">{at}</dcterms:modified>'
    "</cp:coreProperties>"
)
_DROPPED = re.compile(r"docProps/thumbnail|printerSettings")


def sealed(office: bytes, made_at: datetime, title: str) -> bytes:
    """*office* with sorted parts, without thumbnail, and with *title* and *made_at* alone said."""
    stamp = f"{made_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    core = _CORE.format(title=escape(title), maker=_MAKER, at=stamp).encode()
    parts: dict[str, bytes] = {}
    with ZipFile(BytesIO(office)) as archive:
        for name in archive.namelist():
            if not _DROPPED.search(name):
                parts[name] = core if name == "docProps/core.xml" else archive.read(name)
    for name in (name for name in parts if name.endswith(".rels")):
        parts[name] = re.sub(
            rb"<Relationship [^>]*(?:thumbnail|printerSettings)[^>]*/>", b"", parts[name]
        )
    return zipped(parts)


def zipped(parts: dict[str, bytes]) -> bytes:
    """*parts* by name as a ZIP archive that bears no time, no owner and no comment."""
    kept = BytesIO()
    with ZipFile(kept, "w", ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(parts):
            entry = ZipInfo(name, _ZIP_DATE)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, parts[name])
    return kept.getvalue()
