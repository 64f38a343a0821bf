"""The worklist's filters as the address of the page carries them: never a name, never a number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar
from urllib.parse import parse_qsl, urlencode

from store.domain.finding import CaseState
from store.domain.genant import Grade
from store.domain.queue import Assigned, Band, Filters, Only, Sort, window
from store.domain.refusal import NotAllowed
from store.domain.spine import Level

T = TypeVar("T", bound=StrEnum)
OPEN, ALL = "open", "all"
NAMES = ("state", "site", "grade", "level", "product", "waited", "assigned", "only", "sort")


@dataclass(frozen=True, slots=True)
class Address:
    """The filters by name, as text; empty where nothing is narrowed.

    Attributes:
        state: A state, `OPEN` for all that have to be read, or `ALL`.
        waited: A band of waiting.
    """

    state: str = OPEN
    site: str = ""
    grade: str = ""
    level: str = ""
    product: str = ""
    waited: str = ""
    assigned: str = ""
    only: str = ""
    sort: str = Sort.GRAVEST.value

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Address":
        """The address in *query*; names that are no filters belong to others.

        Raises:
            NotAllowed: a value is none of those offered.
        """
        found = cls(**{name: query[name] for name in NAMES if name in query})
        found.filters(date.min.replace(year=2000), 0)
        return found

    @classmethod
    def read(cls, text: str) -> "Address":
        """The address in the text that `text` gives."""
        return cls.of(dict(parse_qsl(text)))

    def query(self) -> dict[str, str]:
        """What differs from the default, for the page's address."""
        plain = Address()
        return {name: v for name in NAMES if (v := getattr(self, name)) != getattr(plain, name)}

    def text(self) -> str:
        """`query` in one line."""
        return urlencode(self.query())

    def filters(self, on: date, due_days: int) -> Filters:
        """What the worklist is asked for on the day *on*.

        Raises:
            NotAllowed: a value is none of those offered.
        """
        waited = _one(Band, self.waited)
        since, before = window(waited, on, due_days) if waited else (None, None)
        whole = self.state in {OPEN, ALL}
        return Filters(
            state=None if whole else _one(CaseState, self.state),
            open=self.state != ALL,
            site=self.site,
            grade=_grade(self.grade),
            level=_one(Level, self.level),
            product=self.product,
            since=since,
            before=before,
            assigned=_one(Assigned, self.assigned),
            only=_one(Only, self.only),
            sort=_one(Sort, self.sort) or Sort.GRAVEST,
        )


def _one(kind: type[T], text: str) -> T | None:
    if not text:
        return None
    try:
        return kind(text)
    except ValueError:
        raise _not_offered() from None


def _grade(text: str) -> Grade | None:
    if text not in {"", "1", "2", "3"}:
        raise _not_offered()
    return Grade(int(text)) if text else None


def _not_offered() -> NotAllowed:
    """The text itself is not repeated: an address is anybody's to write."""
    return NotAllowed("The address of this page asks for a filter or order that is not offered.")
