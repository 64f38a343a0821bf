"""Results sent to a PACS by DICOMweb (STOW-RS), as the bytes they are."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from app.intake.multipart import Refused
from app.intake.web import Pause, Service, text_in, tried
from components.imaging.naming import named

FAILED, REASON = "00081198", "00081197"
"""FailedSOPSequence, FailureReason. Source: DICOM PS3.18 table 10.5.3-2."""
LARGEST_BYTES = 256 << 20


def send(service: Service, file: Path, pause: Pause) -> str:
    """The UID of the object in *file*, which the service has from now on.

    Raises:
        Nameless: the file is no DICOM object.
        Failed: the service did not answer, however often it was asked.
        Refused: it did not take the object.
    """
    if file.stat().st_size > LARGEST_BYTES:
        msg = f"The file is larger than {LARGEST_BYTES >> 20} MB. Send scans from the scanner."
        raise Refused(msg)
    return send_bytes(service, file.read_bytes(), pause)


def send_bytes(service: Service, content: bytes, pause: Pause) -> str:
    """As `send`, of the object that *content* is."""
    name = named(content)
    mark = uuid4().hex
    head = f"--{mark}\r\nContent-Type: application/dicom\r\n\r\n".encode()
    body = head + content + f"\r\n--{mark}--\r\n".encode()
    path = f"studies/{name.study_uid}"
    status, said = tried(lambda: service.stored(path, body, mark), pause)
    refused = failures_in(said)
    if refused or status == 409:
        why = text_in(refused[0], REASON) if refused else ""
        msg = f"The service did not take the object (reason {why or 'not given'})."
        raise Refused(msg)
    return name.sop_uid


def failures_in(said: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - whatever was answered
    """What was not taken: an empty sequence, which some services send, is no failure."""
    entry = said[0] if isinstance(said, list) and said else said
    items = entry.get(FAILED, {}) if isinstance(entry, dict) else {}
    items = items.get("Value", []) if isinstance(items, dict) else []
    return [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
