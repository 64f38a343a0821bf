"""Asking and changing: a `Reader` asks, a `Unit` is one transaction by one person."""

from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from sqlalchemy import Engine
from sqlmodel import Session

from store import audit
from store._turns import Turns
from store.domain.people import Permission, Person
from store.domain.refusal import NotAllowed
from store.engine import TURNS, WRITES

PATIENCE_S = 10.0
"""How long a writer waits for its turn before it takes its chance with the database itself."""


class Reader:
    """Someone who asks. Nothing a reader does is kept.

    Attributes:
        now: When they ask, UTC; the same for everything they ask.
    """

    writes = False

    def __init__(self, engine: Engine, person: Person, now: datetime | None = None) -> None:
        self.person = person
        self.now = now or datetime.now(UTC)
        options = {WRITES: True} if self.writes else {}
        # Rows are frozen into values before the transaction ends, so nothing needs refreshing.
        self.session = Session(engine.execution_options(**options), expire_on_commit=False)

    def require(self, permission: Permission) -> None:
        """Raise `NotAllowed` unless the person's role carries *permission*."""
        if not self.person.may(permission):
            msg = f"Your role, {self.person.role.words}, may not {permission.value}."
            raise NotAllowed(msg)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()


class Unit(Reader):
    """One transaction by one person: all of it is kept, or none.

    Attributes:
        now: When it happens, UTC; the same for everything in the unit.
        told: Lines of the trail written so far.
    """

    writes = True

    def __init__(self, engine: Engine, person: Person, now: datetime | None = None) -> None:
        super().__init__(engine, person, now)
        self.told = 0
        self._turns: Turns | None = engine.get_execution_options().get(TURNS)
        self._mine = False

    def __enter__(self) -> Self:
        self._mine = self._turns is not None and self._turns.take(PATIENCE_S)
        return super().__enter__()

    def tell(self, action: str, entity: str, outcome: str = "ok", **detail: object) -> None:
        """Write a line of the trail, in this transaction. *detail* never names a patient."""
        self.tell_as(self.person, action, entity, outcome, **detail)

    def tell_as(
        self, person: Person, action: str, entity: str, outcome: str = "ok", **detail: object
    ) -> None:
        """As `tell`, of something that *person* did: the service, while another person acts."""
        audit.append(self.session, person, self.now, action, entity, outcome, detail)
        self.told += 1

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None:
                self.session.commit()
            else:
                self.session.rollback()
        finally:
            self.session.close()
            if self._turns is not None and self._mine:
                self._turns.give()
                self._mine = False
