"""Triage for the FLS: everybody in their lane, and what a coordinator does to one patient."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlmodel import col

from store._episodes import Episode as Episode
from store._episodes import episodes
from store._lanes import Lanes, lanes_of
from store._told_before import Before, before_of
from store.domain.clock import LOCAL, local
from store.domain.episode import RECALLS
from store.domain.exclusion import Exclusion, check_evidence
from store.domain.people import Permission
from store.domain.referral import Policy
from store.domain.refusal import Conflict, NotAllowed
from store.domain.triage import Lane, Step
from store.guard import change, question
from store.tables import TriageRow
from store.unit import Reader, Unit

LONGEST = 500
"""Characters of a note, and of what is said with an exclusion."""


@dataclass(frozen=True, slots=True)
class Room:
    """Everybody with a confirmed fracture, by lane.

    Attributes:
        mix: How many are not referred for each reason; a patient may have several.
        gone: New referrals made this week.
    """

    of: Mapping[Lane, tuple[Episode, ...]]
    mix: Mapping[Exclusion, int]
    gone: int


@dataclass(frozen=True, slots=True)
class Asked:
    """One act as it left the coordinator's hand.

    Attributes:
        act: Made where the key was pressed; the same again changes nothing.
        patient: The one on the screen.
        version: Of that patient, as they were on the screen.
        undoes: Number of the act to take back.
    """

    act: str
    patient: str
    version: str
    step: Step
    code: Exclusion | None = None
    answered: tuple[str, ...] = ()
    note: str = ""
    day: date | None = None
    source: str = ""
    undoes: int | None = None


@question(Permission.READ_REFERRALS)
def room(reader: Reader, policy: Policy, today: date) -> Room:
    """Everybody as they stand on *today*."""
    lanes = lanes_of(reader.session, policy, today)
    return Room(lanes.of, _mix(lanes), lanes.gone)


@question(Permission.READ_REFERRALS)
def this_week(reader: Reader, policy: Policy, today: date) -> tuple[str, ...]:
    """The patients, by id, who go to the FLS this week, in order."""
    return tuple(one.id for one in lanes_of(reader.session, policy, today).of[Lane.WEEK])


@question(Permission.READ_REFERRALS)
def one(reader: Reader, patient: str, policy: Policy) -> Episode | None:
    """One patient as they stand; None where nothing is confirmed of them and none is referred."""
    return next(iter(episodes(reader.session, policy, [patient])), None)


@question(Permission.READ_REFERRALS)
def before(reader: Reader, patients: Collection[str]) -> Mapping[str, Before]:
    """The scans and referrals of *patients*, by patient."""
    return before_of(reader.session, patients)


@change(Permission.REFER)
def act(unit: Unit, asked: Asked, policy: Policy) -> int:
    """Do what was *asked* to one patient: the act's number.

    Raises:
        Conflict: the patient changed since they were on the screen.
        NotAllowed: it cannot be done to this patient.
    """
    done = unit.session.execute(
        select(TriageRow).where(col(TriageRow.act) == asked.act)
    ).scalar_one_or_none()
    if done is not None:
        unit.tell("triage.replayed", done.case_id)
        return done.number or 0
    shown = next(iter(episodes(unit.session, policy, [asked.patient])), None)
    if shown is None:
        msg = "Nothing is confirmed of this patient any more. Reload the page."
        raise Conflict(msg)
    _check_version(shown, asked)
    _CHECKS[asked.step](unit, shown, asked)
    row = TriageRow(
        act=asked.act,
        case_id=_case(shown),
        step=asked.step.value,
        code=asked.code.value if asked.code else "",
        answered=list(asked.answered),
        note=asked.note.strip()[:LONGEST],
        day=asked.day,
        source=asked.source.strip()[:LONGEST],
        undoes=asked.undoes,
        actor=unit.person.handle,
        actor_name=unit.person.name,
        role=unit.person.role.value,
        at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    said = {"code": asked.code.value} if asked.code else {}
    unit.tell(f"triage.{asked.step.value}", row.case_id, number=row.number, **said)
    return row.number or 0


def _mix(lanes: Lanes) -> Mapping[Exclusion, int]:
    found: Counter[Exclusion] = Counter()
    for each in lanes.of[Lane.NOT]:
        found.update({code for code, _ in each.facts} | set(each.exclusions))
    return dict(found.most_common())


def _case(shown: Episode) -> str:
    """The case an act hangs on: it follows the scan, whoever the patient is found to be."""
    if shown.lead is not None:
        return shown.lead.case
    if shown.sent is None:
        msg = "Nothing is confirmed of this patient any more. Reload the page."
        raise Conflict(msg)
    return shown.sent.case


def _check_version(shown: Episode, asked: Asked) -> None:
    if shown.version == asked.version:
        return
    newest = shown.acts[-1] if shown.acts else None
    who = f"{newest.by} acted on this patient at {local(newest.at)}" if newest else ""
    newer = newest is not None and str(newest.number) not in asked.version.split(".")[1:2]
    words = who if newer else "What is known of this patient changed"
    msg = f"{words}. Nothing was saved; look at the patient again and decide."
    raise Conflict(msg)


def _check_exclude(unit: Unit, shown: Episode, asked: Asked) -> None:
    if asked.code is None:
        msg = "No reason was named. Choose one."
        raise NotAllowed(msg)
    if shown.sent is not None and asked.code not in RECALLS:
        msg = (
            f"This patient was referred on {shown.sent.on:%d/%m/%Y}. Only a death or an objection "
            "takes a referral back; tell the FLS of anything else."
        )
        raise NotAllowed(msg)
    check_evidence(asked.code, asked.day, asked.source, unit.now.astimezone(LOCAL).date())


def _check_refer(_unit: Unit, shown: Episode, asked: Asked) -> None:
    open_ones = {hint.id for hint in shown.hints}
    if not set(asked.answered) <= open_ones:
        msg = "The hints changed since they were shown. Look at the patient again and decide."
        raise Conflict(msg)
    if not open_ones and not shown.standing.excluded:
        msg = "Nothing that a coordinator decides holds this patient back."
        raise NotAllowed(msg)


def _check_first(_unit: Unit, shown: Episode, asked: Asked) -> None:
    if shown.sent is not None:
        msg = "This patient was referred already."
        raise NotAllowed(msg)
    if asked.step is Step.FIRST and not asked.note.strip():
        msg = "Say in a few words why this patient goes first."
        raise NotAllowed(msg)


def _check_undo(_unit: Unit, shown: Episode, asked: Asked) -> None:
    last = shown.standing.last
    if last is None or last.number != asked.undoes:
        msg = "That is not the last thing done to this patient any more. Look at them again."
        raise Conflict(msg)


_CHECKS = {
    Step.EXCLUDE: _check_exclude,
    Step.REFER: _check_refer,
    Step.FIRST: _check_first,
    Step.IN_TURN: _check_first,
    Step.UNDO: _check_undo,
}
