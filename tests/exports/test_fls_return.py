"""What is read of a file that comes back, however it was treated in between."""

import csv
import time
from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from export_builders import a_batch, a_row, some_not_referred, some_rows
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.utils.datetime import WINDOWS_EPOCH
from openpyxl.worksheet.worksheet import Worksheet

from exports.cell_values import day_of, digits_of
from exports.fls import referral_workbook
from exports.fls_return import Return, read_return
from exports.return_file import MOST_ROWS
from store.domain.outcome import Advice, Answer, Outcome
from store.domain.refusal import Unusable

HEAD = 3
ID, NHS, SURNAME, BORN, OUTCOME, DAY, ADVICE = 1, 4, 7, 10, 44, 45, 46


def sent() -> bytes:
    return referral_workbook(a_batch(), some_rows(), some_not_referred(), True)


def treated(how: Callable[[Worksheet], object], content: bytes | None = None) -> Return:
    """What is read of the workbook after *how* was done to its first sheet."""
    book, saved = load_workbook(BytesIO(content or sent())), BytesIO()
    how(book["Referrals"])
    book.save(saved)
    return read_return(saved.getvalue())


def filled(page: Worksheet) -> None:
    page.cell(4, OUTCOME, " Accepted ")
    page.cell(4, DAY, datetime(2026, 12, 3))  # noqa: DTZ001 - a cell's
    page.cell(4, ADVICE, "DXA and treatment")


ANSWER = Answer(Outcome.ACCEPTED, date(2026, 12, 3), Advice.BOTH)


def test_a_workbook_that_nobody_filled_in_holds_its_rows_and_no_answer() -> None:
    found = read_return(sent())
    assert [row.referral for row in found.rows] == ["RX1-000041", "RX1-000042", "RX1-000043"]
    assert {row.answer for row in found.rows} == {None}
    assert found.batches == ("B-2026-0007",)
    assert found.rows[0].whom == {
        "NHS number": "9990000018",
        "Surname": "demo",
        "Date of birth": "1950-02-01",
    }
    assert not any(row.faults for row in found.rows)


def test_columns_are_found_by_their_headings_wherever_they_went() -> None:
    def turned(page: Worksheet) -> None:
        filled(page)
        page.delete_rows(6)
        rows = [[cell.value for cell in row][::-1] for row in page.iter_rows()]
        page.delete_rows(1, page.max_row)
        page.append(["Our own notes"])
        for row in [rows[2], [], *rows[:2:-1]]:
            page.append(row)

    found = treated(turned)
    assert [(row.referral, row.answer) for row in found.rows] == [
        ("RX1-000042", None),
        ("RX1-000041", ANSWER),
    ]
    assert found.rows[1].place == "Referrals row 5"


def test_a_hidden_sheet_is_left_aside_and_said() -> None:
    book, saved = load_workbook(BytesIO(sent())), BytesIO()
    book.copy_worksheet(book["Referrals"]).sheet_state = "veryHidden"
    book.save(saved)
    found = read_return(saved.getvalue())
    assert len(found.rows) == 3
    assert found.left_aside == ("Referrals Copy: a hidden sheet, 3 rows not read",)


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (OUTCOME, "acepted", "holds 7 characters that are none of the list"),
        (OUTCOME, "x" * 32_767, "holds 32767 characters"),
        (OUTCOME, '=IF(1,"accepted")', "holds a formula"),
        (DAY, "12/31/2026", "holds no day like"),
        (DAY, "soon", "holds no day like"),
        (DAY, "=TODAY()", "holds a formula"),
        (DAY, -5, "holds no day like"),
        (ADVICE, True, "none of the list"),
    ],
)
def test_what_cannot_be_understood_is_said_and_not_repeated(
    column: int, value: object, words: str
) -> None:
    def spoilt(page: Worksheet) -> None:
        filled(page)
        page.cell(4, column, value)  # type: ignore[arg-type]  # what a cell may hold

    row = treated(spoilt).rows[0]
    assert row.answer is None
    assert words in row.faults[0]
    assert str(value) not in row.faults[0]


def test_a_day_without_an_outcome_is_not_understood() -> None:
    row = treated(lambda page: page.cell(5, DAY, date(2026, 12, 3))).rows[1]
    assert row.faults == ("“FLS outcome” is empty, but what follows it is not",)


@pytest.mark.parametrize(
    "said",
    [
        "03/12/2026", "3/12/26", "3.12.2026", "03-12-2026", "3 Dec 2026", "03-Dec-26",
        "3 December 2026", "2026-12-03", "2026-12-03T00:00:00", "03/12/2026 14:05",
        "'03/12/2026", "03/12/2026 (12 days left)", 46359, 46359.0, "46359", date(2026, 12, 3),
    ],
)  # fmt: skip
def test_a_day_is_read_in_its_usual_shapes(said: object) -> None:
    assert day_of(said, WINDOWS_EPOCH) == date(2026, 12, 3)


@pytest.mark.parametrize(
    "said", ["12/31/2026", "31/02/2026", "3/12", "2026", "yesterday", True, 1e12, float("nan"), ""]
)
def test_what_is_no_british_day_is_none(said: object) -> None:
    assert day_of(said, WINDOWS_EPOCH) is None


@pytest.mark.parametrize(
    "said",
    ["999 000 0018", "999-000-0018", 9990000018, 9990000018.0, "9.990000018E9", "9990000018.0"],
)
def test_an_nhs_number_is_the_same_however_the_spreadsheet_holds_it(said: object) -> None:
    assert digits_of(said) == "9990000018"


def test_a_number_that_lost_its_leading_zero_has_it_again() -> None:
    assert digits_of(101234567.0) == "0101234567"


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_whatever_program_saved_it(sign: str, code: str) -> None:
    text = StringIO()
    writer = csv.writer(text, delimiter=sign)
    writer.writerow(["Referral ID", "Surname", "FLS outcome", "Outcome date"])
    writer.writerow(["RX1-000041", "Zoë", "accepted", "03/12/2026"])
    (row,) = read_return(text.getvalue().encode(code)).rows
    assert row.whom == {"Surname": "zoë"}
    assert row.answer == Answer(Outcome.ACCEPTED, date(2026, 12, 3))


def packed(**parts: bytes) -> bytes:
    """The sent workbook with some of its parts, named by their last word, put in place."""
    saved = BytesIO()
    with ZipFile(BytesIO(sent())) as old, ZipFile(saved, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            short = name.rpartition("/")[2].partition(".")[0]
            new.writestr(name, parts.get(short, old.read(name)))
    return saved.getvalue()


def sheet(row: str) -> bytes:
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{row}</sheetData></worksheet>'.encode()


LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "lol">]><worksheet/>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99), "password-protected"),
        (b"PK\x03\x04 and no more", "cannot be read"),
        (b"", "No row of a referral"),
        (b"Referral ID,Surname\nRX1-000041,DEMO\n", "“FLS outcome” is not there"),
        (b"Referral ID,FLS outcome\nRX1-000041,died\n", "one of them is needed"),
        (b"Referral ID,Referral ID,FLS outcome\n", "Two columns"),
        (bytes(21 << 20), "larger than 20 MB"),
        (packed(sheet1=bytes(65 << 20)), "Unpacked the workbook is larger"),
        (packed(sheet1=LAUGHS), "declares entities"),
        (packed(sheet1=sheet('<row r="99999999999"><c r="A1"><v>1</v></c></row>')), "more rows"),
        (packed(sheet1=sheet('<row r="1"><c r="ZZZZZZZ1"><v>1</v></c></row>')), "cannot be read"),
        (("Referral ID,FLS outcome,Surname\n" + "a,,b\n" * (MOST_ROWS + 1)).encode(), "in parts"),
    ],
)  # fmt: skip
def test_a_file_that_is_none_costs_little_and_is_refused(content: bytes, words: str) -> None:
    began = time.process_time()
    with pytest.raises(Unusable, match=words):
        read_return(content)
    assert time.process_time() - began < 4


def test_any_byte_of_a_workbook_may_be_damaged() -> None:
    whole = sent()
    for at in range(0, len(whole), len(whole) // 40):
        broken = whole[:at] + bytes([whole[at] ^ 255]) + whole[at + 1 :]
        try:
            read_return(broken)
        except Unusable:
            continue


CELLS = st.none() | st.text(max_size=40) | st.floats() | st.integers() | st.dates() | st.booleans()


@given(st.lists(CELLS, min_size=7, max_size=7))
def test_no_value_of_any_cell_is_too_much(cells: list[object]) -> None:
    from exports.fls_return import _row

    names = ("referral_id", "batch", "nhs_number", "surname", "born", "outcome", "outcome_date")
    row = _row("here", dict(zip(names, cells, strict=True)), WINDOWS_EPOCH)
    assert row.answer is None or row.answer.outcome in Outcome


def test_a_name_that_was_guarded_comes_back_as_it_was() -> None:
    row = a_row(surname="=cmd|' /C calc'!A0")
    content = referral_workbook(a_batch(), [row], [], True)
    assert read_return(content).rows[0].whom["Surname"] == "=cmd|' /c calc'!a0"
