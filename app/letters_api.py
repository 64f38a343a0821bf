"""The routes of texts and letters: offered as the site words them, issued, and recalled."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app import asked
from app.desk import DESK, Desks
from app.texts.site import Texts
from app.tickets import Tickets
from store import cases, letters
from store.cases import Case
from store.domain.clock import local
from store.domain.finding import State
from store.domain.letter import Letter, Told, filled, said_of
from store.domain.refusal import NotAllowed
from store.domain.spine import ORDER
from store.staff import SignedIn

M = TypeVar("M", bound=BaseModel)
_CHANGED = "This text has changed since it was shown. Close the texts, open them again and read it."


class _Issue(BaseModel):
    """A text as it was shown and taken."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    act: str = Field(max_length=36)
    kind: Letter
    sha256: str = Field(max_length=64)


class _Recall(BaseModel):
    """A text that was issued in error."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    act: str = Field(max_length=36)
    undoes: str = Field(max_length=36)
    words: str = Field(max_length=2000)


@dataclass(frozen=True, slots=True)
class Made:
    """One text ready to be issued; *code* where it carries the short code."""

    kind: Letter
    text: str
    template: str
    code: str

    @property
    def sha256(self) -> str:
        """Digest of the text as it was shown."""
        return sha256(self.text.encode()).hexdigest()


class LettersApi:
    """The routes of texts over one installation."""

    def __init__(self, desks: Desks, tickets: Tickets) -> None:
        self.site = desks.site
        self.tickets = tickets

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/api/cases/{case}/texts", self.offered, methods=["GET"]),
            Route("/api/cases/{case}/issued", self.issue, methods=["POST"]),
            Route("/api/cases/{case}/recalled", self.recall, methods=["POST"]),
        ]

    def offered(self, request: Request) -> Response:
        """The texts of the case, and what was issued of its patient."""
        return self._answer(request, lambda _desk, _case: None)

    async def issue(self, request: Request) -> Response:
        """Note a text as issued; the answer comes once it is on the disk."""
        body = await asked.body(request)
        return await run_in_threadpool(self._posted, request, body, _Issue, self._issue)

    async def recall(self, request: Request) -> Response:
        """Note a text as issued in error."""
        body = await asked.body(request)
        return await run_in_threadpool(self._posted, request, body, _Recall, self._recall)

    def _posted(
        self,
        request: Request,
        body: bytes | None,
        model: type[M],
        do: Callable[[SignedIn, str, M], None],
    ) -> Response:
        try:
            posted = model.model_validate(json.loads(body or b""))
        except (ValidationError, ValueError, RecursionError):
            error = "This was not understood, and nothing was noted. Reload the page."
            return JSONResponse({"error": error}, 422)
        return self._answer(request, lambda desk, case: do(desk, case, posted))

    def _answer(self, request: Request, do: Callable[[SignedIn, str], None]) -> Response:
        desk: SignedIn = request.scope[DESK]
        case_id = request.path_params["case"]
        if not asked.opens(self.tickets, request, case_id):
            return asked.again()
        try:
            do(desk, case_id)
            return JSONResponse(self._texts(desk, case_id))
        except NotAllowed as refusal:
            return JSONResponse({"error": str(refusal)}, 422)

    def _issue(self, desk: SignedIn, case_id: str, posted: _Issue) -> None:
        made = next((one for one in self._made(desk, case_id) if one.kind is posted.kind), None)
        if made is None or made.sha256 != posted.sha256:
            raise NotAllowed(_CHANGED)
        values = (posted.act, case_id, made.kind, made.template, made.text, made.code)
        self.site.submit(desk.person, letters.issue, *values)

    def _recall(self, desk: SignedIn, case_id: str, posted: _Recall) -> None:
        values = (posted.act, case_id, posted.undoes, posted.words)
        self.site.submit(desk.person, letters.recall, *values)

    def _made(self, desk: SignedIn, case_id: str) -> tuple[Made, ...]:
        stands = self.site.ask(desk.person, letters.standing, case_id)
        if stands.why_not:
            return ()
        case = self.site.ask(desk.person, cases.case, case_id)
        referred = stands.referred_on is not None or stands.code_sent_on is not None
        return made(case, self.site.texts, with_code=not referred)

    def _texts(self, desk: SignedIn, case_id: str) -> dict[str, Any]:
        stands = self.site.ask(desk.person, letters.standing, case_id)
        return {
            "why_not": stands.why_not,
            "warnings": _warnings(stands),
            "texts": [
                {
                    "kind": one.kind.value,
                    "words": one.kind.words,
                    "text": one.text,
                    "sha256": one.sha256,
                    "refers": bool(one.code),
                    "code": one.code,
                }
                for one in self._made(desk, case_id)
            ],
            "issued": [
                {
                    "act": one.act,
                    "words": one.kind.words,
                    "at": local(one.at),
                    "by": one.by,
                    "code": one.code,
                    "here": one.here,
                    "wrong": one.wrong,
                }
                for one in stands.issued
            ],
        }


def _warnings(stands: letters.Standing) -> list[str]:
    without = "The texts below come without the short code, so that nobody is referred twice."
    said = []
    if stands.referred_on:
        said.append(f"Referred to the FLS by export on {stands.referred_on:%d/%m/%Y}. {without}")
    if stands.code_sent_on:
        said.append(
            f"A short code referred the patient on {stands.code_sent_on:%d/%m/%Y}. {without}"
        )
    return said


def made(case: Case, texts: Texts, *, with_code: bool) -> tuple[Made, ...]:
    """Every text of a closed *case* with a confirmed fracture, as the site words them."""
    found = sorted(
        (one for one in case.findings if one.state is State.CONFIRMED and one.level and one.grade),
        key=lambda one: ORDER.index(one.level or ORDER[0]),
    )
    told = [
        Told(one.level, one.grade, one.shape, one.novelty, one.against_day)
        for one in found
        if one.level and one.grade
    ]
    if not told:
        return ()
    who, scan = case.patient, case.scan
    code = texts.short_code if with_code else ""
    values = {
        **said_of(told, approximate=case.numbering.approximate),
        "exam": scan.exam or "CT",
        "scan_date": f"{scan.scanned:%d/%m/%Y}" if scan.scanned else "(date not given)",
        "site": scan.site,
        "patient": " ".join(filter(None, (who.title, who.forename, who.surname))) or "(name)",
        "born": f"{who.born:%d/%m/%Y}" if who.born else "(not given)",
        "nhs_number": who.nhs_number.spaced if who.nhs_number else "(not given)",
        "short_code": code,
        "service": texts.service,
        "contact": texts.contact,
    }
    return tuple(
        Made(
            kind,
            filled(template.words, values),
            template.version,
            code if "{short_code}" in template.words else "",
        )
        for kind, template in texts.templates.items()
    )
