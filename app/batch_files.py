"""The files of a batch, kind by kind: made of what the record froze, so they can be made again."""

import hashlib
from collections.abc import Callable, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from app.formats import KINDS
from app.referral_file import batch_of, file_of, row_of
from app.wiring import Site
from exports import fhir, hl7_message
from exports.fls import file_name
from exports.fls_csv import referral_csv
from exports.level_codes import SNOMED
from store import referrals
from store.domain.clock import LOCAL
from store.domain.codes import sex_words
from store.domain.episode import Due
from store.domain.people import Person
from store.domain.referral import Fracture
from store.domain.refusal import NotAllowed

_STATUS = {Due.NEW: "P", Due.AMENDED: "P", Due.WITHDRAWN: "R"}
"""Pending, rejected. Source: HL7 table 0283."""
_SEX = {
    **{"male": "M", "female": "F", "other": "O", "not applicable": "N"},
    **dict.fromkeys(("ambiguous", "indeterminate"), "A"),
}
"""By what a code means in its own system; every other is U. Source: HL7 table 0001."""
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def kinds_of(batch: referrals.Batch) -> list[str]:
    """The kinds of file that *batch* has; batches from before there was a choice: a workbook."""
    return [kind for kind in KINDS if kind in batch.made_with.get("formats", ["xlsx"])]


def content(site: Site, person: Person, batch_id: str, kind: str) -> tuple[bytes, str]:
    """The file of *kind* of a batch, and its name, which tells nothing of a patient.

    Raises:
        NotAllowed: there is no such batch or file, or it was made into another one before.
    """
    kept = site.ask(person, referrals.batch, batch_id)
    if kind not in kinds_of(kept):
        msg = "This batch was not made into such a file. Go back to the exports."
        raise NotAllowed(msg)
    name = file_name(batch_id[:12]).removesuffix(".xlsx") + KINDS[kind].suffix
    if kind == "xlsx":
        return file_of(site, person, batch_id), name
    made = _MAKERS[kind](site, kept)
    digest = hashlib.sha256(made).hexdigest()
    if kept.files.get(kind) != digest:
        site.submit(person, referrals.rendered, batch_id, digest, kind)
    return made, name


def _csv(site: Site, kept: referrals.Batch) -> bytes:
    batch = batch_of(kept, site.settings.policy)
    return referral_csv(batch, [row_of(one) for one in kept.referrals])


def _fhir(_site: Site, kept: referrals.Batch) -> bytes:
    rows = [fhir.Told(one.number, one.status, one.said, one.facts) for one in kept.referrals]
    return fhir.bundle(kept.id, kept.at, rows, demo=bool(kept.made_with.get("demo")))


def _hl7(_site: Site, kept: referrals.Batch) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, text in messages(kept):
            entry = ZipInfo(name, _ZIP_DATE)
            entry.compress_type, entry.external_attr = ZIP_DEFLATED, 0o600 << 16
            archive.writestr(entry, text)
    return made.getvalue()


_MAKERS: Mapping[str, Callable[[Site, referrals.Batch], bytes]] = {
    "csv": _csv,
    "fhir": _fhir,
    "hl7": _hl7,
}


def messages(kept: referrals.Batch) -> list[tuple[str, bytes]]:
    """The HL7 messages of *kept*: a name and the text of each, in the order of its rows.

    The name and MSH-10 are the same whenever they are made, so a receiver knows a second copy.
    """
    template = str(kept.made_with.get("hl7") or hl7_message.REF_I12)
    return [
        (
            f"{kept.id[:12]}-{place:04}.hl7",
            hl7_message.message(template, _values(kept, one, place), _fractures(one)),
        )
        for place, one in enumerate(kept.referrals, start=1)
    ]


def _values(kept: referrals.Batch, one: referrals.Referral, place: int) -> dict[str, str]:
    facts, row = one.facts, row_of(one)
    who = facts.patient
    return {
        "site": facts.site,
        "exported": f"{kept.at.astimezone(LOCAL):%Y%m%d%H%M%S%z}",
        "message": f"{kept.id[:12]}{place:04}",
        "batch": kept.id[:12],
        "referral": one.number,
        "status": one.status.value,
        "hl7_status": _STATUS[one.status],
        "said": row.comments,
        "nhs_number": who.nhs_number.digits if who.nhs_number else "",
        "hospital_number": who.hospital_number,
        "surname": who.surname,
        "forename": who.forename,
        "title": who.title,
        "born": f"{who.born:%Y%m%d}" if who.born else "",
        "sex": _SEX.get(sex_words(who.sex, who.sex_system), "U"),
        "postcode": who.postcode,
        "phone": who.phone,
        "gp_practice": who.gp_practice,
        "accession": facts.accession,
        "exam": facts.exam,
        "scanned": f"{facts.scanned:%Y%m%d}",
        "indication": facts.indication,
        "levels": row.levels,
        "detail": row.detail,
        "confirmed_by": facts.confirmed_by,
        "index_date": f"{row.index_date:%Y%m%d}",
        "due": f"{row.due:%Y%m%d}",
    }


def _fractures(one: referrals.Referral) -> list[dict[str, str]]:
    return [_of(number, each) for number, each in enumerate(one.facts.fractures, start=1)]


def _of(number: int, one: Fracture) -> dict[str, str]:
    return {
        "n": str(number),
        "level": one.level.value,
        "grade": str(int(one.grade)),
        "shape": one.shape.value if one.shape else "",
        "loss": f"{one.loss * 100:.0f}" if one.loss is not None else "",
        "snomed": SNOMED.get(one.level, ""),
    }
