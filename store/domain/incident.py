"""Whether a fracture is new, worse or as it was: one vertebra on two scans, by rule.

Only a proposal, with the figures it rests on; the reader decides. Levels are compared by the names
that are shown, after either scan's labels were moved.
"""

from dataclasses import dataclass

from store.domain.describe import Novelty
from store.domain.genant import Grade
from store.domain.morphometry import Heights

INCIDENT_GRADES = 1
"""A grade higher by this much or more is an incident fracture.

Source: common knowledge of the field; the site's clinical lead confirms it.
"""
INCIDENT_FALL, INCIDENT_FALL_MM = 0.20, 4.0
"""So is a height that fell by both, as a fraction of the earlier one and in mm.

Source: as `INCIDENT_GRADES`. 4 mm is more than twice the limits of heights on slices of 3 mm.
"""
_PLACES = ("anterior", "middle", "posterior")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Seen:
    """One vertebra on one scan.

    Attributes:
        grade: The reader's, else the one suggested; `Grade.NONE` says there is no fracture, None
            that nobody and nothing graded it.
        heights: None where the scan is not fit for them.
    """

    grade: Grade | None = None
    heights: Heights | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """What the rule proposes, with its figures in words."""

    novelty: Novelty
    words: str


NOTHING_EARLIER = Change(Novelty.NO_PRIOR, "no earlier scan shows this level")


def compare(earlier: Seen, now: Seen) -> Change | None:
    """What became of a vertebra from one scan to the next.

    None where the two have nothing in common to compare, or where they speak against each other:
    a higher grade with a height that rose as much as counts, one height up and another down.
    """
    if not comparable(earlier, now):
        return None
    grown, shrunk = _incident(earlier, now), _incident(now, earlier)
    if grown and shrunk:
        return None
    if not grown:
        return Change(Novelty.UNCHANGED, _words(earlier, now))
    return Change(Novelty.WORSE if earlier.grade else Novelty.NEW, _words(earlier, now))


def comparable(earlier: Seen, now: Seen) -> bool:
    """Whether two scans of a vertebra have a grade, or heights, in common."""
    graded = earlier.grade is not None and now.grade is not None
    return graded or (earlier.heights is not None and now.heights is not None)


def _incident(earlier: Seen, now: Seen) -> bool:
    up = (
        earlier.grade is not None
        and now.grade is not None
        and now.grade - earlier.grade >= INCIDENT_GRADES
    )
    return up or any(
        before - after >= INCIDENT_FALL_MM - _ROUNDING
        and (before - after) / before >= INCIDENT_FALL - _ROUNDING
        for before, after in _pairs(earlier, now)
    )


def _pairs(earlier: Seen, now: Seen) -> list[tuple[float, float]]:
    if earlier.heights is None or now.heights is None:
        return []
    return list(zip(earlier.heights.three, now.heights.three, strict=True))


def _words(earlier: Seen, now: Seen) -> str:
    """The figures: ``grade 2 → 3; anterior 21.0 → 16.1 mm, −23 %``."""
    said = []
    if earlier.grade is not None and now.grade is not None:
        said.append(f"grade {int(earlier.grade)} → {int(now.grade)}")
    shares = [(after - before) / before for before, after in _pairs(earlier, now)]
    if shares:
        # The place that fell the most, as a share of what it was.
        most = shares.index(min(shares))
        before, after = _pairs(earlier, now)[most]
        share = round(shares[most] * 100)
        sign = "−" if share < 0 else "+" if share > 0 else ""
        said.append(f"{_PLACES[most]} {before:.1f} → {after:.1f} mm, {sign}{abs(share)} %")
    return "; ".join(said)
