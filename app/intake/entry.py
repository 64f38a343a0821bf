"""The intake service at work on one delivery: every deed carries where the delivery came from."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from app.wiring import Site
from store.arrivals import Outcome
from store.domain.people import INTAKE


@dataclass(frozen=True, slots=True)
class Entry:
    """Who enters.

    Attributes:
        source: Configured name of the way in; empty for what a person gives by hand.
    """

    site: Site
    source: str = ""

    @property
    def share(self) -> float:
        """Of all scans that an AI answered, how many are read without its answer."""
        return self.site.settings.unaided_share

    def submit(self, change: Callable[..., Outcome], *args: Any) -> Outcome:  # noqa: ANN401 - as *change* takes them
        """What *change* of `store.arrivals` says, done by the intake service."""
        return self.site.submit(INTAKE, change, *args, source=self.source)
