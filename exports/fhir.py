"""The referrals of a batch as a FHIR R4 collection: Patient, ServiceRequest, Observation.

Names are those of the UK Core profiles; conformance to them is not claimed, as nothing here
checked it. Source: FHIR R4 (4.0.1); https://fhir.hl7.org.uk (UKCore-Patient,
UKCore-ServiceRequest).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from exports.level_codes import SNOMED
from store.domain.codes import NO_PRACTICE, sex_words
from store.domain.episode import Due
from store.domain.genant import Grade
from store.domain.referral import Facts, Fracture

Resource = dict[str, Any]
PROFILE = "https://fhir.hl7.org.uk/StructureDefinition/"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
SCT = "http://snomed.info/sct"
FRACTURE = {"system": SCT, "code": "42942008"}
"""Compression fracture of vertebral column. Source: INTEROP, two agreeing sources."""
_SEVERITY = {Grade.MILD: "255604002", Grade.MODERATE: "6736007", Grade.SEVERE: "24484000"}
"""Source: DICOM PS3.16 CID 3716."""
_GENDER = {
    **{word: word for word in ("male", "female", "other")},
    **dict.fromkeys(("ambiguous", "indeterminate"), "other"),
}
"""By what a code means in its own system; every other is "unknown"."""
_ROOT = UUID("8f4b0d0e-6a0b-5e43-9c5e-2d4c2d7f5a10")
"""Names every id: the same batch gives the same ids, whoever makes it."""


@dataclass(frozen=True, slots=True)
class Told:
    """One row of a batch."""

    number: str
    status: Due
    said: str
    facts: Facts


def bundle(batch_id: str, at: datetime, rows: Sequence[Told], *, demo: bool) -> bytes:
    """*rows* as the bytes of a JSON bundle; the same values always give the same bytes."""
    entries = [entry for row in rows for entry in _entries(batch_id, at, row)]
    whole: Resource = {
        "resourceType": "Bundle",
        "id": str(uuid5(_ROOT, batch_id)),
        "identifier": {
            "system": "urn:ietf:rfc:3986",
            "value": f"urn:uuid:{uuid5(_ROOT, batch_id)}",
        },
        "type": "collection",
        "timestamp": at.isoformat(timespec="seconds"),
        "entry": entries,
    }
    if demo:
        tag = {"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "HTEST"}
        whole["meta"] = {"tag": [tag]}
    return json.dumps(_filled(whole), ensure_ascii=False, indent=1).encode()


def _entries(batch_id: str, at: datetime, row: Told) -> Iterator[Resource]:
    gone = row.status is Due.WITHDRAWN
    fractures = () if gone else row.facts.fractures
    ids = {one.level: _id(batch_id, row.number, one.level.value) for one in fractures}
    patient = _id("patient", row.number)
    yield _entry(_patient(patient, row.facts))
    yield _entry(_request(batch_id, at, row, patient, list(ids.values())))
    for one in fractures:
        yield _entry(_observation(ids[one.level], patient, row.facts, one))


def _entry(resource: Resource) -> Resource:
    return {"fullUrl": f"urn:uuid:{resource['id']}", "resource": resource}


def _id(*parts: str) -> str:
    return str(uuid5(_ROOT, "/".join(parts)))


def _patient(id_: str, facts: Facts) -> Resource:
    who = facts.patient
    status = f"{PROFILE}Extension-UKCore-NHSNumberVerificationStatus"
    system = "https://fhir.hl7.org.uk/CodeSystem/UKCore-NHSNumberVerificationStatus"
    coded = {"coding": [{"system": system, "code": who.nhs_status.value}]}
    nhs = {
        "extension": [{"url": status, "valueCodeableConcept": coded}],
        "system": NHS_NUMBER,
        "value": who.nhs_number.digits if who.nhs_number else "",
    }
    # Two hospitals give one number to two people, so it goes with the one who gave it.
    own = {"value": who.hospital_number, "assigner": {"display": facts.site}}
    return {
        "resourceType": "Patient",
        "id": id_,
        "meta": {"profile": [f"{PROFILE}UKCore-Patient"]},
        "identifier": [*([nhs] if who.nhs_number else []), *([own] if who.hospital_number else [])],
        "name": [
            {
                "use": "official",
                "family": who.surname,
                "given": [who.forename] if who.forename else [],
                "prefix": [who.title] if who.title else [],
            }
        ],
        "telecom": [{"system": "phone", "value": who.phone}] if who.phone else [],
        "gender": _GENDER.get(sex_words(who.sex, who.sex_system), "unknown"),
        "birthDate": who.born.isoformat() if who.born else "",
        "deceasedDateTime": who.died.isoformat() if who.died else "",
        "address": [{"postalCode": who.postcode}] if who.postcode else [],
        "generalPractitioner": [{"identifier": {"system": ODS, "value": who.gp_practice}}]
        if who.gp_practice and who.gp_practice not in NO_PRACTICE
        else [],
    }


def _request(
    batch_id: str, at: datetime, row: Told, patient: str, observed: Sequence[str]
) -> Resource:
    facts = row.facts
    site = {"identifier": {"system": ODS, "value": facts.site}}
    return {
        "resourceType": "ServiceRequest",
        "id": _id(batch_id, row.number),
        "meta": {"profile": [f"{PROFILE}UKCore-ServiceRequest"]},
        "identifier": [{"value": row.number, "assigner": {"display": facts.site}}],
        "status": "revoked" if row.status is Due.WITHDRAWN else "active",
        "intent": "order",
        "category": [{"text": "Referral"}],
        "priority": "routine",
        "code": {"text": "Referral to the fracture liaison service"},
        "subject": {"reference": f"urn:uuid:{patient}"},
        "occurrenceDateTime": facts.index_date.isoformat(),
        "authoredOn": at.isoformat(timespec="seconds"),
        "requester": site if facts.site else {"display": facts.confirmed_by},
        "reasonCode": [{"coding": [FRACTURE], "text": "Vertebral fracture found on CT"}],
        "bodySite": [_site(one) for one in facts.fractures],
        "supportingInfo": [
            *({"reference": f"urn:uuid:{one}"} for one in observed),
            *([_study(facts.study_uid)] if facts.study_uid else []),
        ],
        "note": [{"text": words} for words in (row.said, *facts.alerts) if words],
    }


def _study(uid: str) -> Resource:
    """The scan by its own name, as the bundle holds no ImagingStudy."""
    identifier = {"system": "urn:dicom:uid", "value": f"urn:oid:{uid}"}
    return {"type": "ImagingStudy", "identifier": identifier}


def _observation(id_: str, patient: str, facts: Facts, one: Fracture) -> Resource:
    unit = {"unit": "%", "system": "http://unitsofmeasure.org", "code": "%"}
    loss = {"value": round(one.loss * 100, 1), **unit} if one.loss is not None else {}
    severity = {"system": SCT, "code": _SEVERITY[one.grade], "display": one.grade.name.title()}
    graded = {
        "code": {"text": "Genant grade"},
        "valueCodeableConcept": {"coding": [severity], "text": f"grade {int(one.grade)}"},
    }
    return {
        "resourceType": "Observation",
        "id": id_,
        "status": "final",
        "code": {"coding": [FRACTURE], "text": "Vertebral fracture"},
        "subject": {"reference": f"urn:uuid:{patient}"},
        "effectiveDateTime": facts.scanned.isoformat(),
        "issued": facts.confirmed_at.isoformat(timespec="seconds"),
        "bodySite": _site(one),
        "method": {"text": "CT, sagittal reconstruction, confirmed by a clinician"},
        "component": [
            graded,
            *([{"code": {"text": "Loss of height"}, "valueQuantity": loss}] if loss else []),
        ],
    }


def _site(one: Fracture) -> Resource:
    code = SNOMED.get(one.level)
    coding = [{"system": SCT, "code": code}] if code else []
    return {"coding": coding, "text": f"Vertebra {one.level.value}"}


def _filled(value: Any) -> Any:  # noqa: ANN401 - JSON of any shape
    """*value* without what is empty: FHIR allows no empty text, list or object."""
    if isinstance(value, Mapping):
        kept = {name: _filled(one) for name, one in value.items()}
        return {name: one for name, one in kept.items() if one not in ("", [], {}, None)}
    if isinstance(value, list):
        return [one for one in map(_filled, value) if one not in ("", [], {}, None)]
    return value
