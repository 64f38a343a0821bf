import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

from hypothesis import given, settings
from hypothesis import strategies as st
from needed import absent
from pptx import Presentation
from realm_builders import CASE, LONG, PACK

from components.imaging.png import check_bare
from exports.realm_pack import PAGE, SLIDES, archived, files_of, pack_name
from exports.realm_page import BLANK_LINES, CSP
from exports.realm_slides import realm_slides
from exports.realm_words import pages


def texts(slides: bytes) -> list[str]:
    """The words of each slide."""
    return [
        "\n".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        for slide in Presentation(BytesIO(slides)).slides
    ]


def test_the_same_pack_gives_the_same_bytes_whatever_the_clock_says() -> None:
    first = archived(files_of(PACK))
    elsewhere = PACK.made_at.astimezone(timezone(timedelta(hours=5)))
    assert archived(files_of(replace(PACK, made_at=elsewhere))) == first
    later = replace(PACK, made_at=datetime(2027, 1, 1, tzinfo=UTC))
    assert archived(files_of(later)) != first


def test_the_answer_stands_on_no_slide_before_its_own() -> None:
    said = texts(realm_slides(PACK))
    asked = next(n for n, text in enumerate(said) if "What do you see?" in text)
    for word in ("T12 grade 2", "Spine not mentioned", "Lungs are clear", "Discrepancy"):
        assert not [text for text in said[: asked + 1] if word in text]
    assert "Lungs are clear" in said[asked + 1]
    assert "T12 grade 2" in said[asked + 2]


def test_on_paper_the_answer_is_on_the_page_after_the_picture() -> None:
    page = files_of(PACK)[PAGE].decode()
    sheets = page.split('<section class="sheet">')
    assert "What do you see?" in sheets[1]
    assert "T12 grade 2" not in sheets[1]
    assert "T12 grade 2" in sheets[2]
    assert "break-before: page" in page


def test_the_page_runs_nothing_and_fetches_nothing() -> None:
    hostile = '<script>alert(1)</script><img src="http://x/y" onerror=go()>"\'&'
    case = replace(CASE, question=hostile, excerpt=hostile, finding=hostile, causes=(hostile,))
    for name, content in files_of(replace(PACK, cases=(case,), department=hostile)).items():
        if name.endswith(".html"):
            page = content.decode()
            assert "<script" not in page
            assert not re.search(r"<[^>]*\sonerror", page)
            assert not re.search(r"(?:src|href)=\"(?!data:image/png;base64,)", page)
            assert CSP.split(";")[0] in page.replace("&#x27;", "'")
    assert hostile in "\n".join(texts(realm_slides(replace(PACK, cases=(case,)))))


def test_slides_have_titles_pictures_have_words_and_nothing_has_an_author() -> None:
    content = files_of(PACK)[SLIDES]
    deck = Presentation(BytesIO(content))
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert all(titles)
    assert not [slide for slide in deck.slides if slide.has_notes_slide]
    assert deck.core_properties.author == "VCF Review"
    assert deck.core_properties.last_modified_by == ""
    with ZipFile(BytesIO(content)) as parts:
        names = parts.namelist()
        assert not [name for name in names if "thumbnail" in name or "printer" in name.lower()]
        pictures = [name for name in names if name.startswith("ppt/media/")]
        assert len(pictures) == 1
        check_bare(parts.read(pictures[0]))
        assert {entry.date_time for entry in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert parts.comment == b""
    described = [
        shape._element.nvPicPr.cNvPr.get("descr")
        for slide in deck.slides
        for shape in slide.shapes
        if shape.shape_type == 13
    ]
    assert described == ["Sagittal CT of the spine, bone window."]


def test_what_was_left_out_is_printed_with_its_rule() -> None:
    said = "\n".join(texts(realm_slides(PACK)))
    assert "41 of 96 confirmed scans (43 %)" in said
    assert "1 shown at this meeting, 40 counted and left out" in said
    assert "drawn by lot" in said
    assert "give no error rate" in said


def test_the_attendance_sheet_has_names_lines_to_sign_and_no_case() -> None:
    sheet = files_of(PACK)["attendance.html"].decode()
    assert sheet.count("<tr>") == 1 + 2 + BLANK_LINES
    assert "R-2026" not in sheet
    assert "T12" not in sheet


def test_file_names_say_only_which_meeting_it_is() -> None:
    assert pack_name(PACK.meeting_no) == "realm-M-2026-04.zip"


@settings(max_examples=40)
@given(st.lists(st.text(max_size=300), max_size=6), st.integers(5, 60), st.integers(1, 12))
def test_no_page_is_taller_than_its_slide(lines: list[str], width: int, height: int) -> None:
    for page in pages(lines, width, height):
        assert sum(-(-len(line) // width) or 1 for line in page) <= 2 * height
    joined = "".join("".join(page) for page in pages(lines, width, height))
    assert re.sub(r"\s", "", joined).count("a") == "".join(lines).count("a")


def test_libreoffice_opens_the_slides_and_no_word_hangs_over_an_edge(tmp_path: Path) -> None:
    office, words = shutil.which("soffice"), shutil.which("pdftotext")
    if not office or not words:
        absent("LibreOffice or pdftotext is not installed.")
    source = tmp_path / "slides.pptx"
    source.write_bytes(files_of(LONG)[SLIDES])
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    convert = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, source]
    subprocess.run(convert, check=True, capture_output=True, timeout=180)
    if not (tmp_path / "slides.pdf").exists():
        absent("LibreOffice has no Impress.")
    boxes = subprocess.run(
        [words, "-bbox", tmp_path / "slides.pdf", "-"], check=True, capture_output=True, text=True
    ).stdout
    pages_of = boxes.split("<page ")[1:]
    assert len(pages_of) == len(texts(source.read_bytes()))
    for page in pages_of:
        tall = float(re.search(r'height="([\d.]+)"', page)[1])  # type: ignore[index]
        found = re.findall(r'yMax="([\d.]+)">([^<]*)<', page)
        footer = min(float(y) for y, word in found if word.startswith("OFFICIAL"))
        body = [float(y) for y, word in found if float(y) < footer - 1]
        assert max(body) < tall * 0.94
        assert max(float(x) for x in re.findall(r'xMax="([\d.]+)"', page)) < 960
