"""Every patient with a confirmed fracture, or whom the FLS has, as one episode over all scans.

For whoever builds upon it:

- `episodes(session, policy, today)` gives one `Episode` a patient, ready or not, in a handful of
  queries however many they are; `patients=` narrows it to some.
- `Episode.verdict` says whether the patient may be referred (`Refer` or `Hold` with reasons);
  `Episode.due` which row the FLS is owed (`Due`): NEW only counts with `Refer`, AMENDED and
  WITHDRAWN follow from what was sent and do not wait for a verdict.
- `facts_of_episode` gives the facts to hand over, merged over the scans.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypedDict

from sqlmodel import Session

from store._concerned import Gathered, Part, Sent
from store._facts import facts_of
from store._hinted import Spoken
from store.cases import patient_of
from store.domain.episode import RECALLS, Due, changes, due, merged
from store.domain.genant import Grade
from store.domain.hint import Hint
from store.domain.identity import Patient
from store.domain.referral import (
    Candidate,
    Exclusion,
    Facts,
    Fracture,
    Hold,
    Policy,
    Refer,
    decide,
    facts_against,
    waits,
)
from store.domain.spine import Level
from store.domain.triage import Did, Standing, standing
from store.tables import PatientRow, ReviewCase, ScanRow


@dataclass(frozen=True, slots=True)
class Episode:
    """One patient.

    Attributes:
        id: Of the patient in the record.
        parts: Scans with a confirmed fracture, the oldest first; none where all were overturned.
        lead: The scan that speaks for the patient: the newest that is judged, else the newest.
        fractures: Of all parts, each level with its gravest grade.
        verdict: Whether a referral may begin; an open one is a reason to hold.
        exclusions: Those that stand, set by a person or by a reader's reason.
        waits: What has to be done first, in words.
        facts: What the record and the site's policy exclude, without anybody's decision.
        hints: What speaks for an exclusion and waits for a person; none once they are referred.
        standing: What people's acts amount to.
        acts: All acts, the oldest first.
        sent: The open referral; None where there is none.
        due: The row the FLS is owed; NEW is owed only where *verdict* is `Refer`.
        changed: What an amended row tells, in words.
    """

    id: str
    patient: Patient
    parts: tuple[Part, ...]
    lead: Part | None
    fractures: Mapping[Level, Grade]
    verdict: Refer | Hold
    exclusions: tuple[Exclusion, ...]
    waits: tuple[str, ...]
    facts: tuple[tuple[Exclusion, str], ...]
    hints: tuple[Hint, ...]
    standing: Standing
    acts: tuple[Did, ...]
    sent: Sent | None
    due: Due
    changed: str

    @property
    def index_date(self) -> date | None:
        """Day of the first scan that shows a confirmed fracture: the 90 days run from it.

        Source: FLS-DB KPI4; the day of the fracture itself is not known.
        """
        return min((part.scanned for part in self.parts if part.scanned), default=None)

    @property
    def version(self) -> str:
        """Another one as soon as anything of the patient changed that triage looks at."""
        reviewed = sum(part.version for part in self.parts)
        return f"{reviewed}.{self.acts[-1].number if self.acts else 0}.{len(self.hints)}"

    @property
    def worst(self) -> Grade:
        """The gravest grade."""
        return max(self.fractures.values(), default=Grade.NONE)


def episodes(
    session: Session, policy: Policy, patients: Collection[str] | None = None
) -> tuple[Episode, ...]:
    """Every patient with a confirmed fracture or an open referral, the oldest index date first.

    Args:
        patients: Only these, by their id in the record; all, unless given.
    """
    about = Gathered(session, patients)
    spoken = Spoken(session, about.unsent)
    found = [_episode(about, spoken, row, policy) for row in about.patients]
    return tuple(sorted(found, key=lambda one: (one.index_date or date.max, one.id)))


def facts_of_episode(session: Session, episode: Episode) -> Facts:
    """What is handed over of *episode*: the leading scan's facts, the fractures of all scans.

    Raises:
        ValueError: no scan of it has a confirmed fracture.
    """
    if episode.lead is None:
        msg = "Nothing is confirmed of this patient."
        raise ValueError(msg)
    facts = {part.case: _facts(session, part) for part in episode.parts}
    chosen: dict[Level, Fracture] = {}
    # The leading scan comes last, so that its words stand where grades are equal.
    rest = [facts[part.case] for part in episode.parts if part is not episode.lead]
    lead = facts[episode.lead.case]
    for told in (*rest, lead):
        for one in told.fractures:
            before = chosen.get(one.level)
            if before is None or one.grade >= before.grade:
                chosen[one.level] = one
    return replace(
        lead,
        fractures=tuple(chosen[level] for level in episode.fractures),
        indexed=episode.index_date,
    )


def _facts(session: Session, part: Part) -> Facts:
    case = session.get_one(ReviewCase, part.case)
    scan = session.get_one(ScanRow, part.scan)
    return facts_of(session, case, scan, session.get_one(PatientRow, scan.patient_id))


def _episode(about: Gathered, spoken: Spoken, row: PatientRow, policy: Policy) -> Episode:
    parts = tuple(sorted(about.parts[row.id], key=lambda p: (p.scanned or date.max, p.case)))
    lead = next((part for part in reversed(parts) if part.judged), parts[-1] if parts else None)
    acts, sent = tuple(about.acts[row.id]), about.sent.get(row.id)
    stands = standing(acts)
    exclusions = tuple(dict.fromkeys([*about.by_readers[row.id], *stands.excluded]))
    patient = patient_of(row)
    found = () if sent else spoken.of(row, parts, policy)
    open_ones = tuple(h for h in found if h.id not in stands.answered and h.code not in exclusions)
    asked = tuple(dict.fromkeys(hint.code for hint in open_ones))
    code_on = about.coded.get(row.id)
    candidate = _candidate(patient, parts, lead, exclusions, sent, code_on, asked)
    facts = facts_against(candidate, policy)
    against = {*exclusions, *(code for code, _ in facts)}
    return Episode(
        id=row.id,
        patient=patient,
        parts=parts,
        lead=lead,
        fractures=merged(part.fractures for part in parts),
        verdict=decide(candidate, policy),
        exclusions=exclusions,
        waits=waits(candidate, policy),
        facts=facts,
        hints=open_ones,
        standing=stands,
        acts=acts,
        sent=sent,
        **_owed(parts, against, sent, reread=row.id in about.reread),
    )


class _Owed(TypedDict):
    due: Due
    changed: str


def _owed(
    parts: Sequence[Part], against: Collection[Exclusion], sent: Sent | None, *, reread: bool
) -> _Owed:
    """The row the FLS is owed, and what it tells."""
    before = sent.fractures if sent else None
    fractures = merged(part.fractures for part in parts)
    told = due(before, fractures, recalled=bool(RECALLS & set(against)), reread=reread)
    said = changes(before, fractures) if before is not None and told is Due.AMENDED else ""
    return {"due": told, "changed": said}


def _candidate(
    patient: Patient,
    parts: Sequence[Part],
    lead: Part | None,
    exclusions: tuple[Exclusion, ...],
    sent: Sent | None,
    code_on: date | None,
    unanswered: tuple[Exclusion, ...],
) -> Candidate:
    return Candidate(
        grades=tuple(merged(part.fractures for part in parts).values()),
        closed=lead is not None,
        born=patient.born,
        scanned=lead.scanned if lead else None,
        died=patient.died,
        named=bool(patient.surname),
        nhs_number=patient.nhs_number is not None,
        report_status=lead.report_status if lead else None,
        referred_on=sent.on if sent else None,
        exclusions=exclusions,
        open_alerts=sum(part.open_alerts for part in parts),
        code_on=code_on,
        unanswered=unanswered,
    )
