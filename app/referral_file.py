"""The file of a batch: made from the facts the record froze, so it can always be made again."""

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from app.formats import made_with
from app.vendor_json import percent
from app.wiring import Site, anchor
from exports.fls import Batch, NotReferredRow, ReferralRow, referral_workbook
from exports.fls_words import FoundBy, PatientClass, RowStatus
from store import referrals
from store.domain.codes import sex_words
from store.domain.describe import Acuity, compared_words, overall
from store.domain.genant import Grade
from store.domain.identity import age_on
from store.domain.people import INTAKE, Person, Role
from store.domain.referral import Facts, Fracture, Policy, due
from store.domain.report import Recommendation

_ADVICE = frozenset({Recommendation.FLS, Recommendation.DXA, Recommendation.ASSESSMENT})
_CLASSES = {
    "O": PatientClass.OUT_PATIENT,
    "R": PatientClass.OUT_PATIENT,
    "I": PatientClass.IN_PATIENT,
    "B": PatientClass.IN_PATIENT,
    "P": PatientClass.IN_PATIENT,
    "E": PatientClass.EMERGENCY,
    "C": PatientClass.PRIVATE,
}
"""PV1-2 of the report's message. Source: HL7 table 0004."""


def export(site: Site, person: Person, act: str) -> str:
    """Hand every ready patient over and make the file: the batch's id.

    The batch is kept first and the file made after; a kill in between loses neither, because
    `file_of` makes what is missing.
    """
    told = made_with(site.settings)
    batch_id = site.submit(person, referrals.export, act, site.settings.policy, told)
    file_of(site, person, batch_id)
    anchor(site, INTAKE)
    return batch_id


def file_of(site: Site, person: Person, batch_id: str) -> bytes:
    """The workbook of *batch_id*, made anew where it is not in the archive."""
    kept = site.ask(person, referrals.batch, batch_id)
    path = site.archive.path("exports", batch_id)
    if kept.sha256 and path.exists():
        found = path.read_bytes()
        if hashlib.sha256(found).hexdigest() == kept.sha256:
            return found
    made = workbook_of(kept, site.settings.policy, demo=site.settings.demo)
    site.archive.put("exports", batch_id, lambda file: _write(file, made))
    site.submit(person, referrals.rendered, batch_id, hashlib.sha256(made).hexdigest())
    return made


def _write(file: BinaryIO, content: bytes) -> None:
    file.write(content)


def workbook_of(kept: referrals.Batch, policy: Policy, *, demo: bool) -> bytes:
    """The bytes of a batch; the same batch always gives the same."""
    rows = [row_of(referral) for referral in kept.referrals]
    held = [NotReferredRow(case, reason) for case, reason in kept.not_referred]
    shown = bool(kept.made_with.get("demo", demo))
    return referral_workbook(batch_of(kept, policy), rows, held, shown)


def batch_of(kept: referrals.Batch, policy: Policy) -> Batch:
    """What the files of *kept* say of the batch itself, by the *policy* it was made under."""
    sites = sorted({referral.facts.site for referral in kept.referrals})
    return Batch(
        batch_id=kept.id[:12],
        exported_at=kept.at,
        exported_by=kept.by,
        role=Role(kept.role),
        site=", ".join(sites),
        trail_sequence=kept.trail_seq,
        trail_hash=kept.trail_hash,
        purpose=kept.purpose,
        policy=str(kept.made_with.get("policy", policy.words)),
    )


def row_of(referral: referrals.Referral) -> ReferralRow:
    """A row of the workbook."""
    facts, who = referral.facts, referral.facts.patient
    found_by = FoundBy.AI if FoundBy.AI.value in facts.found_by else FoundBy.READER
    return ReferralRow(
        referral_id=referral.number,
        row_status=RowStatus(referral.status.value),
        nhs_number=who.nhs_number,
        nhs_status=who.nhs_status,
        hospital_number=who.hospital_number,
        surname=who.surname,
        forename=who.forename,
        title=who.title,
        born=who.born,
        age=age_on(who.born, facts.scanned) if who.born else None,
        sex=sex_words(who.sex, who.sex_system) if who.sex else "",
        postcode=who.postcode,
        phone=who.phone,
        gp_practice=who.gp_practice,
        site=facts.site,
        patient_class=_CLASSES.get(facts.patient_class.upper()),
        specialty=facts.specialty,
        requester=facts.requester,
        scanned=facts.scanned,
        exam=facts.exam,
        accession=facts.accession,
        indication=facts.indication,
        levels=_near(facts) + ", ".join(one.level.value for one in facts.fractures),
        fractures=len(facts.fractures),
        worst_grade=max((f.grade for f in facts.fractures), default=Grade.NONE),
        detail="; ".join(_near(facts) + _detail(one) for one in facts.fractures),
        certainty=facts.certainty,
        new_or_old=_compared(facts),
        acuity=_acuity(facts),
        in_report=facts.report_status,
        report_advised=facts.recommendation in _ADVICE,
        short_code_sent=facts.coded_on is not None,
        found_by=found_by,
        ai_product=facts.product,
        confirmed_by=facts.confirmed_by,
        confirmed_at=facts.confirmed_at,
        index_date=facts.index_date,
        due=due(facts.index_date),
        exclusion_checks=", ".join(facts.checked),
        comments=" ".join(filter(None, (referral.said, "; ".join(facts.alerts)))),
    )


def _near(facts: Facts) -> str:
    """What stands before a level that the AI alone counted, or that may be one out."""
    return "approximately " if facts.approximate else ""


def _detail(fracture: Fracture) -> str:
    shape = f" {fracture.shape.value}" if fracture.shape else ""
    # The grade is the reader's; the measured figure stands behind it, with its band.
    who = " by a person" if fracture.by_person else ""
    loss = f" (measured loss{who} {percent(fracture.loss)})" if fracture.loss is not None else ""
    seen = "".join(f", {words}" for words in _described(fracture))
    return f"{fracture.level.value} grade {int(fracture.grade)}{shape}{loss}{seen}"


def _described(fracture: Fracture) -> Iterator[str]:
    """What a reader said beside the grade, such as ``end-plate broken``."""
    if fracture.endplate:
        yield fracture.endplate.words.lower()
    if fracture.acuity not in (None, Acuity.INDETERMINATE):
        yield fracture.acuity.words
    yield from (one.words.lower() for one in fracture.unstable)


def _acuity(facts: Facts) -> Acuity | None:
    """Of the patient's fractures together; None in batches from before it was asked."""
    said = [one.acuity for one in facts.fractures if one.acuity is not None]
    return overall(said) if said else None


def _compared(facts: Facts) -> str:
    """New or old: of all fractures in one, or level by level where they differ."""
    by_level = {
        one.level: compared_words(one.novelty, one.against) if one.novelty else _unsaid(facts)
        for one in facts.fractures
    }
    said = dict.fromkeys(by_level.values())
    if len(said) <= 1:
        return next(iter(said), _unsaid(facts))
    return "; ".join(f"{level.value} {words}" for level, words in by_level.items())


def _unsaid(facts: Facts) -> str:
    if facts.earlier_scan is None:
        return "no earlier scan here"
    return f"earlier scan {facts.earlier_scan:%d/%m/%Y}, not compared"
