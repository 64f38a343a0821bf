"""The listener for reports by MLLP: an answer AA is sent only after the record has the report.

One connection cannot disturb another: what it sends wrongly is answered, or closes it alone.
Nothing of a message goes to the log but the reason it was not taken.
"""

import asyncio
import ipaddress
import logging
import ssl
import uuid
from datetime import UTC, datetime

from app.intake.hl7_escapes import escaped
from app.intake.hl7_message import Head, messages
from app.intake.mllp_frames import END, START, Frame, Frames, Stray, TooLong
from app.intake.report_messages import Taken, take
from app.sources import Reports
from app.wiring import Site

log = logging.getLogger("vcf_review")

LONGEST_BYTES = 4_000_000
"""A report has a few kilobytes; what is larger carries a document in it."""

_CHUNK = 65_536
_NOT_A_FRAME = "No HL7 v2 message begins in this frame. Send one MSH segment first."


def answer(taken: Taken, now: datetime) -> bytes:
    """The acknowledgement of a message, framed, in the message's own separators."""
    head, parts = taken.head, taken.head.parts
    bar = parts.field
    stamp = f"{now:%Y%m%d%H%M%S}+0000"
    control = uuid.uuid4().hex[:20].upper()
    kind = f"ACK{parts.component}R01"
    to = (head.application, head.facility)
    lines = [
        bar.join(
            (
                "MSH",
                parts.encoding,
                "VCFREVIEW",
                "",
                *to,
                stamp,
                "",
                kind,
                control,
                "P",
                head.version,
            )
        ),
        bar.join(("MSA", taken.code, head.control, escaped(taken.words, parts))),
    ]
    if taken.words:
        code = "200" if taken.code == "AR" else "207"
        lines.append(bar.join(("ERR", "", "", code, "E", "", "", "", escaped(taken.words, parts))))
    text = "".join(f"{line}\r" for line in lines).encode("ascii", "replace")
    return START + text + END + b"\r"


class Listener:
    """One configured listener and its connections.

    Attributes:
        port: Where it listens, once it does.
    """

    def __init__(self, site: Site, source: Reports) -> None:
        self.site, self.source = site, source
        self._networks = [ipaddress.ip_network(each) for each in source.hosts]
        self._open = 0
        self.port = source.port

    async def run(self, ready: asyncio.Event, stop: asyncio.Event) -> None:
        """Listen until *stop*; *ready* is set once connections are taken."""
        server = await asyncio.start_server(
            self._connected,
            self.source.host,
            self.source.port,
            ssl=context_of(self.source),
            ssl_handshake_timeout=10 if self.source.certificate else None,
        )
        async with server:
            log.info("source %s: listening for reports", self.source.name)
            self.port = server.sockets[0].getsockname()[1]
            ready.set()
            await stop.wait()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        why = self._unwanted(writer)
        self._open += 1
        try:
            if why:
                log.warning("source %s: a connection was closed: %s", self.source.name, why)
            else:
                await self._converse(reader, writer)
        except (ConnectionError, TimeoutError, ssl.SSLError):
            log.info("source %s: a connection ended", self.source.name)
        except Exception:
            log.exception("defect %s on a connection", uuid.uuid4().hex[:8])
        finally:
            self._open -= 1
            writer.close()

    def _unwanted(self, writer: asyncio.StreamWriter) -> str:
        if self._open >= self.source.connections:
            return "too many are open"
        peer = ipaddress.ip_address(writer.get_extra_info("peername")[0].partition("%")[0])
        return "" if any(peer in network for network in self._networks) else "its peer may not send"

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        frames = Frames(LONGEST_BYTES)
        while True:
            piece = await asyncio.wait_for(reader.read(_CHUNK), self.source.idle_seconds)
            if not piece:
                if frames.unfinished:
                    log.warning("source %s: half a message came; not taken", self.source.name)
                return
            try:
                for one in frames.feed(piece):
                    await self._answered(one, writer)
            except TooLong:
                words = f"It is larger than {LONGEST_BYTES // 1_000_000} MB. Send the text alone."
                await self._say(Taken("AR", Head(), words), writer)
                return

    async def _answered(self, one: Frame | Stray, writer: asyncio.StreamWriter) -> None:
        if isinstance(one, Stray):
            log.warning("source %s: %d bytes outside a frame", self.source.name, one.count)
            return
        found = messages(one.content)
        if len(found) != 1:
            await self._say(Taken("AR", Head(), _NOT_A_FRAME), writer)
            return
        await self._say(await asyncio.to_thread(self._taken, found[0]), writer)

    def _taken(self, raw: bytes) -> Taken:
        """What became of a message; a defect of ours is for the sender to try again."""
        try:
            return take(self.site, raw, self.source.name, self.source.charset)
        except Exception:
            reference = uuid.uuid4().hex[:8]
            log.exception("defect %s while taking a report", reference)
            words = f"It was not taken, for a fault of ours ({reference}). Send it again."
            return Taken("AE", Head(), words)

    async def _say(self, taken: Taken, writer: asyncio.StreamWriter) -> None:
        if taken.words:
            log.warning("source %s: %s: %s", self.source.name, taken.code, taken.words)
        writer.write(answer(taken, datetime.now(UTC)))
        await asyncio.wait_for(writer.drain(), self.source.idle_seconds)


def context_of(source: Reports) -> ssl.SSLContext | None:
    """TLS as the source wants it: none, with its certificate, or with the peer's as well."""
    if source.certificate is None:
        return None
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.load_cert_chain(source.certificate, source.key)
    if source.peer_ca is not None:
        made.load_verify_locations(source.peer_ca)
        made.verify_mode = ssl.CERT_REQUIRED
    return made
