"""The command line: ``vcf-review`` and a verb; ``vcf-review --help`` lists them."""

import argparse
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from app import check_command, commands, intake_commands, quiet, report_commands
from app.intake.history import PIECE
from app.settings import UnusableSetting
from store.domain.people import Role
from store.domain.refusal import NotAllowed, Unusable

OK, DEFECT, USAGE, SETTINGS, UNUSABLE, NOT_ALLOWED = 0, 1, 2, 10, 11, 12

_PIECE = f"read a larger archive folder by folder, so many files at a time ({PIECE:,})"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="vcf-review", description="Review room for vertebral fractures flagged on CT."
    )
    parser.add_argument("--data", type=Path, help="data folder (before VCF_DATA)")
    verbs = parser.add_subparsers(dest="verb", required=True)
    demo = verbs.add_parser("demo", help="make an invented hospital and open it in the browser")
    demo.add_argument("--port", type=int, default=None)
    demo.add_argument("--no-serve", action="store_true", help="make the hospital only")
    demo.set_defaults(run=commands.demo)
    serve = verbs.add_parser("serve", help="serve the workstation on this machine")
    serve.set_defaults(run=commands.serve)
    take = verbs.add_parser("receive", help="take in scans, AI results and reports")
    take.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    take.add_argument("--results", action="append", type=Path, default=[], metavar="FILE")
    take.add_argument("--labels", help="label table of masks that do not name their labels")
    take.add_argument("--json", action="store_true", help="one JSON object a series")
    take.add_argument("--piece", type=int, default=PIECE, metavar="FILES", help=_PIECE)
    take.add_argument("--again", action="store_true", help="read known parts of an archive too")
    take.add_argument("--queue", action="store_true", help="leave the pictures to the workers")
    take.set_defaults(run=commands.receive)
    labour = verbs.add_parser("work", help="prepare pictures of what was received")
    labour.add_argument(
        "--beside", action="store_true", help="end with the process that started it"
    )
    labour.set_defaults(run=intake_commands.work)
    out = verbs.add_parser("opt-outs", help="leave out the patients of a CSV table")
    out.add_argument("table", type=Path, metavar="FILE")
    out.set_defaults(run=report_commands.opt_outs)
    fls = verbs.add_parser("known-fls", help="note whom the FLS knows already, from a CSV table")
    fls.add_argument("table", type=Path, metavar="FILE")
    fls.set_defaults(run=report_commands.known_fls)
    _ways_in(verbs)
    _well(verbs)
    learn = verbs.add_parser("realm", help="erase whose the cases of old REALM meetings were")
    learn.add_argument("deed", choices=["erase"])
    learn.set_defaults(run=commands.erase)
    walk = verbs.add_parser("trail", help="the record of who did what")
    walk.add_argument("deed", choices=["verify"])
    walk.set_defaults(run=commands.verify)
    staff = verbs.add_parser("staff", help="who may sign in")
    staff.add_argument("deed", choices=["add"])
    staff.add_argument("handle")
    staff.add_argument("name")
    roles = [role.value for role in Role if role is not Role.SYSTEM]
    staff.add_argument("role", choices=roles)
    staff.set_defaults(run=commands.enrol)
    for verb in verbs.choices.values():
        # Also after the verb, where people look for it.
        verb.add_argument("--data", type=Path, default=argparse.SUPPRESS)
    return parser


def _well(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    well = verbs.add_parser("check", help="say whether everything still comes and works")
    well.add_argument(
        "--through",
        metavar="SOURCE",
        nargs="?",
        const="",
        help="send a test study through this listener, or else in by hand, and wait for it",
    )
    well.add_argument("--patience", type=float, default=300.0, metavar="SECONDS")
    well.add_argument("--json", action="store_true", help="one JSON object a line")
    well.set_defaults(run=check_command.check)


def _ways_in(verbs: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """The verbs that speak with what VCF_SOURCES names."""
    hear = verbs.add_parser("listen", help="receive scans by DICOM (C-STORE)")
    hear.add_argument("source", nargs="?", default="", help="which source of VCF_SOURCES")
    hear.set_defaults(run=intake_commands.listen)
    heed = verbs.add_parser("reports", help="receive radiology reports by HL7 v2 over MLLP")
    heed.add_argument("source", nargs="?", default="", help="which source, where there are several")
    heed.set_defaults(run=report_commands.reports)
    fetch = verbs.add_parser("pull", help="fetch scans by DICOMweb")
    fetch.add_argument("source", nargs="?", default="", help="which source of VCF_SOURCES")
    fetch.add_argument("--once", action="store_true", help="one round, then end")
    fetch.add_argument("--since", type=date.fromisoformat, help="first scan date, YYYY-MM-DD")
    fetch.set_defaults(run=intake_commands.pull)
    look = verbs.add_parser("watch", help="receive what is copied to a folder")
    look.add_argument("source", nargs="?", default="", help="which source of VCF_SOURCES")
    look.set_defaults(run=intake_commands.watch)
    away = verbs.add_parser("send", help="send DICOM objects to a PACS by DICOMweb")
    away.add_argument("files", nargs="*", type=Path, metavar="FILE")
    away.add_argument(
        "--assessments", action="store_true", help="what clinicians said of the AI's flags"
    )
    away.add_argument("--to", default="", help="which source of VCF_SOURCES")
    away.set_defaults(run=intake_commands.send)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the exit code says how it ended."""
    asked = _parser().parse_args(arguments)
    quiet.hush()
    try:
        return int(asked.run(asked))
    except UnusableSetting as refusal:
        return _say(refusal, SETTINGS)
    except NotAllowed as refusal:
        return _say(refusal, NOT_ALLOWED)
    except Unusable as refusal:
        return _say(refusal, UNUSABLE)
    except KeyboardInterrupt:
        sys.stderr.write("\nStopped. What was taken in is kept; run it again to go on.\n")
        return 130


def _say(refusal: Exception, code: int) -> int:
    sys.stderr.write(f"{refusal}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
