"""One HL7 message into the record: the message is kept first, and then what it says is entered."""

from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from app import sources
from app.intake import hl7_reports
from app.intake.hl7_message import Head, UnusableMessage, head_of, messages
from app.wiring import Site
from store import messages as refused
from store import reports
from store.arrivals import Outcome
from store.domain.arrival import Fate, RadiologyReport
from store.domain.codes import System, sex_system
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
        words, code = str(refusal), "AR" if refusal.rejected else "AE"
        digest = sha256(raw).hexdigest()
        kept = site.ask(INTAKE, refused.room, digest)
        if kept:
            _keep(site, digest, raw)
        site.submit(INTAKE, refused.refuse, digest, words, kept=kept, answer=code, source=source)
        return Taken(code, head, words)
    done = tuple(_enter(site, raw, replace(r, source=source)) for r in found)
    digest = sha256(raw).hexdigest()
    if site.ask(INTAKE, refused.open_still, digest):
        site.submit(INTAKE, refused.read_when_resent, digest)
    return Taken("AA", head, "", done)


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


def read_again(site: Site, digest: str, source: str) -> None:
    """Enter the reports of a refused message that was kept, as *source* is set up now.

    Raises:
        UnusableMessage: it still cannot be read.
        UnusableSetting: the file of sources cannot be used.
    """
    charset = next(
        (
            one.charset
            for one in sources.read(site.settings)
            if isinstance(one, sources.Reports) and one.name == source
        ),
        "",
    )
    raw = site.archive.path("messages", digest).read_bytes()
    for report in hl7_reports.read(raw, charset):
        _enter(site, raw, replace(report, source=source))


def _enter(site: Site, raw: bytes, report: RadiologyReport) -> Outcome:
    if not site.ask(INTAKE, reports.known, report.digest):
        _keep(site, report.raw, raw)
    if report.sex:
        whose = sex_system(report.sex, System.HL7, site.settings.codes)
        report = replace(report, sex_system=whose.value)
    return site.submit(INTAKE, reports.receive, report)


def _keep(site: Site, digest: str, raw: bytes) -> None:
    if not site.archive.path("messages", digest).exists():
        site.archive.put("messages", digest, lambda file: _written(file.write(raw)))


def _written(_count: int) -> None:
    """Nothing: how many bytes were written is of no interest."""
