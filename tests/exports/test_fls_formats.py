"""The same referrals as text, FHIR and HL7: parsed by other programs, with traps in every field."""

import csv
import json
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

import hl7
import pytest
from export_builders import EXPORTED, a_batch, some_rows
from fhir.resources.R4B.bundle import Bundle
from hypothesis import given
from hypothesis import strategies as st

from app.formats import NAMES
from components.imaging.sr_codes import LEVELS
from exports import fhir
from exports.fls import columns_of
from exports.fls_csv import referral_csv
from exports.fls_return import read_return
from exports.fls_rows import ReferralRow
from exports.hl7_message import BUILT_IN, check_template, escaped, message
from exports.level_codes import SNOMED
from store.domain.episode import Due
from store.domain.genant import FractureType, Grade
from store.domain.identity import NhsNumber, NhsNumberStatus, Patient
from store.domain.referral import Facts, Fracture
from store.domain.refusal import Unusable
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level

TRAP = "O'Neill|^&~\\<b>\r\n=1+1"


def facts(**changes: object) -> Facts:
    who = Patient(
        NhsNumber("9990000018"), NhsNumberStatus.NOT_TRACED, "H|1", TRAP, "Ann", "Ms",
        date(1950, 2, 1), "F", "NG7 2UH",
    )  # fmt: skip
    values: dict[str, Any] = {
        "patient": who, "scanned": date(2026, 10, 3), "site": "RX1", "exam": "CT chest",
        "accession": "00123", "indication": TRAP, "specialty": "", "requester": "",
        "fractures": (
            Fracture(Level.T13, Grade.MILD, None, None),
            Fracture(Level.L1, Grade.SEVERE, FractureType.WEDGE, 0.42),
        ),
        "report_status": ReportStatus.NOT_MENTIONED, "recommendation": Recommendation.NONE,
        "found_by": ("AI + confirmed",), "product": "Product 1.2", "confirmed_by": "A Lead",
        "confirmed_at": datetime(2026, 10, 5, 12, tzinfo=UTC), "checked": (),
    }  # fmt: skip
    return Facts(**{**values, **changes})


ROWS = [
    fhir.Told("RX1-000001", Due.NEW, "", facts(study_uid="1.2.3")),
    fhir.Told("RX1-000002", Due.WITHDRAWN, "Withdrawn: has died.", facts()),
]


def test_the_text_has_the_workbooks_columns_and_comes_back_like_it() -> None:
    content = referral_csv(a_batch(), some_rows())
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[0] == [column.heading for column in columns_of(ReferralRow)]
    assert len(rows) == 4
    assert not [cell for row in rows for cell in row if cell[:1] in ("=", "+", "-", "@")]
    found = read_return(content)
    assert [row.referral for row in found.rows] == ["RX1-000041", "RX1-000042", "RX1-000043"]
    assert found.rows[0].whom["NHS number"] == "9990000018"
    assert found.batches == ("B-2026-0007",)


def test_the_bundle_is_fhir_by_another_program_and_the_same_each_time() -> None:
    content = fhir.bundle("ab" * 16, EXPORTED, ROWS, demo=True)
    assert content == fhir.bundle("ab" * 16, EXPORTED, ROWS, demo=True)
    parsed = Bundle.model_validate_json(content)
    assert json.loads(parsed.model_dump_json())["type"] == "collection"
    entries = [entry["resource"] for entry in json.loads(content)["entry"]]
    kinds = [one["resourceType"] for one in entries]
    assert kinds == ["Patient", "ServiceRequest", "Observation", "Observation", "Patient",
                     "ServiceRequest"]  # fmt: skip
    assert entries[0]["name"][0]["family"] == TRAP
    assert entries[0]["identifier"][0]["value"] == "9990000018"
    assert "coding" not in entries[2]["bodySite"], "T13 has no code"
    assert entries[3]["bodySite"]["coding"][0]["code"] == SNOMED[Level.L1]
    assert entries[3]["component"][1]["valueQuantity"]["value"] == 42.0
    assert [entries[n]["status"] for n in (1, 5)] == ["active", "revoked"]
    study = {"system": "urn:dicom:uid", "value": "urn:oid:1.2.3"}
    assert entries[1]["supportingInfo"][-1] == {"type": "ImagingStudy", "identifier": study}
    assert "supportingInfo" not in entries[5], "a batch from before the study was told"


REQUIRED = {
    "ServiceRequest": {"status": {"active", "revoked"}, "intent": {"order"},
                       "priority": {"routine"}},
    "Observation": {"status": {"final"}},
    "Patient": {"gender": {"male", "female", "other", "unknown"}},
}  # fmt: skip
"""The library takes any word here. Source: FHIR R4, required value sets."""


def test_required_words_references_and_ids_hold_together() -> None:
    whole = json.loads(fhir.bundle("ab" * 16, EXPORTED, ROWS, demo=False))
    urls = [entry["fullUrl"] for entry in whole["entry"]]
    assert len(set(urls)) == len(urls)
    for entry in whole["entry"]:
        one = entry["resource"]
        assert entry["fullUrl"] == f"urn:uuid:{one['id']}"
        for name, allowed in REQUIRED[one["resourceType"]].items():
            assert one[name] in allowed
    text = json.dumps(whole)
    named = {part.split('"')[0] for part in text.split('"reference": "')[1:]}
    assert named <= set(urls)


def test_the_codes_are_those_that_results_are_read_by() -> None:
    read = {level: value for (value, scheme), level in LEVELS.items() if scheme == "SCT"}
    assert all(read[level] == code for level, code in SNOMED.items())


VALUES = dict.fromkeys(NAMES, "") | {"surname": TRAP, "nhs_number": "9990000018", "site": "RX1"}
FRACTURES = [{"n": "1", "level": "T8", "grade": "1"}, {"n": "2", "level": "L1", "grade": "3"}]


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_message_is_read_back_by_another_program(name: str) -> None:
    check_template(BUILT_IN[name], NAMES)
    text = message(BUILT_IN[name], VALUES, FRACTURES).decode()
    parsed = hl7.parse(text)
    (pid,) = parsed.segments("PID")
    assert parsed.unescape(str(pid[5][0][0])) == TRAP.replace("\r\n", "\r")
    assert str(pid[3][0][0]) == "9990000018"
    if name == "ref":
        assert [str(one[3][0][1]) for one in parsed.segments("DG1")] == [
            "T8 vertebral fracture, grade 1",
            "L1 vertebral fracture, grade 3",
        ]


@given(st.text(max_size=60))
def test_no_value_leaves_its_field(text: str) -> None:
    assert not set(escaped(text)) & set("|^&~\r\n")


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("MSH|^~\\&|{hospital}", "names {hospital}, which is not known. Known are: accession"),
        ("PID|{surname}", "does not begin with"),
        ("MSH|^~\\&|x\nhello", "Line 2 of the HL7 template is no segment"),
        ("", "does not begin with"),
    ],
)
def test_a_template_that_cannot_be_used_is_refused_with_the_reason(
    template: str, words: str
) -> None:
    with pytest.raises(Unusable, match=words.replace("{", "\\{")):
        check_template(template, NAMES)
