import csv
import hashlib
import os
import subprocess
import sys
from dataclasses import fields
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import get_type_hints
from zipfile import ZipFile

import pytest
from export_builders import EXPORTED, a_batch, a_row, some_not_referred, some_rows
from export_dump import GOLDEN, ROOT, dump, goldens
from needed import absent
from openpyxl import load_workbook
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from exports.columns import Column
from exports.fls import ReferralRow, due_note, file_name, referral_workbook
from store.domain.outcome import Outcome
from store.domain.report import ReportStatus

SOFFICE = Path("/usr/bin/soffice")
HEADINGS = 3


def read(content: bytes) -> Workbook:
    return load_workbook(BytesIO(content))


def a_workbook(*, demo: bool = True) -> bytes:
    return referral_workbook(a_batch(), some_rows(), some_not_referred(), demo)


def column(page: Worksheet, heading: str) -> list[object]:
    place = [cell.value for cell in page[HEADINGS]].index(heading)
    return [row[place].value for row in page.iter_rows(min_row=HEADINGS + 1)]


@pytest.mark.parametrize("name", ["referrals.txt", "rates.txt"])
def test_every_cell_is_as_the_golden_file_has_it(name: str) -> None:
    assert dump(goldens()[name]) == (GOLDEN / name).read_text(encoding="utf-8")


def test_the_columns_are_the_46_agreed_ones() -> None:
    hints = get_type_hints(ReferralRow, include_extras=True)
    columns = [hints[field.name].__metadata__[0] for field in fields(ReferralRow)]
    assert len(columns) == 46
    assert all(isinstance(one, Column) and one.guide for one in columns)
    places = {one.heading: number for number, one in enumerate(columns, 1)}
    agreed = {"Referral ID": 1, "NHS number": 4, "Surname": 7, "Title": 9, "Date of birth": 10}
    agreed |= {"GP practice name": 16, "Requester": 20, "Exam description": 23, "Found by": 36}
    agreed |= {"Confirmed at": 39, "90-day date": 41, "FLS outcome": 44, "Outcome date": 45}
    assert {heading: places[heading] for heading in agreed} == agreed


def test_there_are_four_sheets_in_order() -> None:
    titles = read(a_workbook()).sheetnames
    assert titles == ["Referrals", "Not referred", "Batch summary", "Column guide"]


@pytest.mark.parametrize("demo", [True, False])
def test_every_sheet_and_printed_page_bears_the_marking(demo: bool) -> None:
    for page in read(a_workbook(demo=demo)).worksheets:
        for text in (page["A1"].value, page.oddHeader.center.text):
            assert text.startswith("OFFICIAL-SENSITIVE: PERSONAL")
            assert ("DEMO - invented patients" in text) is demo


def test_the_same_values_give_the_same_bytes_in_another_process_on_another_day() -> None:
    code = (
        "import hashlib, time; time.time = lambda: 2e9; time.localtime = time.gmtime;"
        "from export_dump import goldens;"
        "print(hashlib.sha256(goldens()['referrals.txt']).hexdigest())"
    )
    here = hashlib.sha256(goldens()["referrals.txt"]).hexdigest()
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo"}
        env["PYTHONPATH"] = f"{ROOT}{os.pathsep}{Path(__file__).parent}"
        there = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True
        )
        assert there.stdout.strip() == here


def test_the_file_itself_bears_no_time_but_the_export() -> None:
    with ZipFile(BytesIO(a_workbook())) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.namelist() == sorted(archive.namelist())
        core = archive.read("docProps/core.xml").decode()
    assert core.count("2026-06-30T23:30:00Z") == 2


def test_another_value_gives_other_bytes() -> None:
    rows = [a_row(comments="seen"), *some_rows()[1:]]
    assert referral_workbook(a_batch(), rows, some_not_referred(), True) != a_workbook()


def test_numbers_that_are_names_stay_text() -> None:
    page = read(a_workbook())["Referrals"]
    assert column(page, "NHS number") == ["999 000 0018", None, "999 000 0026"]
    assert column(page, "Accession number")[0] == "00123"
    assert column(page, "NHS number status")[0] == "02"
    assert column(page, "Phone")[0] == "'+44 115 496 0000"


def test_dates_are_dates_shown_the_british_way() -> None:
    page = read(a_workbook())["Referrals"]
    assert column(page, "Date of birth")[0] == datetime(1950, 2, 1)  # noqa: DTZ001 - a cell's
    assert page["J4"].number_format == "dd/mm/yyyy"
    assert column(page, "Confirmed at")[0] == datetime(2026, 6, 30, 14, 3)  # noqa: DTZ001


def test_a_birth_before_march_1900_is_written_out_because_spreadsheets_disagree_on_it() -> None:
    content = referral_workbook(a_batch(), [a_row(born=date(1900, 1, 1))], [], True)
    assert column(read(content)["Referrals"], "Date of birth") == ["01/01/1900"]


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (date(2026, 7, 13), "12 days left"),
        (date(2026, 7, 2), "1 day left"),
        (date(2026, 7, 1), "due today"),
        (date(2026, 6, 30), "1 day overdue"),
        (date(2026, 5, 2), "60 days overdue"),
        (date(2026, 5, 1), "more than 60 days overdue"),
        (date(2026, 9, 29), "90 days left"),
        (date(2027, 9, 29), "more than 90 days left"),
    ],
)
def test_the_90_day_date_says_how_far_it_is(due: date, words: str) -> None:
    assert due_note(due, date(2026, 7, 1)) == words
    page = read(referral_workbook(a_batch(), [a_row(due=due)], [], True))["Referrals"]
    assert page["AO3"].value == "90-day date"
    assert page["AO4"].is_date
    assert page["AO4"].number_format == f'dd/mm/yyyy "({words})"'


def test_days_are_counted_from_the_british_day_of_export() -> None:
    page = read(a_workbook())["Referrals"]
    assert EXPORTED.date() == date(2026, 6, 30)
    assert '"(12 days left)"' in page["AO4"].number_format


def test_the_answers_are_picked_from_lists() -> None:
    book = read(a_workbook())
    lists = {
        str(one.sqref): one.formula1 for one in book["Referrals"].data_validations.dataValidation
    }

    def choices(cells: str) -> list[object]:
        place = lists[cells].split("!")[1].replace("$", "")
        return [row[0].value for row in book["Column guide"][place]]

    assert choices("AR4:AR6") == [outcome.value for outcome in Outcome]
    assert choices("AG4:AG6") == [status.words for status in ReportStatus]
    assert "AT4:AT6" in lists


def test_every_value_written_is_one_that_its_list_allows() -> None:
    book = read(a_workbook())
    page, guide = book["Referrals"], book["Column guide"]
    for one in page.data_validations.dataValidation:
        place = one.formula1.split("!")[1].replace("$", "")
        allowed = {row[0].value for row in guide[place]} | {None}
        cells = str(one.sqref)
        assert {row[0].value for row in page[cells]} <= allowed, cells


def test_the_not_referred_carry_a_number_and_a_reason_only() -> None:
    page = read(a_workbook())["Not referred"]
    assert [cell.value for cell in page[HEADINGS]] == ["Referral or case ID", "Reason"]


def test_the_summary_counts_and_anchors_the_trail() -> None:
    page = read(a_workbook())["Batch summary"]
    facts = {row[0].value: row[1].value for row in page.iter_rows(min_row=HEADINGS + 1)}
    assert (facts["Rows NEW"], facts["Rows AMENDED"], facts["Rows in all"]) == (2, 1, 3)
    assert (facts["Not referred"], facts["Looked at in all"]) == (1, 4)
    assert (facts["Trail entry"], facts["Trail hash"]) == (412, "9f" * 32)
    assert facts["Purpose"] == "DIRECT_CARE"


def test_an_empty_batch_is_still_a_workbook() -> None:
    assert read(referral_workbook(a_batch(), [], [], False))["Referrals"].max_row == HEADINGS


def test_the_file_name_is_the_batch_and_nothing_else() -> None:
    assert file_name("B-2026-0007") == "fls-referrals-B-2026-0007.xlsx"


@pytest.mark.parametrize("named", ["", "Ann Demo", "../x", "B_1", "B" * 41, "B\n", "-B", "Bé"])
def test_a_batch_named_by_anything_else_has_no_file_name(named: str) -> None:
    with pytest.raises(ValueError, match="letters, digits and hyphens"):
        file_name(named)


def test_libreoffice_reads_what_was_written(tmp_path: Path) -> None:
    if not SOFFICE.exists():
        absent("LibreOffice is not installed.")
    (tmp_path / "batch.xlsx").write_bytes(a_workbook())
    shown = "csv:Text - txt - csv (StarCalc):44,34,76"
    subprocess.run(
        [
            str(SOFFICE),
            f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
            "--headless",
            "--convert-to",
            shown,
            "--outdir",
            str(tmp_path),
            str(tmp_path / "batch.xlsx"),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    (written,) = tmp_path.glob("*.csv")
    with written.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))[HEADINGS - 1 :]
    page = read(a_workbook())["Referrals"]
    assert rows[0] == [cell.value for cell in page[HEADINGS]]
    for got, cells in zip(rows[1:], page.iter_rows(min_row=HEADINGS + 1), strict=True):
        for text, cell in zip(got, cells, strict=True):
            if isinstance(cell.value, datetime):
                assert text.startswith(f"{cell.value:%d/%m/%Y}"), cell.coordinate
            else:
                assert text == str("" if cell.value is None else cell.value), cell.coordinate
    assert "13/07/2026 (12 days left)" in rows[1]
