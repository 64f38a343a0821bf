"""Versions of AI products: a new one starts new rates, and somebody answers for its use."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlmodel import col

from store.domain import wording
from store.domain.clock import local
from store.domain.people import Permission
from store.domain.refusal import Conflict, NotAllowed
from store.guard import change, question
from store.tables import VersionRow
from store.unit import Reader, Unit

LONGEST_WORDS = 1000
_WANTING = f"Say in 1 to {LONGEST_WORDS} characters what was looked at, then press again."


@dataclass(frozen=True, slots=True)
class AiVersion:
    """A version of an AI product that has spoken.

    Attributes:
        renews: Whether another version of the product spoke before it.
        accepted_by: Who answers for its use; empty while nobody does.
    """

    product: str
    version: str
    first_at: datetime
    renews: bool
    accepted_by: str
    accepted_at: datetime | None
    words: str

    @property
    def name(self) -> str:
        """Product and version, as people say them."""
        return f"{self.product} {self.version}".strip()

    @property
    def due(self) -> bool:
        """Whether it is still to be validated at this site."""
        return self.renews and self.accepted_at is None

    @property
    def notice(self) -> str:
        """What is said of it while it is."""
        return (
            f"{self.name} is new since {local(self.first_at)}. Its rates are its own: "
            "validate it at this site before you rely on them."
        )


@question(Permission.SIGNED_IN)
def versions(reader: Reader) -> tuple[AiVersion, ...]:
    """Every version that has spoken, the newest first."""
    rows = reader.session.execute(
        select(VersionRow).order_by(col(VersionRow.first_at).desc(), col(VersionRow.version))
    ).scalars()
    return tuple(
        AiVersion(
            row.product,
            row.version,
            row.first_at,
            row.renews,
            row.accepted_name,
            row.accepted_at,
            row.words,
        )
        for row in rows
    )


@change(Permission.VALIDATE)
def accept(unit: Unit, product: str, version: str, words: str) -> None:
    """Note that the person answers for the use of a new version; *words* say what was looked at.

    Raises:
        NotAllowed: no such version has spoken, or the words are wanting.
        Conflict: somebody accepted it already.
    """
    row = unit.session.get(VersionRow, (product, version))
    if row is None:
        msg = "No such version has sent a result. Load the page again."
        raise NotAllowed(msg)
    if row.accepted_at is not None:
        msg = f"{row.accepted_name} accepted it already. Load the page again."
        raise Conflict(msg)
    said = wording.said(words, _WANTING, LONGEST_WORDS)
    row.accepted_by, row.accepted_name = unit.person.handle, unit.person.name
    row.accepted_at, row.words = unit.now, said
    unit.tell("ai_version.accepted", product, version=version)
