"""A person's browser, without the browser: cookies, tickets and the routes of the viewer."""

import sqlite3
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx
from running import Server

from app.tickets import Tickets
from store.staff import _digest


class Clerk:
    """Someone signed in to a running server."""

    def __init__(self, server: Server, handle: str | None) -> None:
        self.server = server
        self.http = httpx.Client(base_url=server.address, headers={"Origin": server.address})
        if handle is not None:
            answer = self.http.post("/sign-in", data={"handle": handle, "next": "/"})
            assert answer.status_code == 303, answer.text
        self.tickets = Tickets((server.data / "ticket.key").read_bytes())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self.http.close()

    def cases(self) -> list[str]:
        """Every case of the hospital, by its scan's arrival."""
        with sqlite3.connect(self.server.data / "record.db") as record:
            return [row[0] for row in record.execute("SELECT id FROM review_case ORDER BY rowid")]

    def ticket(self, case: str) -> dict[str, str]:
        """The header that opens *case* to this session, as the page would mint it."""
        session = _digest(self.http.cookies["vcf_session"])
        return {"X-Review-Ticket": self.tickets.mint(session, case)}

    def case(self, case: str) -> dict[str, Any]:
        """What the viewer paints."""
        answer = self.http.get(f"/api/cases/{case}", headers=self.ticket(case))
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def claim(self, case: str, do: str = "take", **more: str) -> httpx.Response:
        """Take a case, leave it, or take it over."""
        body = {"case": case, "do": do, **more}
        return self.http.post("/api/claims", json=body, headers=self.ticket(case))

    def act(self, case: str, version: int, kind: str, **fields: object) -> dict[str, Any]:
        """A decision as the viewer makes it."""
        return {"act": str(uuid4()), "case": case, "version": version, "kind": kind, **fields}

    def post(self, act: dict[str, Any], **headers: str) -> httpx.Response:
        """Send one decision."""
        sent = {**self.ticket(act["case"]), **headers}
        return self.http.post("/api/decisions", json=act, headers=sent)
