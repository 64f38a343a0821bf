"""Which cases of a period go to a meeting: what must, a lot of the rest, and a good spot.

The lot is drawn by a digest of the meeting's seed and each case, so that anybody can draw it again
and nobody can steer it: neither the order of the cases nor the version of Python matters.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from store.domain.genant import Grade
from store.domain.realm import Discrepancy, EventType

DRAWN = 5
"""So many of the rest are drawn for each meeting; our default, which a site may change."""
NEW_LEVELS = 2
"""So many levels said to be new against an earlier scan bring a case to the meeting."""
GOOD_SPOTS = 1
"""Each meeting has so many good spots at least, as long as there are any."""


class Why(StrEnum):
    """Why a case is on the agenda; it may have several reasons."""

    NOMINATED = "nominated by a person"
    SEVERE = "grade 3"
    NEW = "two or more new levels"
    RETROPULSION = "retropulsion"
    MALIGNANT = "malignant route"
    DRAWN = "drawn by lot"
    GOOD_SPOT = "good spot"
    ADDED = "added by the chair"


@dataclass(frozen=True, slots=True)
class Eligible:
    """A case of the period that was not at a meeting yet.

    Attributes:
        discrepancy: None for what is no discrepancy.
        nominated: What a person nominated it as; None where nobody did.
        new_levels: Confirmed levels said to be new against an earlier scan.
    """

    case: str
    event: EventType
    discrepancy: Discrepancy | None = None
    worst: Grade = Grade.NONE
    new_levels: int = 0
    retropulsion: bool = False
    malignant: bool = False
    nominated: EventType | None = None

    @property
    def musts(self) -> tuple[Why, ...]:
        """Why it must be discussed; empty where nothing says so."""
        grave = self.event is EventType.DISCREPANCY
        table = (
            (self.nominated is not None, Why.NOMINATED),
            (grave and self.worst is Grade.SEVERE, Why.SEVERE),
            (grave and self.new_levels >= NEW_LEVELS, Why.NEW),
            (grave and self.retropulsion, Why.RETROPULSION),
            (grave and self.malignant, Why.MALIGNANT),
        )
        return tuple(why for applies, why in table if applies)

    @property
    def kind(self) -> EventType:
        """What it comes to the meeting as."""
        return self.nominated or self.event


@dataclass(frozen=True, slots=True)
class Chosen:
    """A case of the agenda and why it is on it."""

    case: str
    event: EventType
    whys: tuple[Why, ...]


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers of a sample, as a pack prints them; all of discrepancies but for `spots`.

    Attributes:
        eligible: Discrepancies of the period that were not at a meeting yet.
        by_rule: Those on the agenda by a rule or by nomination.
        drawn: Those drawn by lot, of `lot`.
        lot: Those among which was drawn.
        left: Those left out, counted as one theme.
        left_by_kind: The same by kind of discrepancy.
        spots: Good spots on the agenda, of `spots_eligible`.
        wanted: How many were to be drawn.
    """

    eligible: int
    by_rule: int
    drawn: int
    lot: int
    left: int
    left_by_kind: tuple[tuple[str, int], ...]
    spots: int
    spots_eligible: int
    wanted: int
    seed: str


@dataclass(frozen=True, slots=True)
class Sample:
    """What the rule chose, in an order that tells nothing, and its numbers."""

    chosen: tuple[Chosen, ...]
    numbers: Numbers


RULE = (
    "On the agenda: every discrepancy with a grade 3 fracture, with {new} or more levels new "
    "against an earlier scan, with retropulsion or on the malignant route, and every case that a "
    "person nominated; {wanted} more, drawn by lot; and at least {spots} good spot."
)


def rule_words(numbers: Numbers) -> str:
    """The rule and its numbers in words, as they are printed."""
    n = numbers
    rule = RULE.format(new=NEW_LEVELS, wanted=n.wanted, spots=GOOD_SPOTS)
    kinds = ", ".join(f"{many} {kind}" for kind, many in n.left_by_kind) or "none"
    return (
        f"{rule} Of {n.eligible} discrepancies of the period {n.by_rule} came by rule, "
        f"{n.drawn} of the other {n.lot} by lot (seed {n.seed}); {n.left} are left out and counted "
        f"as one theme ({kinds}). Good spots: {n.spots} of {n.spots_eligible}."
    )


def sample(found: Iterable[Eligible], seed: str, wanted: int = DRAWN) -> Sample:
    """The agenda that the rule makes of *found*, drawn with *seed*.

    Args:
        wanted: How many are drawn of those that no rule brings, 0 or more.
    """
    cases = {one.case: one for one in found}
    lots = sorted(cases.values(), key=lambda one: _lot(seed, one.case))
    discrepant = [one for one in lots if one.event is EventType.DISCREPANCY]
    spots = [one for one in lots if one.kind is EventType.GOOD_SPOT]
    by_rule = [one for one in lots if one.musts]
    rest = [one for one in discrepant if not one.musts]
    drawn = rest[: max(0, wanted)]
    there = sum(bool(one.musts) for one in spots)
    more = [one for one in spots if not one.musts][: max(0, GOOD_SPOTS - there)]
    chosen = [
        *(Chosen(one.case, one.kind, one.musts) for one in by_rule),
        *(Chosen(one.case, one.kind, (Why.DRAWN,)) for one in drawn),
        *(Chosen(one.case, one.kind, (Why.GOOD_SPOT,)) for one in more),
    ]
    left = rest[len(drawn) :]
    return Sample(
        tuple(sorted(chosen, key=lambda one: _lot(f"{seed}/order", one.case))),
        Numbers(
            eligible=len(discrepant),
            by_rule=len(discrepant) - len(rest),
            drawn=len(drawn),
            lot=len(rest),
            left=len(left),
            left_by_kind=_kinds(left),
            spots=there + len(more),
            spots_eligible=len(spots),
            wanted=wanted,
            seed=seed,
        ),
    )


def _kinds(left: list[Eligible]) -> tuple[tuple[str, int], ...]:
    counts = ((kind.value, sum(one.discrepancy is kind for one in left)) for kind in Discrepancy)
    return tuple((kind, many) for kind, many in counts if many)


def _lot(seed: str, case: str) -> str:
    return sha256(f"{seed}\n{case}".encode()).hexdigest()
