"""The files in which an AI gives its answer on a phantom."""

import csv
import io
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from app.demo.visits import Answer, Flag, Form, Patient
from store.domain.arrival import Ending
from store.domain.genant import grade
from store.domain.morphometry import Heights, vendor_loss
from store.domain.spine import Level

FORMULA = "1 - min(Ha, Hm) / Hp"
THRESHOLD = "loss > 20 %"
_ERROR_MM = 0.45
"""Standard deviation of the vendor's error in one height."""
_QUIET = 0.185
"""A vertebra the vendor does not flag reads no more than this."""
PRODUCT, VERSION = "Demo Vertebra Finder", "2.3.1"
"""Answers in JSON, and sends a picture with a flag on the whole scan."""

COLUMNS = (
    "product", "version", "study_uid", "accession", "ending", "reason", "threshold_rule", "level",
    "loss", "grade", "formula", "anterior_mm", "middle_mm", "posterior_mm",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subject:
    """The scan an answer is about."""

    patient: Patient
    visit: int
    study_uid: str
    series_uid: str
    scanned: date
    truth: Mapping[Level, Heights]

    @property
    def answer(self) -> Answer:
        """What the AI said of it."""
        return self.patient.visits[self.visit].answer


def file_name(form: Form) -> str:
    """Name of the answer's file beside the scan."""
    return {
        Form.SPINE_REPORT: "spine_report.json",
        Form.JSON: "vcf_result.json",
        Form.CSV: "vcf_results.csv",
    }[form]


def as_json(subject: Subject) -> str:
    """Our plain JSON form."""
    answer = subject.answer
    return json.dumps(
        {
            "schema": "vcf-review-result/1",
            "product": PRODUCT,
            "version": VERSION,
            "study_uid": subject.study_uid,
            "series_uid": subject.series_uid,
            "accession": subject.patient.accession(subject.visit),
            "ending": answer.ending.value,
            "reason": answer.reason,
            "threshold_rule": THRESHOLD,
            "findings": [_finding(subject, flag) for flag in answer.flags],
        },
        indent=1,
    )


def _finding(subject: Subject, flag: Flag) -> dict[str, object]:
    heights = _seen(subject, flag)
    if heights is None:
        return dict.fromkeys(("level", "loss", "grade", "heights_mm")) | {"formula": ""}
    loss = round(vendor_loss(heights), 3)
    return {
        "level": flag.level,
        "loss": loss,
        "grade": int(grade(loss)),
        "formula": FORMULA,
        "heights_mm": [*heights.three],
    }


def as_rows(subject: Subject) -> list[dict[str, object]]:
    """One row a finding of our CSV form; a single bare row where there is none."""
    answer = subject.answer
    head: dict[str, object] = {
        "product": "Example Spine Screen",
        "version": "1.4",
        "study_uid": subject.study_uid,
        "accession": subject.patient.accession(subject.visit),
        "ending": answer.ending.value,
        "reason": answer.reason,
        "threshold_rule": THRESHOLD,
    }
    rows = []
    for flag in answer.flags:
        found = _finding(subject, flag)
        heights = found.pop("heights_mm")
        names = ("anterior_mm", "middle_mm", "posterior_mm")
        split = dict(zip(names, heights, strict=True)) if isinstance(heights, list) else {}
        rows.append(head | found | split)
    return rows or [head]


def as_table(rows: list[dict[str, object]]) -> str:
    """The rows of several scans as one CSV file."""
    page = io.StringIO(newline="")
    writer = csv.DictWriter(page, COLUMNS, restval="")
    writer.writeheader()
    for row in rows:
        writer.writerow({key: "" if value is None else value for key, value in row.items()})
    return page.getvalue()


def as_spine_report(subject: Subject) -> str:
    """The form of TotalSegmentator's spine report: every level's heights, and no verdict."""
    flags = {flag.level: flag for flag in subject.answer.flags}
    results: dict[str, float] = {}
    worst = 0.0
    for level in subject.truth:
        heights = _seen(subject, flags[level]) if level in flags else _unremarkable(subject, level)
        if heights is None:
            continue
        difference = round(1 - min(heights.three) / max(heights.three), 2)
        for part, value in zip(
            ("posterior", "middle", "anterior"), heights.three[::-1], strict=True
        ):
            results[f"vertebrae_{level}_height_{part}_mm"] = value
        results[f"vertebrae_{level}_height_difference"] = difference
        if level.value[0] == "L":
            worst = max(worst, difference)
    results["LWS_max"] = worst
    metadata = {
        "PatientName": subject.patient.name,
        "PatientSex": subject.patient.sex,
        "PatientAge": subject.patient.age,
        "PatientID": subject.patient.hospital_number,
        "StudyDate": f"{subject.scanned:%Y%m%d}",
        "version": "0.1.0",
    }
    return json.dumps({"results": results, "metadata": metadata}, indent=4)


def _seen(subject: Subject, flag: Flag) -> Heights | None:
    """The heights the vendor measured for one flag, with its error; None without a level."""
    level = flag.really or flag.level
    if level is None:
        return None
    heights = _erring(subject, level)
    if flag.loss is not None:
        heights = replace(heights, anterior_mm=round(heights.posterior_mm * (1 - flag.loss), 1))
    elif vendor_loss(heights) <= 0.205 and subject.answer.ending is Ending.POSITIVE:
        # A mild fracture may fall under the vendor's threshold by its error; it was flagged.
        low = round(heights.posterior_mm * 0.79, 1)
        anterior_lower = heights.anterior_mm < heights.middle_mm
        heights = (
            replace(heights, anterior_mm=low) if anterior_lower else replace(heights, middle_mm=low)
        )
    return heights


def _unremarkable(subject: Subject, level: Level) -> Heights:
    heights = _erring(subject, level)
    highest = max(heights.three)
    a, m, p = (round(max(h, highest * (1 - _QUIET)), 1) for h in heights.three)
    return Heights(a, m, p)


def _erring(subject: Subject, level: Level) -> Heights:
    rng = random.Random(f"{subject.patient.number}/{subject.visit}/{level}")
    a, m, p = (round(h + rng.gauss(0, _ERROR_MM), 1) for h in subject.truth[level].three)
    return Heights(a, m, p)


def written(subject: Subject) -> str:
    """The answer's file where it is about this scan alone."""
    return (as_spine_report if subject.answer.form is Form.SPINE_REPORT else as_json)(subject)
