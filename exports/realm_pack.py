"""Everything of one meeting in one archive, byte for byte the same for the same pack."""

from collections.abc import Mapping

from exports.realm_page import attendance_page, learning_page, realm_page
from exports.realm_slides import realm_slides
from exports.realm_workbook import realm_workbook
from exports.sealed import zipped
from store.domain.realm_pack import Pack

ZIP = "application/zip"
"""Media type of what `archived` gives."""
SLIDES, BOOK, PAGE = "slides.pptx", "workbook.xlsx", "case-sheets.html"
LEARNING, ATTENDANCE = "learning-points.html", "attendance.html"


def files_of(pack: Pack) -> dict[str, bytes]:
    """The files of *pack* by name; names say nothing of anybody."""
    return {
        SLIDES: realm_slides(pack),
        BOOK: realm_workbook(pack),
        PAGE: realm_page(pack).encode(),
        LEARNING: learning_page(pack).encode(),
        ATTENDANCE: attendance_page(pack).encode(),
    }


def archived(files: Mapping[str, bytes]) -> bytes:
    """*files* as one ZIP archive."""
    return zipped(dict(files))


def pack_name(meeting_no: str) -> str:
    """The archive's name."""
    return f"realm-{meeting_no}.zip"
