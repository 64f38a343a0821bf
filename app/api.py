"""The routes of the viewer: a case, its picture slice by slice, and what was decided."""

import asyncio
import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, FiniteFloat, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import asked, pacs
from app.ahead import ahead
from app.case_json import paint
from app.desk import DESK, Desks
from app.posted import Posted
from app.tickets import Tickets
from components.imaging import stack_file
from components.imaging.straighten import from_clicks
from store import cases, findings, history, preferences, previews
from store.domain.clock import local
from store.domain.people import Permission
from store.domain.refusal import Conflict, NotAllowed, Unusable
from store.preferences import Preference
from store.staff import SignedIn

STRAIGHTENED_AT_ONCE = 2
"""Each takes the whole picture into memory."""
AHEAD = "x-ahead"
"""Sent when a case is fetched before anybody looks at it."""


class _Clicked(BaseModel):
    """Vertebral centres as the viewer posts them: plane, column and row each."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    points: list[tuple[FiniteFloat, FiniteFloat, FiniteFloat]]


class Api:
    """The viewer's routes over one installation."""

    def __init__(self, desks: Desks, tickets: Tickets) -> None:
        self.desks = desks
        self.site = desks.site
        self.tickets = tickets
        # A picture that belonged to a case once may be looked at while a ticket lives.
        self._stacks: set[tuple[str, str]] = set()
        self._straightening = asyncio.Semaphore(STRAIGHTENED_AT_ONCE)

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/cases/{case}", self.case, methods=["GET"]),
            Route("/api/cases/{case}/history", self.history, methods=["GET"]),
            Route("/api/previews/{picture}", self.preview, methods=["GET"]),
            Route("/api/stacks/{stack}/meta", self.meta, methods=["GET"]),
            Route("/api/stacks/{stack}/{plane:int}", self.plane, methods=["GET"]),
            Route("/api/stacks/{stack}/straight", self.straight, methods=["POST"]),
            Route("/api/decisions", self.decide, methods=["POST"]),
        ]

    def case(self, request: Request) -> Response:
        """The case the ticket is for, as JSON."""
        desk: SignedIn = request.scope[DESK]
        case_id = request.path_params["case"]
        if not self._allowed(request, case_id):
            return asked.again()
        try:
            painted = self._painted(request, case_id)
            if AHEAD not in request.headers:
                self.site.submit(desk.person, cases.opened, case_id)
            return JSONResponse(painted)
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 403)

    def history(self, request: Request) -> Response:
        """What happened to the case the ticket is for, in words."""
        desk: SignedIn = request.scope[DESK]
        case_id = request.path_params["case"]
        if not self._allowed(request, case_id):
            return asked.again()
        try:
            lines = self.site.ask(desk.person, history.story, case_id)
            self.site.submit(desk.person, cases.opened, case_id)
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 403)
        said = [{"at": local(one.at), "who": one.who, "words": one.what} for one in lines]
        return JSONResponse({"lines": said})

    def meta(self, request: Request) -> Response:
        """What the picture is: size, scale, outlines."""
        path = self._stack(request)
        return asked.again() if path is None else JSONResponse(stack_file.read_meta(path))

    def plane(self, request: Request) -> Response:
        """One packed plane of the picture."""
        path = self._stack(request)
        if path is None:
            return asked.again()
        try:
            packed = stack_file.open_plane(path, request.path_params["plane"])
        except IndexError:
            return JSONResponse({"error": "The picture has no such slice."}, 404)
        return Response(packed, media_type="application/octet-stream")

    def preview(self, request: Request) -> Response:
        """A picture that an AI product sent with the case the ticket is for, as PNG.

        Asked each time: the AI's answer may be hidden while the case is read.
        """
        desk: SignedIn = request.scope[DESK]
        opened, picture = asked.ticket(self.tickets, request), request.path_params["picture"]
        if opened is None:
            return asked.again()
        try:
            if not self.site.ask(desk.person, previews.opens, opened.case, picture):
                return JSONResponse({"error": "There is no such picture with this case."}, 404)
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 403)
        return Response(
            self.site.archive.path("previews", picture).read_bytes(), media_type="image/png"
        )

    async def straight(self, request: Request) -> Response:
        """The spine straightened along the posted points, as the bytes of a stack file."""
        body = await asked.body(request)
        async with self._straightening:
            return await run_in_threadpool(self._straight, request, body)

    def _straight(self, request: Request, body: bytes | None) -> Response:
        path = self._stack(request)
        if path is None:
            return asked.again()
        try:
            clicked = _Clicked.model_validate(json.loads(body or b""))
        except (ValidationError, ValueError, RecursionError):
            error = "The points were not understood. Click on the vertebral bodies again."
            return JSONResponse({"error": error}, 422)
        try:
            made = from_clicks(path, clicked.points)
        except Unusable as refusal:
            return JSONResponse({"error": str(refusal)}, 422)
        return Response(made, media_type="application/octet-stream")

    async def decide(self, request: Request) -> Response:
        """Keep one decision; the answer comes only after it is on the disk."""
        body = await asked.body(request)
        return await run_in_threadpool(self._decide, request, body)

    def _decide(self, request: Request, body: bytes | None) -> Response:
        if body is None:
            return JSONResponse({"error": "This is too long for a decision."}, 422)
        try:
            posted = Posted.model_validate(json.loads(body))
        except (ValidationError, ValueError, RecursionError):
            error = "The decision was not understood and not recorded. Reload the page."
            return JSONResponse({"error": error}, 422)
        if not self._allowed(request, posted.case):
            return asked.again()
        return self._kept(request, posted)

    def _kept(self, request: Request, posted: Posted) -> Response:
        desk: SignedIn = request.scope[DESK]
        if not desk.person.may(Permission.REVIEW):
            words = f"Your role, {desk.person.role.words}, may not decide on findings."
            return JSONResponse({"error": words}, 403)
        try:
            policy = self.site.settings.read_policy
            self.site.submit(desk.person, findings.decide, posted.act_of(), policy)
            return JSONResponse({"saved": posted.act, "case": self._painted(request, posted.case)})
        except Conflict as conflict:
            now = self._painted(request, posted.case)
            # They see what somebody else did: the trail knows that they looked.
            self.site.submit(desk.person, cases.opened, posted.case)
            return JSONResponse({"error": str(conflict), "case": now}, 409)
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 422)

    def _painted(self, request: Request, case_id: str) -> dict[str, Any]:
        """The case as it stands now, and which one comes next."""
        desk: SignedIn = request.scope[DESK]
        person = desk.person
        found = self.site.ask(person, cases.case, case_id)
        painted = paint(found, demo=self.site.settings.demo, terms=self.site.terms)
        painted["pacs"] = pacs.link(
            self.site.settings.pacs_link,
            accession=found.scan.accession,
            study_uid=found.scan.study_uid,
        )
        painted["keymap"] = self.site.ask(person, preferences.mine, Preference.KEYMAP)
        opened = asked.ticket(self.tickets, request)
        if opened is not None:
            painted.update(ahead(self.site, self.tickets, desk, opened))
        return painted

    def _allowed(self, request: Request, case_id: str) -> bool:
        return asked.opens(self.tickets, request, case_id)

    def _stack(self, request: Request) -> Path | None:
        desk: SignedIn = request.scope[DESK]
        ticket, stack = asked.ticket(self.tickets, request), request.path_params["stack"]
        if ticket is None or not self._belongs(desk, ticket.case, stack):
            return None
        return self.site.archive.path("stacks", stack)

    def _belongs(self, desk: SignedIn, case_id: str, stack: str) -> bool:
        # Asked first: the role may have changed since the ticket was made.
        if not desk.person.may(Permission.READ_CASES):
            return False
        key = case_id, stack
        if key not in self._stacks:
            if stack not in self.site.ask(desk.person, cases.stacks_of, case_id):
                return False
            self._stacks.add(key)
        return True
