"""What the FLS answers, and what becomes of each row of the file it sends back.

Nothing is guessed: a row is taken in only where its referral is known, it is about the patient
that was handed over, and nothing newer stands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from store.domain.identity import Patient


class Outcome(StrEnum):
    """What the FLS answers; it fills this in."""

    ACCEPTED = "accepted"
    KNOWN = "already known"
    DECLINED = "declined by patient"
    UNREACHED = "unable to contact"
    DIED = "died"
    NOT_APPROPRIATE = "not appropriate"
    REDIRECTED = "redirected"
    WRONG_PATIENT = "wrong patient"


class Advice(StrEnum):
    """What the FLS recommended; it fills this in."""

    DXA = "DXA"
    TREATMENT = "treatment"
    BOTH = "DXA and treatment"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the FLS said of one referral.

    Attributes:
        on: The day it gives; None where it gave none.
    """

    outcome: Outcome
    on: date | None = None
    advice: Advice | None = None

    @property
    def words(self) -> str:
        """As people read it: ``accepted, 03/12/2026, DXA``."""
        day = f"{self.on:%d/%m/%Y}" if self.on else ""
        return ", ".join(filter(None, (self.outcome.value, day, self.advice and self.advice.value)))


@dataclass(frozen=True, slots=True)
class Returned:
    """One row of a file that came back, as it was read.

    Attributes:
        place: Sheet and row, as the sender finds it again.
        referral: The referral ID; empty where none could be read.
        batch: The batch that the row says it was exported in; empty where it says none.
        whom: What it says of whom it is about, by column, as `whom` writes it; a column that the
            file has not is not there.
        answer: None where the three columns are empty, or were not understood.
        faults: What could not be read, in words without the value itself.
    """

    place: str
    referral: str
    batch: str = ""
    whom: Mapping[str, str] = field(default_factory=dict)
    answer: Answer | None = None
    faults: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handed:
    """One row that was handed over: in which batch, when, and of whom.

    Attributes:
        stands: False for a row that withdrew the referral.
    """

    batch: str
    at: datetime
    stands: bool
    whom: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Known:
    """A referral as the record has it.

    Attributes:
        handed: Every row of it, the oldest first; never empty.
        answer: What stands now; None where nothing does.
        taken_back: Answers that a person took back.
    """

    handed: tuple[Handed, ...]
    answer: Answer | None = None
    taken_back: tuple[Answer, ...] = ()


class Fate(StrEnum):
    """What becomes of a row that came back."""

    TAKE = "to be taken in"
    UNCHANGED = "known already"
    UNANSWERED = "no outcome filled in"
    CHANGED = "changed since"
    UNKNOWN = "unknown referral"
    IDENTITY = "identity edited"
    UNREADABLE = "not understood"
    TWICE = "there twice"


TICKABLE = frozenset({Fate.CHANGED})
"""What a person may take in all the same, row by row."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A row, what becomes of it, and why."""

    row: Returned
    fate: Fate
    why: str = ""


def whom(patient: Patient) -> dict[str, str]:
    """Whom a referral is about, in the form that a returned row is compared in."""
    return {
        "NHS number": patient.nhs_number.digits if patient.nhs_number else "",
        "Surname": folded(patient.surname),
        "Date of birth": patient.born.isoformat() if patient.born else "",
    }


def folded(name: str) -> str:
    """*name* as two spellings of it are compared: no case, no doubled blanks, no guard."""
    return " ".join(name.lstrip("'").casefold().split())


def judged(row: Returned, known: Known | None) -> Judged:
    """What becomes of *row*, of which the record knows *known*."""
    if row.faults:
        return Judged(row, Fate.UNREADABLE, "; ".join(row.faults))
    if known is None:
        words = "no such referral here" if row.referral else "the referral ID is empty"
        return Judged(row, Fate.UNKNOWN, words)
    handed = [one for one in known.handed if row.batch in ("", one.batch)] or list(known.handed)
    edited = _edited(row, handed)
    if edited:
        return Judged(row, Fate.IDENTITY, edited)
    if row.answer is None:
        return Judged(row, Fate.UNANSWERED)
    if row.answer == known.answer:
        return Judged(row, Fate.UNCHANGED)
    moved = _moved(row.answer, handed[-1], known)
    return Judged(row, Fate.CHANGED, moved) if moved else Judged(row, Fate.TAKE, _before(known))


def judged_together(judgements: list[Judged]) -> list[Judged]:
    """*judgements* of one file: of rows that say the same twice one counts, of others none."""
    by_id: dict[str, list[Judged]] = {}
    for one in judgements:
        by_id.setdefault(one.row.referral if one.fate is not Fate.UNKNOWN else "", []).append(one)
    for several in by_id.values():
        answers = {one.row.answer for one in several if one.row.answer}
        if len(several) < 2 or not several[0].row.referral or several[0].fate is Fate.UNKNOWN:
            continue
        first = next((one for one in several if one.row.answer), several[0])
        for place, one in enumerate(judgements):
            if one in several and (len(answers) > 1 or one is not first):
                judgements[place] = _twice(one, several, len(answers) > 1)
    return judgements


def _twice(one: Judged, several: list[Judged], differ: bool) -> Judged:
    if one.fate in (Fate.UNREADABLE, Fate.IDENTITY):
        return one
    others = ", ".join(other.row.place for other in several if other is not one)
    words = f"{others} says something else; none of them is taken in" if differ else f"as {others}"
    return Judged(one.row, Fate.TWICE, words)


def _edited(row: Returned, handed: list[Handed]) -> str:
    """In what the row is about somebody else than any of *handed*; empty where it is not."""
    if not any(row.whom.values()):
        return "no NHS number, surname or date of birth stands in the row to compare"
    wrong = [{name for name, said in row.whom.items() if said != one.whom[name]} for one in handed]
    fewest = min(wrong, key=len)
    return f"{', '.join(sorted(fewest))} is not what was sent" if fewest else ""


def _moved(answer: Answer, handed: Handed, known: Known) -> str:
    """What happened since the file was made; empty where nothing did that matters."""
    newest = known.handed[-1]
    if newest != handed:
        deed = "amended" if newest.stands else "withdrawn"
        return f"the referral was {deed} on {newest.at:%d/%m/%Y}"
    if not newest.stands:
        return "this row withdrew the referral"
    if answer in known.taken_back:
        return "a person took this answer back before"
    stands = known.answer
    if stands and stands.on and (answer.on is None or answer.on < stands.on):
        return f"a newer answer stands: {stands.words}"
    if stands and stands.on is None and answer.on is None:
        return f"another answer without a date stands: {stands.words}"
    return ""


def _before(known: Known) -> str:
    return f"instead of: {known.answer.words}" if known.answer else ""
