"""One installation, opened: its record, its files and its key."""

import logging
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Concatenate, ParamSpec, TypeVar

from app.settings import Settings
from app.texts.site import Texts, terms_of, texts_of
from store import audit, migrate, trail
from store.archive import Archive
from store.domain.people import Person
from store.domain.prose.terms import OWN, Terms
from store.domain.refusal import Conflict, NotAllowed
from store.engine import Engine, open_engine
from store.unit import Reader, Unit

P = ParamSpec("P")
T = TypeVar("T")
log = logging.getLogger("vcf_review")


class UnsafeRecord(RuntimeError):
    """The record is not guarded as it must be; nothing is opened."""


@dataclass(frozen=True, slots=True)
class Site:
    """Everything a screen, a route or the intake needs to reach."""

    settings: Settings
    engine: Engine
    archive: Archive
    key: bytes
    terms: Terms = OWN
    texts: Texts = field(default_factory=Texts)

    def ask(
        self,
        person: Person,
        question: Callable[Concatenate[Reader, P], T],
        *args: P.args,
        **kw: P.kwargs,
    ) -> T:
        """The answer to *question* as *person* may have it."""
        with Reader(self.engine, person) as reader:
            return question(reader, *args, **kw)

    def submit(
        self,
        person: Person,
        change: Callable[Concatenate[Unit, P], T],
        *args: P.args,
        **kw: P.kwargs,
    ) -> T:
        """What *change* gives, done as *person* in one transaction; a refusal is noted too."""
        try:
            with Unit(self.engine, person) as unit:
                return change(unit, *args, **kw)
        except NotAllowed as refusal:
            self._note(person, change.__name__, refusal)
            raise

    def _note(self, person: Person, deed: str, refusal: NotAllowed) -> None:
        kind = "conflict" if isinstance(refusal, Conflict) else "refused"
        with Unit(self.engine, person) as unit:
            unit.tell(f"{deed}.refused", person.handle, outcome=kind)


def open_site(settings: Settings) -> Site:
    """The installation in the data folder, made where it is new.

    Raises:
        UnsafeRecord: the triggers that guard the trail are gone.
        UnusableSetting: the site's own terms or texts cannot be used.
    """
    terms, texts = terms_of(settings), texts_of(settings)
    settings.data.mkdir(parents=True, exist_ok=True, mode=0o700)
    archive = Archive(settings.data / "files")
    engine = open_engine(settings.database_address)
    migrate.upgrade(engine)
    gone = audit.missing_guards(engine)
    if gone:
        msg = f"{len(gone)} guards of the trail are gone. Restore the record from a backup."
        raise UnsafeRecord(msg)
    return Site(settings, engine, archive, _key(settings), terms, texts)


def _key(settings: Settings) -> bytes:
    """The key that signs tickets, made once and readable by the service alone."""
    path = settings.data / "ticket.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(handle, "wb") as file:
        file.write(secrets.token_bytes(32))
    return path.read_bytes()


def anchor(site: Site, person: Person) -> audit.Anchor:
    """Note the head of the trail in a file outside the database, and return it."""
    head = site.ask(person, trail.head)
    with (site.settings.data / "anchors.txt").open("a") as file:
        file.write(f"{datetime.now().astimezone().isoformat()} {head.seq} {head.hash}\n")
        file.flush()
        os.fsync(file.fileno())
    return head


def anchors(settings: Settings) -> tuple[audit.Anchor, ...]:
    """Lines of the trail that were noted outside the database."""
    path = settings.data / "anchors.txt"
    if not path.exists():
        return ()
    noted = (line.split() for line in path.read_text().splitlines())
    return tuple(audit.Anchor(int(parts[1]), parts[2]) for parts in noted if len(parts) == 3)
