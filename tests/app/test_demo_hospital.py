"""The demo hospital is invented throughout, covers what reviewers meet, and repeats exactly."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace
from datetime import date
from itertools import product
from pathlib import Path

import pydicom
import pytest

from app.demo.answers import COLUMNS, Subject, as_rows, as_spine_report, as_table, written
from app.demo.hospital import TODAY, delivered, reports, write_hospital
from app.demo.patients import CATALOGUE
from app.demo.prose import REPORTS
from app.demo.visits import CHEST, Build, Form, Patient, Visit
from components.imaging.phantom import Packing, plan
from store.domain.arrival import Ending
from store.domain.genant import FractureType, Grade
from store.domain.identity import NhsNumber, UnusableNhsNumber, age_on
from store.domain.morphometry import assess
from store.domain.report import ReportStatus
from store.domain.spine import Level

VISITS = [(patient, number) for patient in CATALOGUE for number in range(len(patient.visits))]
SMALL = Build(spacing_mm=(6.0, 3.0, 3.0), size=64, noise_hu=10.0)


def visit(at: tuple[Patient, int]) -> Visit:
    return at[0].visits[at[1]]


def subject(at: tuple[Patient, int]) -> Subject:
    """What the AI would be given, without drawing the scan."""
    patient, number = at
    shown = visit(at)
    spine = plan(
        *shown.cover, fractures=shown.fractures, mimics=shown.mimics, stature=shown.stature
    )
    truth = {lv: spine.heights(lv) for lv in spine.levels if lv != Level.S1}
    return Subject(patient, number, "2.25.1", "2.25.2", TODAY, truth)


def small(patient: Patient) -> Patient:
    visits = [
        replace(v, build=replace(SMALL, maker=v.build.maker, missing=v.build.missing))
        for v in patient.visits
    ]
    return replace(patient, visits=tuple(visits))


def tree(folder: Path) -> dict[str, bytes]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def hospital(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hospital")
    chosen = [p for p in CATALOGUE if p.number in (5, 13, 19, 20, 22, 23, 24)]
    write_hospital(folder, lambda *_: None, workers=1, patients=tuple(map(small, chosen)))
    return folder


def test_every_name_says_that_it_is_invented() -> None:
    assert len(CATALOGUE) >= 24
    assert all(patient.name.startswith("Demo-") for patient in CATALOGUE)
    assert len({patient.name for patient in CATALOGUE}) == len(CATALOGUE)


def test_nhs_numbers_are_valid_never_issued_and_differ_but_one_is_wrong() -> None:
    wrong = [patient for patient in CATALOGUE if patient.false_digit]
    assert len(wrong) == 1
    with pytest.raises(UnusableNhsNumber, match="check digit"):
        NhsNumber.parse(wrong[0].nhs_number)
    right = [NhsNumber.parse(p.nhs_number) for p in CATALOGUE if not p.false_digit]
    assert all(number.invented for number in right)
    assert len({number.digits for number in right}) == len(right)


def test_ages_are_those_asked_for_and_one_is_below_fifty() -> None:
    ages = [age_on(patient.born(TODAY), TODAY) for patient in CATALOGUE]
    assert ages == [patient.age for patient in CATALOGUE]
    assert min(ages) == 47
    assert max(ages) == 92


def test_every_grade_of_every_shape_is_planted() -> None:
    planted = {(f.shape, f.grade) for at in VISITS for f in visit(at).fractures.values()}
    assert planted >= set(product(FractureType, (Grade.MILD, Grade.MODERATE, Grade.SEVERE)))


def test_planted_levels_are_fractures_by_their_heights_and_others_are_not() -> None:
    for at in VISITS:
        shown = visit(at)
        whole = {lv: h for lv, h in subject(at).truth.items() if lv not in ("T1", "T2", "T3")}
        if len(whole) < 4:
            continue
        graded = assess(whole)
        for level, planted in shown.fractures.items():
            assert graded[level].grade, (at[0].number, level)
            assert abs((graded[level].loss or 0) - planted.loss) < 0.05, (at[0].number, level)
        sound = set(whole) - set(shown.fractures) - set(shown.mimics)
        assert not any(graded[lv].grade for lv in sound), at[0].number


def test_every_report_status_is_met() -> None:
    assert {visit(at).meant for at in VISITS} == set(ReportStatus)


def test_a_report_is_there_unless_none_is_meant() -> None:
    for patient, number in VISITS:
        absent = patient.visits[number].meant is ReportStatus.NO_REPORT
        assert ((patient.number, number) in REPORTS) is not absent
    assert {status for status, _ in REPORTS.values()} == {"F", "P", "C"}


def test_a_report_meant_to_be_silent_does_not_speak_of_the_spine() -> None:
    for patient, number in VISITS:
        if patient.visits[number].meant is ReportStatus.NOT_MENTIONED:
            text = REPORTS[patient.number, number][1].lower()
            assert not any(word in text for word in ("vertebra", "spine", "spinal", "wedge"))


def test_every_ending_and_form_of_answer_is_met() -> None:
    answers = [visit(at).answer for at in VISITS]
    assert {answer.ending for answer in answers} == set(Ending)
    assert {answer.form for answer in answers} == set(Form)
    failed = {answer.reason for answer in answers if answer.ending is Ending.FAILED}
    assert len(failed) == 2
    assert any(flag.level is None for answer in answers for flag in answer.flags)


def test_there_are_enough_deliveries_with_one_table_for_several_scans() -> None:
    found = delivered(CATALOGUE)
    assert len(found) >= 26
    assert len({delivery.name for delivery in found}) == len(found)
    assert Counter(len(delivery.visits) > 1 for delivery in found)[True] == 1


@pytest.mark.parametrize("at", VISITS, ids=lambda at: f"{at[0].number}-{at[1]}")
def test_an_answer_can_be_read_back_and_names_what_was_flagged(at: tuple[Patient, int]) -> None:
    given = subject(at)
    flagged = {flag.level for flag in given.answer.flags}
    if given.answer.form is Form.CSV:
        table = list(csv.DictReader(io.StringIO(as_table(as_rows(given)), newline="")))
        assert tuple(table[0]) == COLUMNS
        assert {row["level"] for row in table} - {""} == flagged
        losses = [float(row["loss"]) for row in table if row["level"]]
    elif given.answer.form is Form.JSON:
        findings = json.loads(written(given))["findings"]
        assert {found["level"] for found in findings} == flagged
        losses = [found["loss"] for found in findings if found["level"]]
    else:
        results = json.loads(as_spine_report(given))["results"]
        over = {
            key.split("_")[1]: value
            for key, value in results.items()
            if key.endswith("_height_difference") and value > 0.2
        }
        assert set(over) == flagged
        losses = list(over.values())
    assert all(0.2 < loss < 0.7 for loss in losses)


def test_the_headers_say_what_the_catalogue_says(hospital: Path) -> None:
    seen = {}
    for path in sorted(hospital.rglob("*.dcm")):
        ds = pydicom.dcmread(path, stop_before_pixels=True)
        seen[ds.AccessionNumber] = ds
    for number in (5, 19, 20, 24):
        patient = next(p for p in CATALOGUE if p.number == number)
        ds = seen[patient.accession(0)]
        assert ds.PatientName == patient.name
        assert ds.PatientID == patient.hospital_number
        assert ds.OtherPatientIDsSequence[0].PatientID == patient.nhs_number
        assert ds.InstitutionName == patient.visits[0].site
    unknown = next(p for p in CATALOGUE if not p.known)
    assert seen[unknown.accession(0)].PatientID == ""


def test_a_repeated_series_has_the_same_slices_once_under_other_names(hospital: Path) -> None:
    copies = [
        {p.name: p.read_bytes() for p in sorted(folder.glob("*.dcm"))}
        for folder in sorted((hospital / "inbox").iterdir())
        if any(
            pydicom.dcmread(p, stop_before_pixels=True).PatientID == "DEMO00024"
            for p in sorted(folder.glob("*.dcm"))[:1]
        )
    ]
    assert len(copies) == 3
    assert len({frozenset(copy.values()) for copy in copies}) == 1
    assert len({frozenset(copy) for copy in copies}) == 2


def test_reports_join_to_scans_and_keep_markup_and_formulas_as_written(hospital: Path) -> None:
    with (hospital / "reports.csv").open(encoding="utf-8", newline="") as page:
        rows = {row["accession"]: row for row in csv.DictReader(page)}
    text = rows["DX00201"]["text"]
    assert text.startswith("=HYPERLINK(")
    assert "<b>" in text
    ds = pydicom.dcmread(next((hospital / "inbox").rglob("*.dcm")), stop_before_pixels=True)
    row = rows.get(ds.AccessionNumber)
    assert row is None or row["study_uid"] == ds.StudyInstanceUID
    assert "DX00221" not in rows
    assert all(date.fromisoformat(row["reported"]) <= TODAY for row in rows.values())


def test_the_same_day_gives_the_same_bytes(tmp_path: Path) -> None:
    chosen = tuple(small(p) for p in CATALOGUE if p.number in (13, 20))
    for turn in ("a", "b"):
        write_hospital(tmp_path / turn, lambda *_: None, workers=1, patients=chosen)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_progress_counts_every_delivery_to_the_end(tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    chosen = tuple(small(p) for p in CATALOGUE if p.number in (12, 13))
    write_hospital(
        tmp_path, lambda done, of, _: told.append((done, of)), workers=1, patients=chosen
    )
    assert told == [(0, 2), (1, 2), (2, 2)]
    assert not (tmp_path / ".making").exists()


def test_an_interrupted_run_is_taken_up_and_what_is_there_is_left(tmp_path: Path) -> None:
    chosen = tuple(small(p) for p in CATALOGUE if p.number in (12, 13))
    write_hospital(tmp_path, lambda *_: None, workers=1, patients=chosen[:1])
    before = tree(tmp_path / "inbox")
    (tmp_path / ".making" / "half").mkdir(parents=True)
    told: list[int] = []
    write_hospital(tmp_path, lambda done, *_: told.append(done), workers=1, patients=chosen)
    after = tree(tmp_path / "inbox")
    assert told == [0, 1]
    assert before.items() < after.items()
    assert not any("half" in name for name in after)


def test_reports_of_another_day_move_with_it() -> None:
    late = list(csv.DictReader(io.StringIO(reports(CATALOGUE, date(2027, 3, 1)), newline="")))
    assert max(row["reported"] for row in late) <= "2027-03-01"
    assert max(row["reported"] for row in late) > "2027-02-20"


def test_packed_scans_and_thin_slices_are_among_them() -> None:
    builds = [visit(at).build for at in VISITS]
    assert {build.packing for build in builds} >= {Packing.JPEG_LS, Packing.JPEG_2000}
    assert min(build.spacing_mm[0] for build in builds) == 1.0
    assert len({build.maker for build in builds}) == 4
    assert any(visit(at).cover == CHEST for at in VISITS)
