"""What the commands for radiology reports and for lists of NHS numbers do."""

import argparse
import asyncio
import signal
import sys
from collections.abc import Callable
from datetime import datetime

from app import settings, sources
from app.intake import opt_out_table
from app.intake.mllp import Listener
from app.wiring import Site, open_site


def reports(asked: argparse.Namespace) -> int:
    """Receive reports by MLLP until interrupted."""
    told = settings.read(data=asked.data)
    source = sources.named(told, sources.Reports, asked.source)
    listener = Listener(open_site(told), source)
    try:
        asyncio.run(_until_stopped(listener))
    except OSError as error:
        msg = (
            f"Source {source.name} cannot listen or read its certificate ({error.strerror}). "
            "Check host, port and the files it names."
        )
        raise settings.UnusableSetting(msg) from None
    return 0


async def _until_stopped(listener: Listener) -> None:
    stop, ready = asyncio.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    running = asyncio.create_task(listener.run(ready, stop))
    begun = asyncio.create_task(ready.wait())
    await asyncio.wait({running, begun}, return_when=asyncio.FIRST_COMPLETED)
    if begun.done():
        host = listener.source.host
        sys.stderr.write(f"Listening for reports on {host}:{listener.port}. Ctrl-C stops.\n")
        sys.stderr.flush()
    await running


def opt_outs(asked: argparse.Namespace) -> int:
    """Enter a register of opt-outs; say how many rows did what, and of whom nothing."""
    today = datetime.now().astimezone().date()
    return _listed(asked, lambda site: opt_out_table.enter(site, asked.table, today))


def known_fls(asked: argparse.Namespace) -> int:
    """Note whom the FLS knows already; say how many rows did what, and of whom nothing."""
    return _listed(asked, lambda site: opt_out_table.note_known(site, asked.table))


def _listed(
    asked: argparse.Namespace,
    take: Callable[[Site], opt_out_table.Imported | opt_out_table.Noted],
) -> int:
    if not asked.table.is_file():
        sys.stderr.write("This table does not exist. Check the spelling.\n")
        return 2
    done = take(open_site(settings.read(data=asked.data)))
    sys.stdout.write("".join(f"{line}\n" for line in done.lines()))
    return 11 if done.refused else 0
