"""The route of triage: one act of a coordinator on the patient that was on the screen."""

import json
from datetime import UTC, date, datetime

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import asked
from app.desk import DESK, Desks
from app.tickets import Tickets
from store import triage
from store.domain.clock import LOCAL
from store.domain.exclusion import Exclusion
from store.domain.refusal import Conflict, NotAllowed
from store.domain.triage import Step
from store.staff import SignedIn

ROOM = "triage"
"""What a ticket for this route opens."""


class _Posted(BaseModel):
    """An act as the page posts it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    act: str = Field(min_length=8, max_length=36)
    patient: str = Field(max_length=40)
    version: str = Field(max_length=40)
    step: Step
    code: Exclusion | None = None
    answered: tuple[str, ...] = Field(default=(), max_length=100)
    note: str = Field(default="", max_length=triage.LONGEST)
    day: date | None = None
    source: str = Field(default="", max_length=triage.LONGEST)
    undoes: int | None = None

    def asked(self) -> triage.Asked:
        """The act it stands for."""
        return triage.Asked(**{name: getattr(self, name) for name in type(self).model_fields})


class TriageApi:
    """The route of triage over one installation."""

    def __init__(self, desks: Desks, tickets: Tickets) -> None:
        self.site = desks.site
        self.tickets = tickets

    def routes(self) -> list[Route]:
        """All of them."""
        return [Route("/api/triage", self.act, methods=["POST"])]

    async def act(self, request: Request) -> Response:
        """Do what is posted; the answer says the act's number and the patient's new version."""
        body = await asked.body(request)
        return await run_in_threadpool(self._act, request, body)

    def _act(self, request: Request, body: bytes | None) -> Response:
        desk: SignedIn = request.scope[DESK]
        if not asked.opens(self.tickets, request, ROOM):
            return asked.again()
        try:
            posted = _Posted.model_validate(json.loads(body or b""))
        except (ValidationError, ValueError, RecursionError):
            error = "This was not understood, and nothing was saved. Reload the page."
            return JSONResponse({"error": error}, 422)
        policy = self.site.settings.policy
        try:
            number = self.site.submit(desk.person, triage.act, posted.asked(), policy)
            now = self.site.ask(desk.person, triage.one, posted.patient, policy)
        except Conflict as conflict:
            return JSONResponse({"error": str(conflict)}, 409)
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 422)
        version = now.version if now else ""
        return JSONResponse({"case": {"number": number, "version": version}})


def today() -> date:
    """The day on the site's own clock."""
    return datetime.now(UTC).astimezone(LOCAL).date()
