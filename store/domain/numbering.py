"""The numbering of a spine: from where it was counted, and every label moved at once.

The machine's labels are places in a chain; a reader says which chain this spine has (13 rib
pairs, six lumbar vertebrae) and by how many places the machine miscounted. Counted from the
head: a thirteenth pair of ribs turns the machine's L1 into T13 and its L2 into L1. Who counted
from the sacrum shifts by one beside it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from store.domain.refusal import NotAllowed
from store.domain.spine import REVIEWABLE, Level, usual_order
from store.domain.worded import Worded


class CountFrom(Worded):
    """Where the count began."""

    C2 = "C2", "from C2", "The dens is in sight: the surest count"
    T1_RIB = "T1 rib", "from the first rib", "The first rib and its vertebra are in sight"
    LAST_RIB = "last rib", "from the last rib", "One out where there are 11 or 13 pairs"
    SACRUM = (
        "sacrum",
        "from the sacrum",
        "Sacrum or iliolumbar ligament; one out in a transitional vertebra",
    )
    AI_ONLY = "AI only", "by the AI alone", "Nobody counted; letters say “approximately”"


class Confidence(Worded):
    """How sure the count is."""

    CERTAIN = "certain", "certain", "The landmark and every vertebra from it are in sight"
    DOUBT = (
        "one-level doubt",
        "one-level doubt",
        "The count may be one out; letters say “approximately”",
    )


class Variant(Worded):
    """A spine that has not 12 rib pairs and 5 lumbar vertebrae."""

    NONE = "none", "no variant", "T1–T12, L1–L5"
    RIBS_13 = "13 rib pairs", "13 rib pairs", "There is a T13"
    RIBS_11 = "11 rib pairs", "11 rib pairs", "There is no T12"
    LUMBAR_6 = "6 lumbar", "6 lumbar vertebrae", "There is an L6"
    LUMBAR_4 = "4 lumbar", "4 lumbar vertebrae", "There is no L5"
    LSTV = (
        "LSTV",
        "lumbosacral transitional vertebra",
        "Labels stay; the lowest may be counted either way",
    )


_EXTRA = {Variant.RIBS_13: Level.T13, Variant.LUMBAR_6: Level.L6}
_LACKS: dict[Variant | None, Level] = {Variant.RIBS_11: Level.T12, Variant.LUMBAR_4: Level.L5}


@dataclass(frozen=True, slots=True)
class Numbering:
    """How the vertebrae of one scan are named.

    Attributes:
        shift: Places that every label lies below the machine's, negative above.
        variant: None until somebody said which; the machine's own labels then stand.
    """

    shift: int = 0
    count_from: CountFrom | None = None
    confidence: Confidence | None = None
    variant: Variant | None = None

    @property
    def approximate(self) -> bool:
        """Whether letters must say “approximately”: nobody counted, or the count may be one out.

        Chest scans seldom show the sacrum and abdominal ones seldom C2, so a count by the AI
        alone is a guess at the ends.
        """
        return self.count_from in (None, CountFrom.AI_ONLY) or self.confidence is Confidence.DOUBT

    @property
    def words(self) -> str:
        """The provenance in a line: ``Counted from C2, certain; labels moved down by 1``."""
        counted = (self.count_from or CountFrom.AI_ONLY).words
        sure = f", {self.confidence.words}" if self.confidence else ""
        named = self.variant not in (None, Variant.NONE)
        variant = f"; {self.variant.words}" if self.variant and named else ""
        way = "down" if self.shift > 0 else "up"
        moved = f"; labels moved {way} by {abs(self.shift)}" if self.shift else ""
        return f"Counted {counted}{sure}{variant}{moved}"


@dataclass(frozen=True, slots=True)
class Renumbering:
    """What a reader says of the numbering in one step; None is not said.

    Attributes:
        shift: -1 names every vertebra one higher (L1 becomes T12), +1 one lower.
    """

    shift: int = 0
    count_from: CountFrom | None = None
    confidence: Confidence | None = None
    variant: Variant | None = None


def order(variant: Variant | None, seen: Iterable[Level] = ()) -> tuple[Level, ...]:
    """The vertebrae of a spine from head to foot.

    Until a *variant* was said, T13 and L6 are there when the machine's labels *seen* name them.
    """
    named = frozenset(seen) if variant is None else frozenset({_EXTRA.get(variant, Level.C1)})
    return tuple(level for level in usual_order(named) if level is not _LACKS.get(variant))


def labels(shift: int, variant: Variant | None, seen: Iterable[Level] = ()) -> dict[Level, Level]:
    """Each of the machine's names, and the name that is shown for it.

    A place that would lie above C1 or below S1 has no name and is left out. *seen* are the
    machine's own labels: where they name T13 or L6, its chain has them.
    """
    machine, shown = order(None, seen), order(variant, seen)
    return {
        name: shown[place + shift]
        for place, name in enumerate(machine)
        if 0 <= place + shift < len(shown)
    }


def after(standing: Numbering, step: Renumbering) -> Numbering:
    """The numbering once *step* was said.

    Raises:
        NotAllowed: nothing is said, or a count by nobody is called certain.
    """
    made = Numbering(
        standing.shift + step.shift,
        step.count_from or standing.count_from,
        step.confidence or standing.confidence,
        step.variant or standing.variant,
    )
    if made == standing:
        msg = "This is how the levels are numbered already. Choose what is different."
        raise NotAllowed(msg)
    if abs(step.shift) > 1:
        msg = f"Labels move by one at a time, got {step.shift}. Move them once, then look again."
        raise NotAllowed(msg)
    if made.count_from in (None, CountFrom.AI_ONLY) and made.confidence is Confidence.CERTAIN:
        msg = (
            "A count by the AI alone is not certain. Say from which landmark you counted, or "
            "choose one-level doubt."
        )
        raise NotAllowed(msg)
    return made


def moved(
    level: Level,
    old: Numbering,
    new: Numbering,
    seen: Iterable[Level] = (),
    *,
    standing: bool = True,
) -> Level:
    """The name under *new* of the vertebra that *old* calls *level*.

    A name that only *new* has, such as a T13 that a reader gave before the ribs were counted,
    stays. What is not *standing*, because it was rejected, may come to lie at any vertebra.

    Raises:
        NotAllowed: the vertebra would lie outside T1 to L6, where no finding may.
    """
    seen = frozenset(seen)
    before = {shown: name for name, shown in labels(old.shift, old.variant, seen).items()}
    if level not in before and level in order(new.variant, seen):
        return level
    found = labels(new.shift, new.variant, seen).get(before[level]) if level in before else None
    if found is None or (standing and found not in REVIEWABLE):
        said = found or "nothing that has a name"
        msg = (
            f"The finding at {level} would become {said}; a finding lies at T1 to T13 or L1 to L6. "
            "Relabel or reject it first, then number the levels again."
        )
        raise NotAllowed(msg)
    return found


def check_named(level: Level, variant: Variant | None) -> None:
    """Raise `NotAllowed` unless a spine of *variant* has a *level*; None says nothing of it."""
    if variant is not None and level not in order(variant):
        msg = (
            f"This spine is numbered with {variant.words}, so it has no {level}. Choose another "
            "level, or number the levels anew (key J)."
        )
        raise NotAllowed(msg)


def differing(named: Mapping[Level, Level]) -> dict[Level, Level]:
    """Those of *named* whose name changes."""
    return {machine: shown for machine, shown in named.items() if machine != shown}
