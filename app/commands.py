"""What each command does."""

import argparse
import shutil
import sys
import tempfile
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from app import formats, settings
from app.demo.people import DEMO_STAFF
from app.intake import history
from app.intake.outcomes import Received
from app.intake.pace import Pace
from app.intake.receive import Delivery
from app.intake.receive import receive as take_in_only
from app.intake.whole import take_in
from app.progress import Bar
from app.wiring import Site, anchor, anchors, open_site
from store import audit, staff
from store.domain.people import INTAKE, Person, Role

DEMO_FOLDER = Path("vcf-demo")


def _site(asked: argparse.Namespace) -> Site:
    return open_site(settings.read(data=asked.data))


def demo(asked: argparse.Namespace) -> int:
    """Make an invented hospital through the same intake as a real one, then serve it."""
    # Whatever the environment says: invented patients never enter a hospital's own record.
    told = replace(settings.read(data=asked.data or DEMO_FOLDER), database="")
    if asked.port:
        told = replace(told, port=asked.port)
    ready = told.data / "DEMO"
    if not ready.exists():
        if told.data.exists() and any(told.data.iterdir()):
            shutil.rmtree(told.data) if (told.data / "DEMO.unfinished").exists() else _occupied(
                told.data
            )
        _found(told)
    if asked.no_serve:
        return 0
    return _serve(open_site(told))


def _occupied(folder: Path) -> None:
    msg = f"The folder {folder.name} holds something else. Give an empty one with --data."
    raise settings.UnusableSetting(msg)


def _found(told: settings.Settings) -> None:
    """Found the hospital; a mark shows while it is unfinished, so that a stop is no trap."""
    from app.demo.hospital import write_hospital
    from app.demo.learning import learn
    from app.demo.loop import send_one
    from app.demo.work import POLICY, work, write_correction

    told.data.mkdir(parents=True)
    mark = told.data / "DEMO.unfinished"
    mark.touch()
    site = open_site(told)
    bar = Bar()
    for person in DEMO_STAFF:
        site.submit(INTAKE, staff.enrol, person)
    with tempfile.TemporaryDirectory(dir=told.data) as inbox:
        folder = Path(inbox)
        today = datetime.now().astimezone().date()
        draw = partial(_drawn, bar)
        write_hospital(folder, draw, today=today)
        take_in(site, Delivery((folder,)), bar)
        work(site)
        corrected = folder / "corrected.csv"
        write_correction(corrected, today)
        take_in(site, Delivery((corrected,)), bar)
    learn(site, today)
    send_one(site)
    (told.data / "policy.toml").write_text(POLICY, encoding="utf-8")
    site.engine.dispose()
    mark.rename(told.data / "DEMO")


def _drawn(bar: Bar, done: int, total: int, _words: str) -> None:
    bar("Drawing patients", done, total)


def serve(asked: argparse.Namespace) -> int:
    """Serve the workstation until interrupted."""
    return _serve(_site(asked))


def _serve(site: Site) -> int:
    from app import (
        server,
        workers,
    )  # Streamlit takes a second to load; other commands do not need it

    anchor(site, INTAKE)
    told = site.settings
    formats.made_with(told)  # a format that is not known is said now, not at the first export
    try:
        server.check_port(told)
        sys.stderr.write(f"Open http://{told.host}:{told.port} in a browser. Ctrl-C stops.\n")
        with workers.beside(site):
            server.serve(site)
    except (server.OpenToTheNetwork, server.PortTaken) as refusal:
        raise settings.UnusableSetting(str(refusal)) from None
    return 0


def receive(asked: argparse.Namespace) -> int:
    """Take in scans, results and reports; say what became of each."""
    missing = [path for path in (*asked.paths, *asked.results) if not path.exists()]
    if missing:
        sys.stderr.write(f"{len(missing)} of the paths given do not exist. Check the spelling.\n")
        return 2
    site = _site(asked)
    delivery = Delivery(tuple(asked.paths), tuple(asked.results), asked.labels)
    plan = history.planned(delivery.paths, asked.piece)
    if plan is not None:
        return _receive_all(site, delivery, plan, asked)
    done = (take_in_only if asked.queue else take_in)(site, delivery, Bar())
    _tell(done, asked)
    for line in done.summary():
        (sys.stderr if asked.json else sys.stdout).write(line + "\n")
    return 1 if done.defects else 0


def _tell(done: Received, asked: argparse.Namespace) -> None:
    for outcome in done.series:
        sys.stdout.write((outcome.as_json() if asked.json else outcome.as_text()) + "\n")


def _receive_all(
    site: Site, delivery: Delivery, plan: tuple[history.Piece, ...], asked: argparse.Namespace
) -> int:
    """Take in a whole archive, and say at the end what came of it in numbers."""
    bar, files = Bar(), sum(piece.files for piece in plan)
    pace = Pace(files)

    def watch(read: int, skipped: int, series: int) -> None:
        bar("Reading the archive", read + skipped, files, pace.words(read, skipped, series))

    watch(0, 0, 0)
    totals = history.take_in_all(
        site,
        delivery,
        plan,
        lambda done: _tell(done, asked),
        watch,
        pictures=not asked.queue,
        again=asked.again,
    )
    for line in totals.summary():
        sys.stderr.write(line + "\n")
    return 1 if totals.defects else 0


def verify(asked: argparse.Namespace) -> int:
    """Walk the trail and say whether it is whole."""
    told = settings.read(data=asked.data)
    site = open_site(told)
    verdict = audit.verify(site.engine, anchors(told))
    for fault in verdict.faults:
        sys.stdout.write(f"{fault}\n")
    if verdict.faults:
        sys.stdout.write("The trail is NOT whole. Keep a copy and tell the system administrator.\n")
        return 11
    sys.stdout.write(
        f"{verdict.lines} lines, each continues the one before.\n"
        f"Head: line {verdict.head.seq}, {verdict.head.hash}\n"
    )
    return 0


def enrol(asked: argparse.Namespace) -> int:
    """Let someone sign in."""
    person = Person(asked.handle, asked.name, Role(asked.role))
    _site(asked).submit(INTAKE, staff.enrol, person)
    sys.stdout.write(f"{person.name} may sign in as {person.role.words}.\n")
    return 0


def erase(asked: argparse.Namespace) -> int:
    """Erase the links of REALM cases whose days are over."""
    from app import realm_desk  # the pictures it makes need half a second to load

    gone = realm_desk.erase(_site(asked))
    sys.stdout.write(f"{gone} links between REALM cases and scans were erased.\n")
    return 0
