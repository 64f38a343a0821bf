"""What goes back to the PACS: a clinician's word on each flag of the AI."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from store.domain.finding import Source, State
from store.domain.genant import Grade
from store.domain.rejection import REASONS, Class
from store.domain.spine import Level


class Ruling(StrEnum):
    """What a clinician did with one finding; a regraded one may be relabelled too."""

    CONFIRMED = "confirmed"
    REGRADED = "regraded"
    RELABELLED = "relabelled"
    REJECTED = "rejected"
    UNDECIDED = "undecided"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Tracked:
    """One flag of one AI product; *uid* and *name* are the product's own, or empty."""

    product: str
    version: str
    uid: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Assessed:
    """One finding as the clinician left it.

    Attributes:
        uid: Of the finding here; stands in where the AI gave no tracking UID.
        code: Why it was rejected (`rejection.REASONS`); else empty.
        flags: Of the AI, that it answers; none where a reader added it.
    """

    uid: str
    level: Level | None
    grade: Grade | None
    rulings: tuple[Ruling, ...]
    code: str
    flags: tuple[Tracked, ...]

    @property
    def present(self) -> bool | None:
        """Whether there is a fracture, fragile or not; None where nobody could say."""
        if Ruling.UNDECIDED in self.rulings:
            return None
        rejected = Ruling.REJECTED in self.rulings
        return not rejected or REASONS[self.code].kind is Class.NOT_FRAGILITY


@dataclass(frozen=True, slots=True)
class Assessment:
    """One closed case, frozen.

    Attributes:
        uid, series_uid: Of the object that is sent.
        series: Digest of the CT series that was shown.
        role: Of whoever closed the case, in words; nobody is named.
        before: (series UID, object UID) of what was sent of the case before.
    """

    uid: str
    series_uid: str
    series: str
    site: str
    role: str
    closed_at: datetime
    found: tuple[Assessed, ...]
    before: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Imaged:
    """The scan as its own DICOM headers name it.

    Attributes:
        header: Elements of patient and study by their keyword, as text.
        instances: (SOP Class UID, SOP Instance UID) of every slice.
    """

    header: dict[str, str]
    series_uid: str
    instances: tuple[tuple[str, str], ...]


def rulings(
    state: State,
    source: Source,
    levels: tuple[Level | None, Level | None],
    grades: tuple[Grade | None, Grade | None],
) -> tuple[Ruling, ...]:
    """What was done with a finding; of *levels* and *grades* the AI's come first."""
    if state is State.REJECTED:
        return (Ruling.REJECTED,)
    if state is not State.CONFIRMED:
        return (Ruling.UNDECIDED,)
    if source is Source.READER:
        return (Ruling.ADDED,)
    moved = levels[0] is not None and levels[0] != levels[1]
    graded = grades[0] is not None and grades[0] != grades[1]
    changed = ((moved, Ruling.RELABELLED), (graded, Ruling.REGRADED))
    return (Ruling.CONFIRMED, *(one for applies, one in changed if applies))
