"""A DICOMweb service: asked, fetched from and sent to, at the one address its name had.

Python's own HTTP client, because it follows no redirect, lets the address be pinned, and gives
the bytes as they come (docs/adr/0015-dicomweb-by-hand.md).
"""

import base64
import http.client
import json
import random
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import quote, urlencode, urlsplit

from app.intake.multipart import Failed, Parts, Refused, boundary_of
from app.settings import UnusableSetting
from app.sources import DicomWeb
from app.web_address import pinned
from components.imaging.naming import UID

T = TypeVar("T")
Pause = Callable[[float], object]
"""Waits so many seconds."""
LARGEST_ANSWER = 64 << 20
"""Bytes of one answer in JSON."""
PAGE = 500
"""Studies or series asked for at once."""
_DICOM = 'multipart/related; type="application/dicom"'


class Service:
    """The service of *source*, whose name is looked up once.

    Raises:
        UnusableSetting: secret or certificates cannot be used.
        Unreachable: its name leads nowhere, or to where no service is.
    """

    def __init__(self, source: DicomWeb) -> None:
        self._source = source
        self._parts = urlsplit(source.url)
        self._address = pinned(self._parts)
        self._context = _secured(source) if self._parts.scheme == "https" else None
        self._headers = {"User-Agent": "vcf-review", **_signed_in(source)}

    def found(self, path: str, **asked: str) -> Iterator[dict[str, Any]]:
        """What a QIDO-RS question has for answers, page by page. Source: DICOM PS3.18 10.6.

        Raises:
            Failed: it did not answer; Refused: it answered something else.
        """
        seen: set[str] = set()
        for offset in range(0, 100 * PAGE, PAGE):
            words = urlencode({**asked, "limit": str(PAGE), "offset": str(offset)})
            page = self._page(f"{path}?{words}")
            fresh = [one for one in page if json.dumps(one, sort_keys=True) not in seen]
            # A service that knows no pages gives the first one for ever.
            seen.update(json.dumps(one, sort_keys=True) for one in fresh)
            yield from fresh
            if not fresh or len(page) < PAGE:
                return

    def fetched(self, study_uid: str, series_uid: str) -> Iterator[Iterator[bytes]]:
        """Every object of a series in one request, as stored, block by block.

        Raises:
            Failed: it did not answer, or not to the end; Refused: it answered something else.
        """
        path = f"studies/{quote(study_uid)}/series/{quote(series_uid)}"
        # Any syntax: the objects come as they are stored, and nothing is converted.
        accept = {"Accept": f"{_DICOM}; transfer-syntax=*"}
        with self._answer("GET", path, accept) as answer:
            boundary = boundary_of(answer.getheader("Content-Type", ""))
            yield from Parts(answer.read1, boundary)

    def stored(self, path: str, body: bytes, boundary: str) -> tuple[int, Any]:
        """Status and answer to STOW-RS of *body*.

        Raises:
            Failed: it did not answer; Refused: it took none of it.
        """
        said = {
            "Content-Type": f"{_DICOM}; boundary={boundary}",
            "Accept": "application/dicom+json",
        }
        with self._answer("POST", path, said, body, also=(202, 409)) as answer:
            return answer.status, _json(answer)

    def _page(self, path: str) -> list[dict[str, Any]]:
        with self._answer("GET", path, {"Accept": "application/dicom+json"}) as answer:
            if answer.status == 204:
                return []
            said = _json(answer)
        if not isinstance(said, list) or not all(isinstance(one, dict) for one in said):
            msg = "The service answered a question with something else than a list."
            raise Refused(msg)
        return said

    @contextmanager
    def _answer(
        self,
        verb: str,
        path: str,
        headers: dict[str, str],
        body: bytes | None = None,
        also: tuple[int, ...] = (),
    ) -> Iterator[http.client.HTTPResponse]:
        line = self._connection()
        try:
            root = self._parts.path.rstrip("/")
            line.request(verb, f"{root}/{path}", body, {**self._headers, **headers})
            answer = line.getresponse()
            _check(answer.status, also)
            yield answer
        except (OSError, http.client.HTTPException) as error:
            msg = f"The service could not be asked, or fell silent ({type(error).__name__})."
            raise Failed(msg) from None
        finally:
            line.close()

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._parts.hostname or "", self._parts.port
        patience = self._source.timeout_seconds
        line: http.client.HTTPConnection
        if self._context is None:
            line = http.client.HTTPConnection(host, port, timeout=patience)
        else:
            line = http.client.HTTPSConnection(host, port, timeout=patience, context=self._context)
        # The connection is made to the pinned address, and its certificate checked for the name.
        line._create_connection = self._reach  # type: ignore[attr-defined]
        return line

    def _reach(self, where: tuple[str, int], *rest: Any) -> socket.socket:  # noqa: ANN401
        return socket.create_connection((self._address, where[1]), *rest)


def uid_in(entry: dict[str, Any], tag: str) -> str:
    """The UID under *tag* of a DICOM JSON object; empty where there is no valid one."""
    value = text_in(entry, tag)
    return value if UID.fullmatch(value) else ""


def text_in(entry: dict[str, Any], tag: str) -> str:
    """The first value under *tag* of a DICOM JSON object as text; empty where there is none."""
    values = entry.get(tag, {})
    values = values.get("Value", []) if isinstance(values, dict) else []
    first = values[0] if isinstance(values, list) and values else ""
    return str(first) if isinstance(first, str | int | float) else ""


def tried(what: Callable[[], T], pause: Pause, most: int = 5) -> T:
    """What *what* gives, tried again after each `Failed`.

    The pauses grow, and are never as long as those of the next one who waits.

    Raises:
        Failed: it failed *most* times.
    """
    for number in range(1, most):
        try:
            return what()
        except Failed:
            pause(min(60.0, 2.0**number) * random.uniform(0.5, 1.5))
    return what()


def _json(answer: http.client.HTTPResponse) -> Any:  # noqa: ANN401 - whatever was sent
    content = answer.read(LARGEST_ANSWER + 1)
    if len(content) > LARGEST_ANSWER:
        msg = f"The service's answer is larger than {LARGEST_ANSWER >> 20} MB."
        raise Refused(msg)
    try:
        return json.loads(content) if content.strip() else {}
    except (ValueError, RecursionError):
        msg = "The service's answer is no JSON."
        raise Refused(msg) from None


def _check(status: int, also: tuple[int, ...]) -> None:
    if status in (200, 204, 206, *also):
        return
    if status >= 500 or status in (408, 429):
        msg = f"The service answered with status {status}."
        raise Failed(msg)
    said = {
        401: "The service does not know who asks. Check auth, user and secret.",
        403: "The service lets this user not ask. Have it allowed there.",
        404: "The service knows no such thing. Check that url is its DICOMweb root.",
    }
    msg = said.get(status, f"The service answered with status {status}, which is not followed.")
    raise Refused(msg)


def _signed_in(source: DicomWeb) -> dict[str, str]:
    secret = source.secret()
    if source.auth == "basic":
        both = base64.b64encode(f"{source.user}:{secret}".encode()).decode()
        return {"Authorization": f"Basic {both}"}
    return {"Authorization": f"Bearer {secret}"} if source.auth == "bearer" else {}


def _secured(source: DicomWeb) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=source.ca_file)
    except (OSError, ssl.SSLError):
        msg = f"Source {source.name}: ca_file must be a readable PEM file."
        raise UnusableSetting(msg) from None
