"""What the screens of REALM need of the files: the key of the links, key images, and erasing."""

import logging
import os
from datetime import date, datetime
from pathlib import Path

from app.wiring import Site
from components.imaging.key_image import View, key_image
from store import identities, realm
from store.domain.people import INTAKE, Person
from store.domain.redaction import Known, redacted, suggested
from store.domain.refusal import NotAllowed
from store.identities import Whose
from store.sealed import Seal

log = logging.getLogger("vcf_review")


def seal(site: Site) -> Seal:
    """The seal of the links; its key is made once and lies beside the database, not in it."""
    path = site.settings.data / "realm.key"
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Seal(path.read_bytes())
    with os.fdopen(handle, "wb") as file:
        file.write(Seal.new_key())
        file.flush()
        os.fsync(file.fileno())
    return Seal(path.read_bytes())


def places(site: Site) -> tuple[str, ...]:
    """The site's own list of places; none where there is no such file."""
    try:
        lines = Path(site.settings.realm_places or os.devnull).read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        log.warning("the file of VCF_REALM_PLACES cannot be read")
        return ()
    return tuple(line.strip() for line in lines if line.strip())


def known(whose: Whose, local: tuple[str, ...] = ()) -> Known:
    """What is known of the people behind a case, as redaction wants it, and *local* places."""
    return Known(
        names=tuple(filter(None, (whose.surname, whose.forename))),
        numbers=tuple(filter(None, (whose.nhs_number, whose.hospital_number, whose.accession))),
        dates=tuple(filter(None, (whose.born, whose.scanned))),
        staff=(whose.reporter,) if whose.reporter else (),
        places=(*local, *filter(None, (whose.site,))),
    )


def redact(whose: Whose, text: str) -> str:
    """*text* with everything taken out that may tell whose it is; a person still reads it."""
    return redacted(text, suggested(text, known(whose)))


def draw_picture(site: Site, person: Person, case_no: str, whose: Whose, words: str) -> None:
    """Render the key image of a case from its pixels and keep it.

    Raises:
        NotAllowed: the scan has no picture any more, or the case was shown.
        UnsafeSource: a slice may have words in its pixels.
    """
    stack = site.archive.path("stacks", whose.stack) if whose.stack else None
    folder = site.archive.path("series", whose.series) if whose.series else None
    if stack is None or folder is None or not stack.exists() or not folder.is_dir():
        msg = "The picture of this scan is not kept any more. Show the case without one."
        raise NotAllowed(msg)
    png = key_image(stack, sorted(folder.iterdir()), View())
    site.submit(person, realm.keep_picture, case_no, png, words)


def erase(site: Site) -> int:
    """Erase the links whose days are over; how many there were."""
    days = site.settings.realm_days
    if not site.ask(INTAKE, identities.due, days):
        return 0
    return site.submit(INTAKE, identities.erase, days)


class Daily:
    """Erases once a day at most, whenever it is asked; a worker asks whenever it is idle."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._last: date | None = None

    def __call__(self, now: datetime) -> int:
        """How many links were erased now."""
        if self._last == now.date():
            return 0
        self._last = now.date()
        try:
            return erase(self.site)
        except Exception:
            # Pictures are prepared all the same; tomorrow, or the next worker, tries again.
            log.exception("links of REALM could not be erased")
            return 0
