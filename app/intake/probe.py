"""A test study: made here, sent as a scanner sends, and followed to its picture.

It proves by traffic what no running process proves: network, spool, headers, archive, record,
queue and worker. Its UIDs are signed with the installation's key, so nobody else's study is
taken for one, and it never becomes a scan.
"""

import ssl
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from secrets import randbits

from pynetdicom.ae import ApplicationEntity

from app import sources
from app.health import Line, State
from app.intake.probe_seal import signed
from app.intake.receive import Delivery, receive
from app.wiring import Site
from components.imaging.header import sort_files
from components.imaging.phantom import SIEMENS, Identity, Study, plan, render, write_dicom
from store import probing
from store.domain.arrival import Fate
from store.domain.people import INTAKE
from store.domain.spine import Level

NAME = "Test study"
CT, EXPLICIT = "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.2.1"
_GLANCE_S, _SOON_S = 0.2, 10.0


def sent(site: Site, through: str, patience_s: float) -> Line:
    """What came of a test study sent through the listener *through*, or given by hand without.

    Raises:
        UnusableSetting: there is no such listener.
    """
    source = sources.named(site.settings, sources.Listener, through) if through else None
    began = time.monotonic()
    with tempfile.TemporaryDirectory(dir=site.archive.folder / "staging") as place:
        folder = Path(place)
        digest = _made(site, folder)
        if source is None:
            receive(site, Delivery((folder,)))
        elif wrong := _stored(source, folder):
            return Line(State.ALARM, NAME, wrong)
    known = _waited(partial(_ended, site, digest), patience_s)
    took = time.monotonic() - began
    if known == "":
        way = f"sent to {source.name} by DICOM as {source.peers[0]}" if source else "given by hand"
        return Line(State.WELL, NAME, f"It was {way}, and its picture was made {took:.0f} s later.")
    return Line(State.ALARM, NAME, known or _lost(site, digest, patience_s))


def _made(site: Site, folder: Path) -> str:
    """A small spine in *folder*; the digest under which the record will know it."""
    series = f"2.25.{randbits(100)}"
    identity = Identity("Test^Study", "TEST-STUDY", "", None, "O")
    study = Study(
        study_uid=signed(series, site.key),
        series_uid=series,
        accession="",
        scanned=datetime.now().astimezone().date(),
        exam="Test study",
        site="TEST",
        maker=SIEMENS,
        kernel=SIEMENS.kernels[0],
    )
    spine = plan(Level("T12"), Level("L2"))
    write_dicom(render(spine, spacing_mm=(2.5, 1.4, 1.4), size=200), folder, identity, study)
    (found,) = sort_files([folder]).series
    return found.header.digest


def _stored(source: sources.Listener, folder: Path) -> str:
    """Why *source* did not take what lies in *folder*; empty where it did."""
    secured = _secured(source)
    entity = ApplicationEntity(source.peers[0])
    entity.add_requested_context(CT, EXPLICIT)
    entity.acse_timeout = entity.network_timeout = entity.connection_timeout = _SOON_S
    to = entity.associate(
        source.host,
        source.port,
        ae_title=source.ae_title,
        tls_args=(secured, source.host) if secured else None,
    )
    if not to.is_established and secured:
        return (
            f"{source.name} did not answer at {source.host}:{source.port} or refused. The test "
            "study is sent with the listener's own certificate: have it signed by those in peer_ca "
            "too, or have a listed peer send a study."
        )
    if not to.is_established:
        return (
            f"{source.name} did not answer at {source.host}:{source.port} or refused. Start "
            "vcf-review listen, and look whether this machine stands in its hosts."
        )
    try:
        for path in sorted(folder.iterdir()):
            answer = to.send_c_store(path)
            if getattr(answer, "Status", None) != 0:
                return f"{source.name} did not keep a slice. Look into its log for the reason."
    finally:
        to.release()
    return ""


def _secured(source: sources.Listener) -> ssl.SSLContext | None:
    """What a test study is sent by: the listener's own certificate, for both sides."""
    if not (source.certificate and source.key):
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Its name need not be that of this machine; it is the very certificate that is asked for.
    context.check_hostname = False
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_verify_locations(source.certificate)
    context.load_cert_chain(source.certificate, source.key)
    return context


def _ended(site: Site, digest: str) -> str | None:
    known = site.ask(INTAKE, probing.came, digest)
    if known is None or known.fate is Fate.HELD:
        return None
    return known.reason


def _waited(ended: Callable[[], str | None], patience_s: float) -> str | None:
    until = time.monotonic() + patience_s
    while (said := ended()) is None and time.monotonic() < until:
        time.sleep(_GLANCE_S)
    return said


def _lost(site: Site, digest: str, patience_s: float) -> str:
    """How far it came in the time that was given to it."""
    if site.ask(INTAKE, probing.came, digest) is None:
        return (
            f"It was sent and not received within {patience_s:.0f} s. The listener keeps a study "
            "until nothing more comes for it; wait longer than its quiet_seconds."
        )
    return (
        f"It was received, and nobody made its picture within {patience_s:.0f} s. Start the "
        "server with VCF_WORKERS=1, or vcf-review work."
    )
