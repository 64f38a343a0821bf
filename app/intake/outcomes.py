"""What became of everything that was received, for people and for programs."""

import json
from dataclasses import dataclass, field

from store.domain.arrival import Fate


@dataclass(slots=True)
class SeriesOutcome:
    """What became of one series.

    Attributes:
        job: Makes its picture; empty where none is wanted.
    """

    series_uid: str
    study_uid: str
    instances: int
    fate: Fate
    reason: str = ""
    case: str | None = None
    mask: str = ""
    results: list[str] = field(default_factory=list)
    job: str = ""

    def as_json(self) -> str:
        """One line of JSON, without a patient identifier."""
        return json.dumps(
            {
                "series_instance_uid": self.series_uid,
                "study_instance_uid": self.study_uid,
                "instances": self.instances,
                "outcome": self.fate.value,
                "reason": self.reason,
                "case": self.case,
                "mask": self.mask,
                "results": self.results,
            }
        )

    def as_text(self) -> str:
        """One line for a person."""
        said = f": {self.reason}" if self.reason else ""
        end = self.series_uid[-12:] or "no UID"
        mask = f"\n    mask {self.mask}" if self.mask else ""
        results = "".join(f"\n    result {each}" for each in self.results)
        return f"{self.fate.value:9} series …{end}, {self.instances} slices{said}{mask}{results}"


@dataclass(slots=True)
class Received:
    """The whole delivery.

    Attributes:
        others: Results, masks and reports that joined no series of this delivery: kind, fate
            and reason.
        aside: Files that are no CT slices, by reason.
        defects: Errors of our own; the rest went on.
    """

    series: list[SeriesOutcome] = field(default_factory=list)
    others: list[tuple[str, Fate, str]] = field(default_factory=list)
    aside: list[tuple[str, int]] = field(default_factory=list)
    defects: int = 0

    def summary(self) -> list[str]:
        """What is not a series, in lines for a person."""
        lines = [f"ignored   {count} files: {reason}" for reason, count in self.aside]
        counted: dict[tuple[str, Fate, str], int] = {}
        for other in self.others:
            counted[other] = counted.get(other, 0) + 1
        for (kind, fate, reason), count in counted.items():
            said = f": {reason}" if reason else ""
            lines.append(f"{fate.value:9} {count} × {kind}{said}")
        return lines
