"""The files of a REALM meeting on their way out: made, searched, noted, handed over."""

import hashlib
from dataclasses import replace

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from app.desk import DESK, Desks
from app.realm_desk import seal
from app.wiring import Site
from exports.canary import Canaries, Leak, leaks, refusal_of, words_in
from exports.realm_pack import ATTENDANCE, LEARNING, ZIP, archived, files_of, pack_name
from exports.realm_page import HTML
from store import attendance, realm, realm_files
from store.domain.people import Person
from store.domain.realm_pack import Pack
from store.domain.redaction import Known
from store.domain.refusal import NotAllowed
from store.realm_files import Purpose
from store.staff import SignedIn

ALL = "all"
PURPOSES = {purpose.name.lower(): purpose for purpose in Purpose}
"""By the word that stands for it in an address."""


def pack_of(site: Site, person: Person, meeting_id: str) -> Pack:
    """All that may leave of a meeting, with the names for the sheet to sign."""
    found = site.ask(person, realm.pack_of, meeting_id, demo=site.settings.demo)
    seats = site.ask(person, attendance.roll, found.held_on)
    return replace(found, attendees=tuple(seat.name for seat in seats))


def searched(site: Site, person: Person, pack: Pack) -> tuple[dict[str, bytes], int]:
    """The files of *pack*, searched through, and of how many cases the identity was erased.

    Raises:
        Leak: somebody of it was found in a file; none is handed out.
    """
    files = files_of(pack)
    known, erased = site.ask(person, realm_files.unnamed, pack.meeting_no, seal(site))
    blank = files_of(replace(pack, cases=(), themes=(), actions=(), attendees=()))
    # Everything but the sheet to sign is searched for staff as well; they may attend.
    others = {name: content for name, content in files.items() if name != ATTENDANCE}
    usual = words_in(blank)
    found = {
        *leaks({ATTENDANCE: files[ATTENDANCE]}, _canaries(replace(known, staff=())), usual),
        *leaks(others, _canaries(known), usual),
    }
    if found:
        site.submit(person, realm_files.held_back, pack.meeting_no, len(found))
        raise refusal_of(found)
    return files, erased


def _canaries(known: Known) -> Canaries:
    return Canaries(known.names + known.staff, known.numbers, known.dates)


def handed(
    site: Site, person: Person, meeting_id: str, which: str, purpose: Purpose
) -> tuple[bytes, str, str]:
    """The bytes of all files of a meeting or of one, with the file's name and media type.

    Raises:
        NotAllowed: the person may not, there is no such file, or a file would name somebody.
    """
    pack = pack_of(site, person, meeting_id)
    files, erased = searched(site, person, pack)
    if which not in (ALL, LEARNING):
        msg = "A meeting has no such file. Take all files, or the sheet of learning points."
        raise NotAllowed(msg)
    whole = which == ALL
    content = archived(files) if whole else files[which]
    digest = hashlib.sha256(content).hexdigest()
    site.submit(person, realm_files.left, meeting_id, which, digest, purpose, erased)
    name = pack_name(meeting_id) if whole else f"realm-{meeting_id}-{which}"
    return content, name, ZIP if whole else HTML


def routes(desks: Desks) -> list[Route]:
    """The way to the files."""
    site = desks.site

    def files(request: Request) -> Response:
        desk: SignedIn = request.scope[DESK]
        purpose = PURPOSES.get(request.query_params.get("for", ""))
        if purpose is None:
            return PlainTextResponse("Say what the files are for, on the screen REALM.", 422)
        meeting, which = request.path_params["meeting"], request.path_params["which"]
        try:
            content, name, kind = handed(site, desk.person, meeting, which, purpose)
        except Leak as refusal:
            return PlainTextResponse(str(refusal), 409)
        except NotAllowed as refusal:
            return PlainTextResponse(str(refusal), 403)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(content, media_type=kind, headers=headers)

    return [Route("/api/realm/{meeting}/files/{which}", files, methods=["GET"])]
