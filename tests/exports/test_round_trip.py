"""Exported, opened and filled in by a real LibreOffice, saved, and read again: nothing is lost."""

from datetime import date
from pathlib import Path

from export_builders import a_batch, a_row
from office import edited

from exports.fls import referral_workbook
from exports.fls_return import read_return
from store.domain.identity import NhsNumber
from store.domain.outcome import Advice, Answer, Outcome, folded

DEEDS = """
sheet.getCellRangeByName("AR4").String = "accepted"
sheet.getCellRangeByName("AS4").Value = 46359
sheet.getCellRangeByName("AT4").String = "DXA"
sheet.getCellRangeByName("AR5").String = "died"
sheet.getCellRangeByName("AS5").NumberFormat = 0
sheet.getCellRangeByName("AS5").Value = 46360
sheet.getCellRangeByName("AR6").String = "declined by patient"
sheet.getCellRangeByName("AS6").String = "5 Dec 2026"
sheet.getCellRangeByName("D6").NumberFormat = 0
sheet.getCellRangeByName("D6").Value = 9990000034
sheet.getCellRangeByName("AR7").Formula = "=CONCATENATE(""acc"";""epted"")"
sheet.getCellRangeByName("G8").String = "SOMEBODY ELSE"
sheet.Rows.removeByIndex(8, 1)
sheet.Rows.insertByIndex(3, 2)
sheet.Columns.insertByIndex(0, 1)
"""
NUMBERS = ("9990000018", "9990000026", "9990000034", "9990000042", "9990000050", "9990000069")


def test_what_was_filled_in_by_libreoffice_is_read_row_by_row(tmp_path: Path) -> None:
    rows = [
        a_row(referral_id=f"RX1-{n:06}", nhs_number=NhsNumber(number), surname="=DEMO(1)")
        for n, number in enumerate(NUMBERS, start=1)
    ]
    book, text = edited(tmp_path, referral_workbook(a_batch(), rows, [], True), DEEDS)
    for content in (book, text):
        found = read_return(content).rows
        assert [row.referral for row in found] == [f"RX1-{n:06}" for n in range(1, 6)]
        assert [row.whom["NHS number"] for row in found] == list(NUMBERS[:5])
        assert [row.whom["Surname"] for row in found] == [folded("=DEMO(1)")] * 4 + [
            "somebody else"
        ]
        assert {row.whom["Date of birth"] for row in found} == {"1950-02-01"}
        assert {row.batch for row in found} == {"B-2026-0007"}
        assert [row.answer for row in found[:3]] == [
            Answer(Outcome.ACCEPTED, date(2026, 12, 3), Advice.DXA),
            Answer(Outcome.DIED, date(2026, 12, 4)),
            Answer(Outcome.DECLINED, date(2026, 12, 5)),
        ]
    assert read_return(book).rows[3].faults == (
        "“FLS outcome” holds a formula; paste it as a value",
    )
    # Saved as text, what a formula gave is all there is.
    assert read_return(text).rows[3].answer == Answer(Outcome.ACCEPTED)
