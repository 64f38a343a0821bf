"""Blind-then-reveal votes: what each says of the picture before anybody hears what was reported.

Votes fight hindsight: whoever knows the answer finds that anybody should have seen it. They are
nobody's: at the reveal they are counted and thrown away, and what is left has no voter in it.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from store.domain.genant import Grade
from store.domain.refusal import NotAllowed
from store.domain.spine import REVIEWABLE, Level
from store.domain.worded import Worded

FEWEST_SHOWN = 3
"""Fewer votes than this are never shown as numbers: one could be told from them."""


class Seen(Worded):
    """Is there a fracture?"""

    YES = "yes", "Fracture seen"
    NO = "no", "No fracture seen"
    UNSURE = "unsure", "Not sure"


class WouldReport(Worded):
    """Would I have reported it?"""

    YES = "yes", "I would report it"
    NO = "no", "I would not report it"
    UNSURE = "unsure", "I do not know"


@dataclass(frozen=True, slots=True)
class Vote:
    """What one person says of a case without knowing the answer.

    Attributes:
        level: Of the gravest fracture; None where none is seen or it is not said.
        grade: As `level`.
    """

    seen: Seen
    would_report: WouldReport
    level: Level | None = None
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Tally:
    """The votes of a case, counted at its reveal.

    Attributes:
        votes: How many voted.
        seen, would_report, level, grade: How many gave each answer, in the order of the answers;
            empty where fewer than `FEWEST_SHOWN` voted.
    """

    votes: int
    seen: tuple[tuple[str, int], ...] = ()
    would_report: tuple[tuple[str, int], ...] = ()
    level: tuple[tuple[str, int], ...] = ()
    grade: tuple[tuple[str, int], ...] = ()

    @property
    def shown(self) -> bool:
        """Whether the numbers may be shown at all."""
        return self.votes >= FEWEST_SHOWN


def check_vote(vote: Vote) -> None:
    """Raise `NotAllowed` unless *vote* holds together."""
    if vote.seen is Seen.NO and (vote.level is not None or vote.grade is not None):
        msg = "Where no fracture is seen there is no level and no grade. Leave both empty."
        raise NotAllowed(msg)
    if vote.level is not None and vote.level not in REVIEWABLE:
        msg = "A level is one of T1 to T13 or L1 to L6. Choose one of these, or leave it empty."
        raise NotAllowed(msg)
    if vote.grade is Grade.NONE:
        msg = "A fracture has grade 1 to 3. Choose one of these, or leave it empty."
        raise NotAllowed(msg)


def tally(votes: Iterable[Vote]) -> Tally:
    """What all *votes* say together; of fewer than `FEWEST_SHOWN`, their number alone."""
    cast = list(votes)
    if len(cast) < FEWEST_SHOWN:
        return Tally(len(cast))
    levels = Counter(vote.level for vote in cast)
    grades = Counter(vote.grade for vote in cast)
    return Tally(
        votes=len(cast),
        seen=_counted(Counter(vote.seen for vote in cast), Seen),
        would_report=_counted(Counter(vote.would_report for vote in cast), WouldReport),
        level=tuple((level.value, levels[level]) for level in REVIEWABLE if levels[level]),
        grade=tuple((str(int(g)), grades[g]) for g in Grade if g and grades[g]),
    )


def _counted(
    counts: "Counter[Seen] | Counter[WouldReport]", answers: type[Seen] | type[WouldReport]
) -> tuple[tuple[str, int], ...]:
    return tuple((one.value, counts[one]) for one in answers)  # type: ignore[index]  # of one kind
