"""The DICOM listener: scanners and the PACS send to it by C-STORE, and it keeps their very bytes.

An object is flushed to the disk before its sender is told that it arrived (`app.intake.spool`).
A study is whole when nothing has come for it for a while and no open association last sent of
it; then it is handed over. Storage commitment is not offered: nothing is promised for longer
than the record keeps it.
"""

import logging
import socket
import ssl
import threading
from collections.abc import Callable
from ipaddress import ip_address, ip_network
from socketserver import BaseServer
from typing import Any

from pynetdicom import _config, evt
from pynetdicom.ae import ApplicationEntity
from pynetdicom.association import Association
from pynetdicom.presentation import build_context
from pynetdicom.transport import AssociationSocket, RequestHandler, ThreadedAssociationServer

from app.intake.hand_over import HandOver
from app.intake.spool import Put, Spool, digest_of
from app.settings import UnusableSetting
from app.sources import Listener
from components.imaging.naming import Nameless, named
from components.imaging.wanted import BIG_ENDIAN, EXPLICIT, IMPLICIT

log = logging.getLogger("vcf_review")

ACSE_SECONDS = 5.0
"""How long a connection may say nothing before it names itself."""
STRANGERS = 64
"""Connections that have not named themselves, beyond which no more are let in."""
_UNSURE, _REFUSED, _MISMATCH, _FULL = 0xB000, 0xC000, 0xA900, 0xA700
"""Source: DICOM PS3.4 Table B.2-1. Of these, A700 asks the sender to try again later."""
_JPEG = "1.2.840.10008.1.2.4."
_PACKED = ("50", "51", "57", "70", "80", "81", "90", "91", "201", "202", "203")
SYNTAXES = [EXPLICIT, IMPLICIT, BIG_ENDIAN, "1.2.840.10008.1.2.5", *(_JPEG + n for n in _PACKED)]
"""What is accepted. A deflated object could grow a thousandfold, so it is not among them."""
_STORE = "1.2.840.10008.5.1.4.1.1."
OBJECTS = (
    *("2", "2.1", "2.2"),  # CT, enhanced, converted from legacy
    *("7", "7.1", "7.2", "7.3", "7.4"),  # Secondary Capture
    *("66.4", "66.7"),  # Segmentation, label map
    *("88.11", "88.22", "88.33", "88.34", "88.35"),  # Structured Report
    *("88.59", "88.67"),  # Key Object Selection, dose report
)
_ECHO = "1.2.840.10008.1.1"


class _Entity(ApplicationEntity):
    """An entity of which an idle connection takes no place that a sender could have."""

    @property
    def active_associations(self) -> list[Association]:
        """Those whose peer has named itself."""
        return [one for one in super().active_associations if one.requestor.primitive]


class _Doorway(ThreadedAssociationServer):
    """Lets in only whom the site has named."""

    request_queue_size = 64
    hosts: tuple[str, ...] = ()
    most: int = STRANGERS

    def verify_request(self, request: Any, client_address: Any) -> bool:  # noqa: ANN401
        """Whether a connection from *client_address* is taken at all."""
        here = ip_address(str(client_address[0]).partition("%")[0])
        plain = getattr(here, "ipv4_mapped", None) or here
        known = any(plain in ip_network(host) for host in self.hosts)
        if not known:
            log.warning("a connection from an address that is not on the list was closed")
        return known and len(self.active_associations) < self.most


class _Brisk(AssociationSocket):
    """Reads as much as is there: pynetdicom's own takes 4 kB at a time, and thrice as long."""

    def recv(self, nr_bytes: int) -> bytearray:
        """So many bytes, or fewer where the peer has gone."""
        got = bytearray()
        while len(got) < nr_bytes and self.socket:
            # A length is only a claim: no more room is made than has come.
            block = self.socket.recv(min(nr_bytes - len(got), 1 << 20))
            if not block:
                break
            got += block
        return got


class _Greeting(RequestHandler):
    """Gives every association a brisk socket."""

    def _create_association(self) -> Association:
        one = super()._create_association()
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        one.dul.socket.__class__ = _Brisk  # the library lets no other way in
        return one


class _Quietly(ssl.SSLContext):
    """Greets a peer in the peer's own thread, so that a silent one holds up nobody."""

    def wrap_socket(self, *args: Any, **kwargs: Any) -> ssl.SSLSocket:  # noqa: ANN401
        """A socket whose handshake waits for the first bytes that are read."""
        return super().wrap_socket(*args, **{**kwargs, "do_handshake_on_connect": False})


class Receiver:
    """What a listener does with what comes; `start` opens the port, `close` ends it.

    Attributes:
        port: The port it listens on.
    """

    def __init__(self, source: Listener, spool: Spool) -> None:
        self.source, self.spool = source, spool
        self._sending: dict[Association, str] = {}
        self._lock = threading.Lock()
        self._server: _Doorway | None = None

    def start(self) -> None:
        """Open the port.

        Raises:
            UnusableSetting: address, port or certificates cannot be used.
        """
        # Nothing of what a peer sends goes to a log, whatever level somebody sets.
        _config.LOG_HANDLER_LEVEL = "none"
        _config.LOG_REQUEST_IDENTIFIERS = _config.LOG_RESPONSE_IDENTIFIERS = False
        entity = self._entity()
        try:
            server = _Doorway(
                entity,
                (self.source.host, self.source.port),
                self.source.ae_title,
                entity.supported_contexts,
                _secured(self.source),
                [
                    (evt.EVT_C_STORE, self._store),
                    (evt.EVT_C_ECHO, _echo),
                    (evt.EVT_CONN_CLOSE, self._closed),
                ],
                _Greeting,
            )
        except OSError:
            msg = (
                f"Source {self.source.name}: {self.source.host}, port {self.source.port}, cannot"
                " be listened on. Name a free port and an address of this machine."
            )
            raise UnusableSetting(msg) from None
        server.hosts = self.source.hosts
        server.most = STRANGERS + self.source.associations
        self._server = server
        threading.Thread(target=server.serve_forever, args=(0.1,), daemon=True).start()

    def close(self) -> None:
        """Close the port and end every association."""
        if self._server is not None:
            BaseServer.shutdown(self._server)
            self._server.server_close()
            for one in self._server.active_associations:
                one.abort()
            self._server = None

    def whole(self) -> list[str]:
        """The studies that are whole by now."""
        with self._lock:
            self.spool.touch(set(self._sending.values()))
        return self.spool.quiet(self.source.quiet_seconds)

    def _entity(self) -> ApplicationEntity:
        entity = _Entity(ae_title=self.source.ae_title)
        entity.require_called_aet = True
        entity.require_calling_aet = list(self.source.peers)
        entity.maximum_associations = self.source.associations
        entity.maximum_pdu_size = 0  # unlimited: the fastest, and leaves the bytes as they are
        entity.acse_timeout = ACSE_SECONDS
        entity.dimse_timeout = entity.network_timeout = self.source.idle_seconds
        entity.supported_contexts = [
            build_context(_ECHO),
            *(build_context(_STORE + one, SYNTAXES) for one in OBJECTS),
        ]
        return entity

    def _store(self, event: evt.Event) -> int:
        """The status that a sender is given for one object."""
        content = event.encoded_dataset()
        try:
            name = named(content)
        except Nameless as reason:
            log.warning("%s: an object was refused: %s", self.source.name, reason)
            return _REFUSED
        if name.sop_uid != str(getattr(event.request, "AffectedSOPInstanceUID", "")):
            log.warning("%s: an object was refused: it came under another UID", self.source.name)
            return _MISMATCH
        with self._lock:
            self._sending[event.assoc] = digest_of(name.study_uid)
        try:
            put = self.spool.put(name, content)
        except OSError as error:
            log.error("%s: an object could not be kept: %s", self.source.name, error.strerror)  # noqa: TRY400
            return _FULL
        return _UNSURE if put is Put.OTHER else 0x0000

    def _closed(self, event: evt.Event) -> None:
        with self._lock:
            study = self._sending.pop(event.assoc, "")
        self.spool.touch({study})


def listen(source: Listener, hand_over: HandOver, stopped: Callable[[float], bool]) -> None:
    """Receive for *source* until *stopped*, which waits so many seconds, says so.

    Raises:
        UnusableSetting: as `Receiver.start`.
    """
    receiver = Receiver(source, hand_over.spool)
    receiver.start()
    log.info("%s: listening on port %d as %s", source.name, source.port, source.ae_title)
    hand_over.take(())
    while not stopped(min(1.0, source.quiet_seconds / 4)):
        hand_over.take(receiver.whole())
    receiver.close()


def _echo(_: evt.Event) -> int:
    return 0x0000


def _secured(source: Listener) -> ssl.SSLContext | None:
    """What every connection is secured by: both sides show a certificate."""
    if not (source.certificate and source.key and source.peer_ca):
        return None
    context = _Quietly(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.verify_mode = ssl.CERT_REQUIRED
    try:
        context.load_cert_chain(source.certificate, source.key)
        context.load_verify_locations(source.peer_ca)
    except (OSError, ssl.SSLError):
        msg = f"Source {source.name}: certificate, key and peer_ca must be readable PEM files."
        raise UnusableSetting(msg) from None
    return context
