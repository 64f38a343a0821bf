"""The route of claims: who works on a case, taken, renewed, released or taken over."""

import json
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import asked
from app.case_json import claimed
from app.desk import DESK, Desks
from app.tickets import Tickets
from store import claims
from store.domain.people import Permission
from store.domain.refusal import Conflict, NotAllowed
from store.staff import SignedIn


class _Posted(BaseModel):
    """A claim as the viewer posts it; `text` is the reason for taking a case over."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    case: str = Field(max_length=40)
    do: Literal["take", "renew", "release", "break"]
    text: str = Field(default="", max_length=2000)


class ClaimsApi:
    """The route of claims over one installation."""

    def __init__(self, desks: Desks, tickets: Tickets) -> None:
        self.site = desks.site
        self.tickets = tickets

    def routes(self) -> list[Route]:
        """All of them."""
        return [Route("/api/claims", self.claim, methods=["POST"])]

    async def claim(self, request: Request) -> Response:
        """Do what is posted; the answer says who works on the case now."""
        body = await asked.body(request)
        return await run_in_threadpool(self._claim, request, body)

    def _claim(self, request: Request, body: bytes | None) -> Response:
        desk: SignedIn = request.scope[DESK]
        try:
            posted = _Posted.model_validate(json.loads(body or b""))
        except (ValidationError, ValueError, RecursionError):
            error = "The claim was not understood. Reload the page."
            return JSONResponse({"error": error}, 422)
        if not asked.opens(self.tickets, request, posted.case):
            return asked.again()
        if not desk.person.may(Permission.REVIEW):
            words = f"Your role, {desk.person.role.words}, takes no cases."
            return JSONResponse({"error": words}, 403)
        try:
            self._do(desk, posted)
        except Conflict as conflict:
            return JSONResponse({"error": str(conflict), **self._standing(desk, posted.case)}, 409)
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 422)
        return JSONResponse(self._standing(desk, posted.case))

    def _do(self, desk: SignedIn, posted: _Posted) -> None:
        if posted.do == "break":
            self.site.submit(desk.person, claims.break_with_reason, posted.case, posted.text)
        elif posted.do == "release":
            self.site.submit(desk.person, claims.release, posted.case)
        else:
            self.site.submit(desk.person, claims.take, posted.case)

    def _standing(self, desk: SignedIn, case_id: str) -> dict[str, Any]:
        return {"claim": claimed(self.site.ask(desk.person, claims.standing, case_id))}
