import re
from datetime import UTC, datetime
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from exports.cells import local
from exports.columns import Column, Sheet, Value
from exports.sheet import workbook
from exports.text import LONGEST, safe

MOMENT = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)
RISKY = "=+-@\t\r\n"
ANY = st.text() | st.builds(str.__add__, st.sampled_from([*RISKY, "'=", "''@"]), st.text())


def written(*values: Value) -> bytes:
    columns = tuple(Column(f"C{number}") for number in range(len(values)))
    sheet = Sheet("S", "note", columns, [values])
    return workbook([sheet], made_at=MOMENT, demo=False, footer="")


def read(*values: Value) -> list[object]:
    page = load_workbook(BytesIO(written(*values)))["S"]
    return [cell.value for cell in page[4]]


def as_excel_reads(text: str) -> str:
    """Codes such as `_x005F_` stand for characters; openpyxl leaves them as they are."""
    return re.sub(r"_x([0-9A-Fa-f]{4})_", lambda code: chr(int(code[1], 16)), text)


def received(text: str) -> str:
    """What whoever takes the one guarding apostrophe away is left with."""
    return text[1:] if re.match(rf"'+[{re.escape(RISKY)}＝＋－＠]", text) else text


@settings(deadline=None)  # a busy machine is no fault
@given(ANY)
def test_no_text_is_ever_a_formula(text: str) -> None:
    page = load_workbook(BytesIO(written(text)))["S"]
    cell = page["A4"]
    assert cell.data_type == "s" if text else cell.value is None
    assert b"<f>" not in written(text)
    assert safe(text)[:1] not in tuple("=+-@\t\r\n")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")))
def test_what_is_written_can_be_had_back(text: str) -> None:
    assert received(as_excel_reads(safe(text))) == text


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="_\ufffe\uffff")))
def test_what_is_written_is_what_a_reader_reads(text: str) -> None:
    assert received(str(read(f".{text}")[0])) == f".{text}"


@given(ANY, ANY)
def test_two_texts_never_look_alike_unless_they_hold_what_a_cell_cannot(a: str, b: str) -> None:
    if not re.search("[\x00-\x08\x0b-\x1f\u2400-\u241f\ufffd\ufffe\uffff\ud800-\udfff]", a + b):
        assert (safe(a) == safe(b)) is (a == b)


@pytest.mark.parametrize("text", ["=1+1", "+44 115", "-0012", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_a_text_that_begins_as_a_formula_gets_an_apostrophe_one_can_see(text: str) -> None:
    assert read(text) == ["'" + text.replace("\r", "\n")]


@pytest.mark.parametrize("text", ["#N/A", "#REF!", "TRUE", "1e5", "00123", "12/03/2026", " =1"])
def test_a_text_that_looks_like_something_else_stays_text(text: str) -> None:
    page = load_workbook(BytesIO(written(text)))["S"]
    assert (page["A4"].data_type, page["A4"].value) == ("s", text)
    assert page["A4"].number_format == "@"


@pytest.mark.parametrize("text", ["\u202eevil", "👩‍⚕️ seen", "Ζωή Ñandú", "  spaces  ", "a\nb"])
def test_unusual_text_survives(text: str) -> None:
    assert read(text) == [text]


def test_what_xml_cannot_carry_is_replaced_by_what_can_be_seen() -> None:
    assert read("a\x00b\x1bc\x0bd") == ["a␀b␛c␋d"]
    assert read("a\ud800b\ufffec") == ["a\ufffdb\ufffdc"]


def test_line_ends_become_the_line_break_of_a_cell() -> None:
    assert read("a\r\nb\rc") == ["a\nb\nc"]


def test_a_code_that_excel_would_read_as_a_letter_is_written_as_it_stands() -> None:
    assert safe("_x0041_") == "_x005F_x0041_"
    assert as_excel_reads(str(read("_x0041_")[0])) == "_x0041_"


def test_a_text_longer_than_a_cell_says_that_it_was_cut() -> None:
    (kept,) = read("é" * 100_000)
    assert len(str(kept)) == LONGEST
    assert str(kept).endswith(
        "[cut here: 100000 characters do not fit a cell; the rest is in the record]"
    )


@pytest.mark.parametrize("text", ["x" * LONGEST, "😀" * (LONGEST // 2)])
def test_a_text_that_just_fits_is_whole(text: str) -> None:
    assert read(text) == [text]


def test_a_wide_character_is_never_cut_in_half() -> None:
    kept = safe("😀" * LONGEST)
    assert len(kept.encode("utf-16-le")) <= 2 * LONGEST
    assert "\ufffd" not in kept


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="Pass UTC"):
        local(datetime(2026, 1, 1))  # noqa: DTZ001 - the fault under test


def test_a_guarded_cell_stays_text_when_it_is_edited() -> None:
    page = load_workbook(BytesIO(written("=1", "fine")))["S"]
    assert [bool(cell.quotePrefix) for cell in page[4]] == [True, False]
