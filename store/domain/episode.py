"""One patient is one episode: scans merged, and what the FLS is to be told now."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from store.domain.genant import Grade
from store.domain.referral import Exclusion
from store.domain.spine import Level, craniocaudal

Fractures = Mapping[Level, Grade]
"""The confirmed fractures of a patient, each with its grade."""

RECALLS = frozenset(
    {
        Exclusion.DECEASED,
        Exclusion.PATIENT_OBJECTED,
        Exclusion.MALIGNANT_FRACTURE,
        Exclusion.HIGH_ENERGY,
    }
)
"""What takes back a referral that was made before; our default.

The others are reasons not to begin. These mean that the FLS must not write to the patient, or
that the urgent route has them.
"""


class Due(StrEnum):
    """Which row of the workbook is due for a patient."""

    NEW = "NEW"
    AMENDED = "AMENDED"
    WITHDRAWN = "WITHDRAWN"
    NOTHING = "NOTHING"


def merged(scans: Iterable[Fractures]) -> dict[Level, Grade]:
    """The fractures of all *scans*, head first; a level on several has its gravest grade.

    Vertebral fractures do not grow back, so a lower grade on a later scan is another reader's
    view, not healing.
    """
    worst: dict[Level, Grade] = {}
    for scan in scans:
        for level, grade in scan.items():
            worst[level] = max(grade, worst.get(level, Grade.NONE))
    return {level: worst[level] for level in craniocaudal(set(worst))}


def due(
    sent: Fractures | None, now: Fractures, *, recalled: bool = False, reread: bool = False
) -> Due:
    """Which row is due.

    Args:
        sent: What the open referral says; None where there is none.
        now: What is confirmed on closed scans.
        recalled: Whether the referral must not stand, whatever is confirmed.
        reread: Whether a scan that was closed is being read again: until that is done, nothing
            is taken back for its findings.
    """
    if sent is None:
        return Due.NEW if now and not recalled else Due.NOTHING
    if recalled:
        return Due.WITHDRAWN
    if reread:
        return Due.AMENDED if _more(sent, now) else Due.NOTHING
    if not now:
        return Due.WITHDRAWN
    return Due.NOTHING if dict(sent) == dict(now) else Due.AMENDED


def changes(sent: Fractures, now: Fractures) -> str:
    """What an amended row tells, such as ``T12 new; L1 was mild, now severe``."""
    said = []
    for level in craniocaudal({*sent, *now}):
        before, after = sent.get(level), now.get(level)
        if before is None:
            said.append(f"{level.value} new")
        elif after is None:
            said.append(f"{level.value} not confirmed any more")
        elif before is not after:
            said.append(f"{level.value} was {before.name.lower()}, now {after.name.lower()}")
    return "; ".join(said)


def _more(sent: Fractures, now: Fractures) -> bool:
    return any(grade > sent.get(level, Grade.NONE) for level, grade in now.items())
