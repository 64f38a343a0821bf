"""The route by which a person keeps what they set for themselves; no case, so no ticket."""

import json
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from app.desk import DESK, Desks
from store import preferences
from store.domain.refusal import NotAllowed
from store.preferences import LARGEST_BYTES, Preference
from store.staff import SignedIn

TAKEN = frozenset({"r", "c", "tab", "escape"})
"""Keys that stay what they are: Streamlit's own, and those every page has."""

Word = Annotated[str, Field(min_length=1, max_length=40)]


def _free(key: str) -> str:
    if key.casefold() in TAKEN:
        msg = "the page itself uses this key"
        raise ValueError(msg)
    return key


Key = Annotated[str, Field(min_length=1, max_length=20), AfterValidator(_free)]
Keymap = Annotated[dict[Word, Key], Field(max_length=80)]


class Columns(BaseModel):
    """The columns of the worklist, in order."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    shown: list[Word] = Field(min_length=1, max_length=30)


class View(BaseModel):
    """One saved view: filters as the address of the page has them, and columns."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Word
    filters: dict[Word, Word] = Field(max_length=30)
    columns: list[Word] = Field(default_factory=list, max_length=30)


class Views(BaseModel):
    """A person's saved views, and the name of the one a new tab begins with."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    views: list[View] = Field(max_length=30)
    default: str = Field(default="", max_length=40)


KINDS: Mapping[Preference, TypeAdapter[Any]] = {
    Preference.KEYMAP: TypeAdapter(Keymap),
    Preference.COLUMNS: TypeAdapter(Columns),
    Preference.VIEWS: TypeAdapter(Views),
}


class _Posted(BaseModel):
    """A preference as the browser posts it."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    name: Preference
    value: dict[str, Any]


def checked(name: Preference, value: Mapping[str, Any]) -> dict[str, Any]:
    """*value* as it is kept under *name*.

    Raises:
        ValueError: it is not what *name* holds.
    """
    kind = KINDS[name]
    return dict(kind.dump_python(kind.validate_python(value)))


def routes(desks: Desks) -> list[Route]:
    """The one route."""

    async def keep(request: Request) -> Response:
        read = bytearray()
        async for part in request.stream():
            read += part
            if len(read) > LARGEST_BYTES:
                return JSONResponse({"error": "This is more than can be kept."}, 422)
        return await run_in_threadpool(_keep, desks, request.scope[DESK], bytes(read))

    return [Route("/api/preferences", keep, methods=["POST"])]


def _keep(desks: Desks, desk: SignedIn, body: bytes) -> Response:
    try:
        posted = _Posted.model_validate(json.loads(body))
        value = checked(posted.name, posted.value)
    except (ValidationError, ValueError, RecursionError):
        error = "This was not understood and not kept. A key the page itself uses cannot be taken."
        return JSONResponse({"error": error}, 422)
    try:
        desks.site.submit(desk.person, preferences.keep, posted.name, value)
    except NotAllowed as refusal:
        return JSONResponse({"error": str(refusal)}, 403)
    return JSONResponse({"saved": True})
