"""One HL7 message into the record: the message is kept first, and then what it says is entered."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from app.intake import hl7_reports
from app.intake.hl7_message import Head, UnusableMessage, head_of, messages
from app.wiring import Site
from store import arrivals, reports
from store.arrivals import Outcome
from store.domain.arrival import Fate, RadiologyReport
from store.domain.people import INTAKE


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one message.

    Attributes:
        code: AA the record has it, AE it cannot be used as it is, AR it is not for us.
        words: Why not; empty for AA.
    """

    code: str
    head: Head
    words: str = ""
    outcomes: tuple[Outcome, ...] = ()


def take(site: Site, raw: bytes, source: str = "", charset: str = "") -> Taken:
    """Enter the reports of the message *raw*; when it returns AA the record has them.

    Args:
        raw: One message, its segments ended by carriage returns.
        source: Name of the source it came from.
        charset: In which it is taken to be written where it does not say.
    """
    head = head_of(raw)
    try:
        found = hl7_reports.read(raw, charset)
    except UnusableMessage as refusal:
        words = str(refusal)
        digest = sha256(raw).hexdigest()
        site.submit(INTAKE, arrivals.refuse, "report", digest, Fate.REFUSED, words, source=source)
        return Taken("AR" if refusal.rejected else "AE", head, words)
    return Taken("AA", head, "", tuple(_enter(site, raw, replace(r, source=source)) for r in found))


def take_file(
    site: Site, path: Path, source: str = "", charset: str = ""
) -> list[tuple[str, Fate, str]]:
    """What became of each message in the file at *path*: kind, fate and reason."""
    done = []
    for raw in messages(path.read_bytes()):
        taken = take(site, raw, source, charset)
        done += [("report", one.fate, one.reason) for one in taken.outcomes]
        if taken.words:
            done.append(("report", Fate.REFUSED, taken.words))
    return done


def _enter(site: Site, raw: bytes, report: RadiologyReport) -> Outcome:
    if not site.ask(INTAKE, reports.known, report.digest):
        site.archive.put("messages", report.raw, lambda file: _written(file.write(raw)))
    return site.submit(INTAKE, reports.receive, report)


def _written(_count: int) -> None:
    """Nothing: how many bytes were written is of no interest."""
