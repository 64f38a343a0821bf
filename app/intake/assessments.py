"""Assessments of closed cases, sent to the PACS: each closing once, the same bytes if tried again.

A kill between sending and noting it sends the same object again, which a PACS knows by its UID.
"""

import hashlib
import logging
from dataclasses import dataclass

from app.intake.multipart import Failed
from app.intake.send import send_bytes
from app.intake.web import Pause, Service
from app.wiring import Site
from components.imaging.imaged import imaged
from exports.assessment_sr import assessment_sr
from store import assessments
from store.domain.people import INTAKE
from store.domain.refusal import NotAllowed, Unusable

log = logging.getLogger("vcf_review")


@dataclass(frozen=True, slots=True)
class Sent:
    """What one round came to; those *left* are tried again by the next."""

    sent: int
    left: int


def send_due(site: Site, service: Service, name: str, pause: Pause) -> Sent:
    """Send what is due to *service*, called *name*; one that cannot be sent holds up no other.

    Raises:
        Failed: the service does not answer; what was sent before is noted.
    """
    waiting = site.ask(INTAKE, assessments.due)
    sent = 0
    for case in waiting:
        try:
            said = site.submit(INTAKE, assessments.freeze, case)
            scan = imaged(site.archive.path("series", said.series))
            content = assessment_sr(said, scan)
            send_bytes(service, content, pause)
        except Failed:
            raise
        except (Unusable, NotAllowed) as refusal:
            log.warning("Case %s: the assessment was not sent: %s", case[:10], refusal)
            continue
        digest = hashlib.sha256(content).hexdigest()
        site.submit(INTAKE, assessments.sent, said.uid, name, digest)
        sent += 1
    return Sent(sent, len(waiting) - sent)
