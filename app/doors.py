"""The middleware every request passes: known host, same origin, signed in, safe headers."""

import re
from base64 import b64encode
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from urllib.parse import quote, urlsplit

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.desk import COOKIE, DESK, Desks


def _inline() -> str:
    """Digests of the scripts within Streamlit's own page: those very bytes and no others."""
    page = Path(streamlit.__file__).parent / "static" / "index.html"
    scripts = re.findall(r"<script>(.*?)</script>", page.read_text("utf-8"), re.DOTALL)
    digests = (b64encode(sha256(each.encode()).digest()).decode() for each in scripts)
    return " ".join(f"'sha256-{digest}'" for digest in digests)


CSP = (
    f"default-src 'none'; script-src 'self' 'wasm-unsafe-eval' {_inline()}; "
    "style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}
OPEN = (
    "/sign-in",
    "/health",
    "/static/",
    "/favicon",
    "/_stcore/health",
    "/_stcore/bidi-components/",
)
"""Paths that hold nothing of a patient and answer anybody."""

LASTING = ("/static/", "/_stcore/bidi-components/")
"""Paths a browser may keep; everything else may hold patient data."""

PACKED = re.compile(r"/api/stacks/[^/]+/([0-9]+|straight)\Z")


class Doors:
    """Lets in what may come in; everything else is refused before any of it is read."""

    def __init__(self, app: ASGIApp, desks: Desks, hosts: Iterable[str]) -> None:
        self.app = app
        self.desks = desks
        self.hosts = frozenset(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, or answer it."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope) or await self._unknown(scope)
        if refusal is None:
            await self.app(_as_it_is(scope), receive, _safely(scope["path"], send))
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 4403})
        else:
            await refusal(scope, receive, _safely(scope["path"], send))

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if headers.get("host", "") not in self.hosts:
            return PlainTextResponse("This host name is not served here.", 400)
        origin = headers.get("origin")
        changes = scope["type"] == "websocket" or scope.get("method") not in {"GET", "HEAD"}
        if changes and (origin is None or urlsplit(origin).netloc != headers["host"]):
            return JSONResponse({"error": "The request came from another site."}, 403)
        return None

    async def _unknown(self, scope: Scope) -> ASGIApp | None:
        """The refusal of somebody who is not signed in; who is, is noted for the routes."""
        if scope["path"].startswith(OPEN):
            return None
        cookies = cookie_parser(Headers(scope=scope).get("cookie", ""))
        # Asking may wait for a writer, so it must not hold up everybody else's requests.
        scope[DESK] = await run_in_threadpool(self.desks.at, cookies.get(COOKIE))
        if scope[DESK] is not None:
            return None
        if scope["path"].startswith(("/api/", "/_stcore/", "/media")):
            return JSONResponse({"error": "You are not signed in. Sign in again."}, 401)
        wanted = scope["path"] + (
            f"?{scope['query_string'].decode()}" if scope["query_string"] else ""
        )
        return RedirectResponse(f"/sign-in?next={quote(wanted)}", 303)


def _as_it_is(scope: Scope) -> Scope:
    """*scope*, asking for a slice as it lies: it is packed, and packing it again took 5 ms."""
    if not PACKED.match(scope["path"]):
        return scope
    kept = [header for header in scope["headers"] if header[0] != b"accept-encoding"]
    return {**scope, "headers": kept}


def _safely(path: str, send: Send) -> Send:
    """*send*, with the headers of safety on every answer."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            if not path.startswith(LASTING):
                headers["Cache-Control"] = "no-store"
        await send(message)

    return sending
