"""Pictures that AI products send beside their answers: kept as they came, shown as theirs alone."""

from sqlalchemy import func, select
from sqlmodel import col

from store._doubted import named_by
from store._folding import scan_named
from store._held import SHOWN, hold
from store._previewed import (
    WHOSE,
    claimed,
    previews_on,
    results_of,
    scan_for,
)
from store._previewed import Sent as Sent
from store._readings import seen
from store._receipts import Outcome, receipt
from store._repeats import find_case
from store.domain.arrival import Fate
from store.domain.people import Permission
from store.domain.preview import MOST_OF_A_STUDY, Preview
from store.guard import change, question
from store.tables import PreviewRow
from store.unit import Reader, Unit

OTHER_PATIENT = "preview.other_patient"


@question(Permission.RECEIVE)
def unwanted(reader: Reader, one: Preview) -> str:
    """Why a picture is left aside and nothing of it kept; empty where it is to be received.

    Whatever a result points at, or comes from the maker of one, is wanted. So is what a product
    may yet answer for; the scanner's own pages are not.
    """
    session = reader.session
    if session.get(PreviewRow, one.digest) is not None:
        return ""
    scan, _ = scan_named(session, one.study_uid, "")
    scan_id = scan.id if scan else None
    same_study = col(PreviewRow.study_uid) == one.study_uid
    count = session.execute(
        select(func.count()).select_from(PreviewRow).where(same_study)
    ).scalar_one()
    if count >= MOST_OF_A_STUDY:
        return f"More than {MOST_OF_A_STUDY} pictures of one study. The rest is left aside."
    if claimed(results_of(session, (one.study_uid,), scan_id), one):
        return ""
    if not one.maker and not one.model:
        return "A picture that names no maker, and to which no AI result points."
    if one.modality == "CT":
        return "Secondary capture or dose page."
    return ""


@change(Permission.RECEIVE)
def receive(unit: Unit, one: Preview, *, source: str = "") -> Outcome:
    """Enter a picture; it waits while its scan, or a result that answers for it, is not here."""
    before = unit.session.get(PreviewRow, one.digest)
    if before is not None:
        return _told(unit, before, Outcome(Fate.DUPLICATE))
    row = PreviewRow(
        digest=one.digest,
        study_uid=one.study_uid,
        sop_uid=one.sop_uid,
        series_uid=one.series_uid,
        maker=one.maker,
        model=one.model,
        version=one.version,
        words=one.words,
        place=one.place,
        pictures=list(one.pictures),
        refusal=one.refusal,
        about={WHOSE: named_by(one.patient)},
        received_at=unit.now,
        source=source,
    )
    scan, why = scan_for(unit.session, row)
    row.scan_id = scan.id if scan else None
    unit.session.add(row)
    unit.session.flush()
    if scan is None:
        there, _ = scan_named(unit.session, one.study_uid, "")
        if there is not None:
            _hold(unit, row, why)
        return _told(unit, row, Outcome(Fate.HELD, why))
    if not claimed(results_of(unit.session, (one.study_uid,), scan.id), one):
        waits = "No AI result points at this picture or is of its maker; it waits for one."
        return _told(unit, row, Outcome(Fate.HELD, waits))
    return _told(unit, row, Outcome(Fate.ACCEPTED, one.refusal))


@question(Permission.READ_CASES)
def opens(reader: Reader, case_id: str, picture: str) -> bool:
    """Whether the person may see *picture* with the case *case_id* now.

    What is kept from a reader of the AI's answer is kept of its pictures as well.
    """
    found = find_case(reader, case_id)
    if found is None or found[0].opted_out:
        return False
    row, repeat = found
    if seen(reader.session, row, reader.person, repeat).unaided:
        return False
    return any(picture in one.pictures for one in previews_on(reader.session, row.scan_id))


def _told(unit: Unit, row: PreviewRow, outcome: Outcome) -> Outcome:
    return receipt(unit, "preview", row.digest, outcome, row.scan_id, source=row.source)


def _hold(unit: Unit, row: PreviewRow, why: str) -> None:
    hold(
        unit,
        kind="picture",
        code=OTHER_PATIENT,
        reason=why,
        digest=row.digest,
        source=row.source,
        file=row.digest,
        about={SHOWN: {"Made by": f"{row.maker} {row.model}".strip()}},
    )
