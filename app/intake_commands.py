"""What each command that waits for a hospital to send does."""

import argparse
import logging
import os
import signal
import sys
import threading
from collections.abc import Callable
from datetime import date, datetime
from types import FrameType
from typing import TYPE_CHECKING

from app import settings, sources
from app.intake.hand_over import HandOver
from app.intake.spool import Spool
from app.wiring import Site, open_site
from store.domain.refusal import Unusable

if TYPE_CHECKING:
    from app.intake.pull import Round

log = logging.getLogger("vcf_review")


def listen(asked: argparse.Namespace) -> int:
    """Receive by C-STORE until interrupted."""
    from app.intake import listen as by_dicom  # pynetdicom takes half a second to load

    told = settings.read(data=asked.data)
    source = sources.named(told, sources.Listener, asked.source)
    hand_over = _hand_over(open_site(told), source)
    sys.stderr.write(f"Listening on {source.host}:{source.port}. Ctrl-C stops.\n")
    by_dicom.listen(source, hand_over, until_stopped())
    return 0


def pull(asked: argparse.Namespace) -> int:
    """Fetch by DICOMweb, once or until interrupted; 11 where a single round failed."""
    from app.intake.pull import pull as fetch

    told = settings.read(data=asked.data)
    source = sources.named(told, sources.DicomWeb, asked.source)
    hand_over = _hand_over(open_site(told), source)
    stopped = until_stopped()
    if asked.once:
        done = fetch(source, hand_over, _today(), stopped, asked.since)
        _tell(source, done)
        return 11 if done.failed else 0
    while True:
        try:
            _tell(source, fetch(source, hand_over, _today(), stopped, asked.since))
        except Unusable as refusal:
            log.warning("%s: %s", source.name, refusal)
        except Exception:
            # The record may be away for a while; the next round asks for the same again.
            log.exception("%s: a round was not finished", source.name)
        if stopped(source.every_seconds):
            return 0


def work(asked: argparse.Namespace) -> int:
    """Prepare pictures until interrupted; several may run at once, on several machines."""
    from app.intake import work as queue

    site, parent = open_site(settings.read(data=asked.data)), os.getppid()
    orphaned = (lambda: os.getppid() != parent) if asked.beside else (lambda: False)
    queue.work(site, until_stopped(), orphaned)
    return 0


def _today() -> date:
    return datetime.now().astimezone().date()


def _tell(source: sources.Source, done: "Round") -> None:
    counts = done.fetched, done.known, done.failed
    log.info("%s: fetched %d, known %d, failed %d series", source.name, *counts)


def watch(asked: argparse.Namespace) -> int:
    """Receive what is copied to a folder until interrupted."""
    from app.intake.watch import Watch
    from app.intake.watch import watch as look_again

    told = settings.read(data=asked.data)
    source = sources.named(told, sources.Folder, asked.source)
    hand_over = _hand_over(open_site(told), source)
    look_again(Watch(hand_over.site, source, hand_over.spool), until_stopped())
    return 0


def send(asked: argparse.Namespace) -> int:
    """Send DICOM objects to a PACS by DICOMweb; 11 where an assessment could not be sent."""
    from app.intake.assessments import send_due
    from app.intake.send import send as store
    from app.intake.web import Service

    if bool(asked.files) is asked.assessments:
        sys.stderr.write("Name files to send, or give --assessments, not both.\n")
        return 2
    told = settings.read(data=asked.data)
    source = sources.named(told, sources.DicomWeb, asked.to)
    service, stopped = Service(source), until_stopped()
    if asked.assessments:
        done = send_due(open_site(told), service, source.name, stopped)
        sys.stdout.write(f"{done.sent} assessments sent, {done.left} left for the next time\n")
        return 11 if done.left else 0
    for number, file in enumerate(asked.files, start=1):
        try:
            store(service, file, stopped)
        except OSError as error:
            msg = f"File {number} cannot be read: {error.strerror}."
            raise Unusable(msg) from None
        sys.stdout.write(f"{number} of {len(asked.files)} sent\n")
    return 0


def _hand_over(site: Site, source: sources.Source) -> HandOver:
    return HandOver(site, Spool(site.archive.folder / "inbox", source.name))


def until_stopped() -> Callable[[float], bool]:
    """A pause of so many seconds; whether SIGTERM or Ctrl-C asked for the end by then."""
    end = threading.Event()

    def stop(_: int, __: FrameType | None) -> None:
        end.set()

    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, stop)
    return end.wait
