from pathlib import Path

import pytest
from result_builders import CELLS, a_file, a_table

from components.imaging.result_tables import REPORT_COLUMNS, RESULT_COLUMNS
from components.imaging.results import (
    UnusableResult,
    read_reports,
    read_results,
)
from store.domain.arrival import AiFinding, Ending
from store.domain.morphometry import Heights
from store.domain.spine import Level


def test_a_table_gives_one_result_a_scan(tmp_path: Path) -> None:
    rows = (
        CELLS | {"anterior_mm": "17", "middle_mm": "21", "posterior_mm": "25", "grade": "2"},
        {"product": "P", "version": "1", "study_uid": "1.2", "ending": "AI_NEGATIVE"},
        CELLS | {"level": "T12", "loss": "0.22"},
        {"product": "P", "version": "1", "accession": "9", "ending": "AI_FAILED", "reason": "r"},
        CELLS | {"accession": "10", "level": "", "loss": ""},
    )
    reading = read_results(a_file(tmp_path, a_table(*rows)))
    assert reading.refusals == ()
    first, second, third, fourth = reading.results
    assert [finding.level for finding in first.findings] == [Level.L1, Level.T12]
    assert first.findings[0].heights == Heights(17, 21, 25)
    assert (second.study_uid, second.ending) == ("1.2", Ending.NEGATIVE)
    assert third.ending is Ending.FAILED
    assert fourth.findings == (AiFinding(None),)
    assert len({result.digest for result in reading.results}) == 4


def test_the_digest_is_that_of_the_rows_not_of_the_file(tmp_path: Path) -> None:
    rows = (CELLS, CELLS | {"level": "T12"}, CELLS | {"accession": "9"})
    forward = read_results(a_file(tmp_path, a_table(*rows))).results
    backward = read_results(a_file(tmp_path, a_table(*reversed(rows)))).results
    assert {result.digest for result in forward} == {result.digest for result in backward}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"loss": "32"}, "Was a percentage passed"),
        ({"loss": "nan"}, "not a number"),
        ({"loss": "0,32"}, "not a number"),
        ({"loss": "1e-1"}, "not a number"),
        ({"level": "T99"}, "T1 to T13"),
        ({"ending": "yes"}, "“ending” is one of"),
        ({"ending": "AI_NEGATIVE"}, "but the ending is AI_NEGATIVE"),
        ({"accession": ""}, "It names no scan"),
        ({"study_uid": "abc"}, "no DICOM UID"),
        ({"product": ""}, "“product” is empty"),
        ({"anterior_mm": "17"}, "1 of the three heights"),
        ({"level": "T12"}, "flagged twice"),
        ({"threshold_rule": "other"}, "another ending, reason or rule"),
    ],
)
def test_one_bad_row_is_refused_and_the_others_are_read(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    rows = (CELLS | {"level": "T12"}, CELLS | {"level": "L2"} | change, CELLS | {"accession": "2"})
    reading = read_results(a_file(tmp_path, a_table(*rows)))
    assert [result.accession for result in reading.results] == ["00123", "2"]
    (refusal,) = reading.refusals
    assert refusal.startswith("Row 3: ")
    assert words in refusal


def test_a_row_of_another_length_is_refused_alone(tmp_path: Path) -> None:
    reading = read_results(a_file(tmp_path, a_table(CELLS) + "a,b\n\n"))
    assert len(reading.results) == 1
    assert reading.refusals[0].startswith("Row 3: It has more or fewer fields")


def test_missing_columns_are_named(tmp_path: Path) -> None:
    names = tuple(name for name in RESULT_COLUMNS if name not in ("loss", "grade"))
    with pytest.raises(UnusableResult, match=r"missing: loss, grade\."):
        read_results(a_file(tmp_path, a_table(CELLS, names=names)))


def test_a_column_that_stands_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableResult, match="stand twice: loss"):
        read_results(a_file(tmp_path, a_table(CELLS, names=(*RESULT_COLUMNS, "loss"))))


def test_columns_may_stand_in_any_order_and_others_are_not_read(tmp_path: Path) -> None:
    names = (*reversed(RESULT_COLUMNS), "Remark")
    plain = read_results(a_file(tmp_path, a_table(CELLS))).results
    assert read_results(a_file(tmp_path, a_table(CELLS, names=names))).results == plain


def test_a_quotation_mark_never_closed_refuses_the_table(tmp_path: Path) -> None:
    with pytest.raises(UnusableResult, match="a quotation mark is open"):
        read_results(a_file(tmp_path, a_table(CELLS) + '"Example\n' + a_table(CELLS)))


def test_reports_are_read_with_line_breaks_and_commas(tmp_path: Path) -> None:
    content = (
        "accession,study_uid,status,reported,text\n"
        '00123,,F,2026-10-03,"Lungs clear,\nno ""acute"" fracture."\n'
        "9,1.2.3,c,03/10/2026,Corrected.\n"
        "10,,,,Plain.\n"
    )
    reports = read_reports(a_file(tmp_path, content))
    assert reports.refusals == ()
    first, second, third = reports.reports
    assert first.text == 'Lungs clear,\nno "acute" fracture.'
    assert first.accession == "00123"
    assert first.reported == second.reported
    assert (second.status, second.study_uid) == ("C", "1.2.3")
    assert (third.status, third.reported) == ("F", None)
    assert len({report.digest for report in reports.reports}) == 3


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"text": "  "}, "“text” is empty"),
        ({"text": "a\x07"}, "control characters"),
        ({"text": "x" * 100_001}, "100001 characters; 100000 fit"),
        ({"status": "X"}, "P, F or C"),
        ({"reported": "10/31/2026"}, "“reported” is a day"),
        ({"reported": "31.10.2026"}, "“reported” is a day"),
        ({"accession": ""}, "names no scan"),
    ],
)
def test_one_bad_report_is_refused_and_the_others_are_read(
    tmp_path: Path, change: dict[str, str], words: str
) -> None:
    good = {"accession": "1", "text": "Clear."}
    content = a_table(good | change, good, names=REPORT_COLUMNS)
    reports = read_reports(a_file(tmp_path, content))
    assert len(reports.reports) == 1
    assert words in reports.refusals[0]


def test_a_refusal_never_repeats_what_the_row_says(tmp_path: Path) -> None:
    bad = {name: f"Jones{number}" for number, name in enumerate(RESULT_COLUMNS)}
    refusals = read_results(a_file(tmp_path, a_table(bad, CELLS))).refusals
    assert len(refusals) == 1
    assert "Jones" not in refusals[0]
