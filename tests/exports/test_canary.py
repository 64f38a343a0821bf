import zlib
from base64 import b64encode
from dataclasses import replace
from datetime import date
from io import BytesIO
from zipfile import ZipFile

import pytest
from realm_builders import CASE, PACK

from exports.canary import Canaries, Leak, check, leaks, words_in
from exports.realm_pack import ATTENDANCE, archived, files_of

WANTED = Canaries(
    names=("Quixley-Brân", "Zenobia", "Dr Wolfram Penhallow"),
    numbers=("9990000018", "RVF-0012345", "1.2.826.0.1.3680043.8.498.77"),
    days=(date(1938, 2, 1),),
)
TEMPLATE = words_in(files_of(replace(PACK, cases=(), themes=(), actions=(), attendees=())))


def test_a_pack_without_anybody_is_let_out() -> None:
    files = files_of(PACK)
    files |= {"whole.zip": archived(files)}
    check(files, WANTED, said_anyway=TEMPLATE)


LEAKS = [
    "seen by Zenobia today",
    "QUIXLEY BRAN",
    "Quixley\u2011Brân",
    "wolfram\u00a0penhallow",
    "no 999 000 0018",
    "RVF0012345",
    "1.2.826.0.1.3680043.8.498.77",
    "born 01/02/1938",
    "born 1 February 1938",
    "19380201",
    "1st Feb 1938",
]


@pytest.mark.parametrize("words", LEAKS)
def test_any_writing_of_a_name_number_or_date_is_found(words: str) -> None:
    with pytest.raises(Leak) as refusal:
        check({"sheet": f"Clear lungs. {words} and more.".encode()}, WANTED)
    told = str(refusal.value).lower()
    assert not [one for one in ("zenobia", "quixley", "999", "1938", "0012345") if one in told]


def test_a_leak_is_found_in_every_file_that_shows_it_and_in_their_archive() -> None:
    files = files_of(replace(PACK, cases=(replace(CASE, excerpt="Seen by Zenobia, 01/02/1938."),)))
    found = set(leaks({**files, "whole.zip": archived(files)}, WANTED, TEMPLATE))
    for name in ("slides.pptx", "workbook.xlsx", "case-sheets.html", "whole.zip > slides.pptx"):
        assert any(place.startswith(name) for place in found), name


def packed(name: str, content: bytes, comment: bytes = b"") -> bytes:
    kept = BytesIO()
    with ZipFile(kept, "w") as archive:
        archive.comment = comment
        archive.writestr(name, content)
    return kept.getvalue()


def pictured(kind: bytes, body: bytes) -> bytes:
    image = CASE.image
    assert image is not None
    chunk = len(body).to_bytes(4, "big") + kind + body + zlib.crc32(kind + body).to_bytes(4, "big")
    return image.png[:33] + chunk + image.png[33:]


HIDDEN = {
    "in a run": b"<w><r>Zeno</r><r>bia</r></w>",
    "in an attribute": b'<p title="Zenobia">x</p>',
    "as entities": b"<p>&#90;enobia</p>",
    "in a comment": b"<!-- Zenobia -->",
    "in two bytes": "told Zenobia".encode("utf-16-le"),
    "in two bytes, big end first": b"x" + "told Zenobia".encode("utf-16-be"),
    "in base64": b"x=" + b64encode(b"seen by Zenobia at home"),
    "in a part": packed("a.xml", b"Zenobia"),
    "in a part of a part": packed("b.zip", packed("a.xml", b"Zenobia")),
    "in a part's name": packed("Zenobia.xml", b""),
    "in an archive's comment": packed("a.xml", b"", b"Zenobia"),
    "before an archive": b"Zenobia " + packed("a.xml", b""),
    "in a picture's words": pictured(b"tEXt", b"Title\0Zenobia"),
    "in a picture's packed words": pictured(b"zTXt", b"T\0\0" + zlib.compress(b"for Zenobia")),
    "behind a picture": pictured(b"gAMA", b"\0\0\0\0") + b"Zenobia",
}


@pytest.mark.parametrize("where", list(HIDDEN))
def test_a_name_is_found_wherever_it_hides(where: str) -> None:
    with pytest.raises(Leak):
        check({"file": HIDDEN[where]}, WANTED)


def test_a_name_is_found_in_the_name_of_a_file() -> None:
    with pytest.raises(Leak, match="a file's name"):
        check({"pack-Zenobia.zip": b""}, WANTED)


def test_what_names_nobody_in_particular_is_no_leak() -> None:
    page = Canaries(names=("Page", "Case"), numbers=("12",))
    check(files_of(PACK), page, said_anyway=TEMPLATE)
    with pytest.raises(Leak):
        check({"note": b"Page, aged 72"}, page)


def test_those_who_attend_stand_on_one_sheet_alone() -> None:
    files = files_of(PACK)
    found = set(leaks(files, Canaries(names=("Perpetua Lindgate", "Ambrose Tickle")), TEMPLATE))
    assert found == {ATTENDANCE}
