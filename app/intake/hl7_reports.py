"""Radiology reports from HL7 v2 messages (ORU^R01), one or many in a file."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, replace
from datetime import UTC, date, datetime
from hashlib import sha256

import hl7

from app.intake.hl7_escapes import Separators, plain
from app.intake.hl7_message import UnusableMessage, coding_of, decoded, separators
from store.domain.arrival import RadiologyReport
from store.domain.clock import LOCAL
from store.domain.identity import NhsNumber, UnusableNhsNumber

LONGEST_REPORT = 100_000
"""Characters of one report."""

_STATUSES = {"P": "P", "R": "P", "S": "P", "F": "F", "C": "C", "A": "A"}
"""OBR-25 as we keep it: R and S are results that nobody verified yet. Source: HL7 table 0123."""

_TEXT = frozenset({"TX", "FT", "ST"})
_GONE = frozenset({"D", "W"})
"""OBX-11 of a line that was deleted or posted for another. Source: HL7 table 0085."""

_TIME = re.compile(r"(\d{8})(?:(\d{2})(\d{2})(\d{2})?(?:\.\d+)?)?([+-]\d{4})?")
_UID = re.compile(r"[0-9.]{1,64}")


def read(raw: bytes, charset: str = "") -> tuple[RadiologyReport, ...]:
    """The reports of one message, at least one.

    Args:
        charset: In which MSH-18 is taken to be written where it is empty; UTF-8 unless given.

    Raises:
        UnusableMessage: it gives no report that could be kept; nothing of it is guessed.
    """
    first = raw.partition(b"\r")[0].decode("latin-1")
    parts = separators(first)
    coding = coding_of(first, parts, charset)
    text = decoded(raw, coding)
    try:
        message = hl7.parse(text + "\r")
    except (hl7.HL7Exception, ValueError, LookupError, TypeError):
        # The library's own words hold what it could not read.
        msg = "It cannot be read as HL7 v2. Have the sender check its segments and separators."
        raise UnusableMessage(msg) from None
    reader = _Reader(message, parts, coding)
    kind = reader.raw("MSH", 9).split(parts.component)
    if kind[0] != "ORU" or kind[1:2] not in ([], [""], ["R01"]):
        msg = "Only reports (ORU^R01) are read here. Send other messages elsewhere."
        raise UnusableMessage(msg, rejected=True)
    return reader.reports(sha256(raw).hexdigest())


class _Reader:
    """One message, its fields as they were meant."""

    def __init__(self, message: hl7.Message, parts: Separators, coding: str) -> None:
        self._message, self._parts, self._coding = message, parts, coding

    def raw(self, segment: str, field: int) -> str:
        """The field of the first *segment*, as it stands; empty where there is none."""
        found = next((one for one in self._message if str(one[0]) == segment), None)
        return _field(found, field)

    def reports(self, raw_digest: str) -> tuple[RadiologyReport, ...]:
        nhs, hospital = self._numbers()
        found = [self._report(group, nhs, hospital, raw_digest) for group in self._examinations()]
        if not found:
            msg = (
                "The message has no OBR, so it reports nothing. Send one OBR for each examination."
            )
            raise UnusableMessage(msg)
        return tuple(found)

    def _groups(self) -> Iterator[list[hl7.Segment]]:
        """Each OBR with the ORC before it and the OBX after it."""
        group: list[hl7.Segment] = []
        order: list[hl7.Segment] = []
        for segment in self._message:
            name = str(segment[0])
            if name == "ORC":
                order = [segment]
            elif name == "OBR":
                if group:
                    yield group
                group, order = [segment, *order], []
            elif name == "OBX" and group:
                group.append(segment)
        if group:
            yield group

    def _examinations(self) -> Iterable[list[hl7.Segment]]:
        """The groups, those of one accession number as one: a report may come in sections."""
        kept: dict[str, list[hl7.Segment]] = {}
        for group in self._groups():
            accession = self._accession(group)
            if accession in kept:
                kept[accession] += group[1:]
            else:
                kept[accession] = group
        return kept.values()

    def _accession(self, group: Sequence[hl7.Segment]) -> str:
        """OBR-3, else ORC-3: the first component."""
        order = next((one for one in group if str(one[0]) == "ORC"), None)
        said = _field(group[0], 3) or _field(order, 3)
        return self._component(said.split(self._parts.repetition)[0], 0)[:64]

    def _report(
        self, group: Sequence[hl7.Segment], nhs: str, hospital: str, raw: str
    ) -> RadiologyReport:
        text = self._text(group)
        accession, moment = self._accession(group), _moment(_field(group[0], 22))
        day = moment[0] if moment else None
        scanned = _moment(_field(group[0], 7))
        study = self._component(self.raw("ZDS", 1), 0)
        said = RadiologyReport(
            text=text,
            digest="",
            study_uid=study if _UID.fullmatch(study) else "",
            accession=accession,
            status=self._status(group),
            reported=day,
            reported_at=moment[1] if moment else None,
            scanned=scanned[0] if scanned else None,
            nhs_number=nhs,
            hospital_number=hospital,
            patient_class=self._component(self.raw("PV1", 2), 0)[:8],
            site=self._component(self.raw("MSH", 4), 0)[:64],
            raw=raw,
            sex=self._component(self.raw("PID", 8).split(self._parts.repetition)[0], 0)[:16],
            gp_practice=self._practice(),
        )
        return _printed(said)

    def _text(self, group: Sequence[hl7.Segment]) -> str:
        """All repetitions of all its text, in order, a line each."""
        lines = []
        for segment in group:
            kept = str(segment[0]) == "OBX" and _field(segment, 2) in _TEXT
            if kept and _field(segment, 11) not in _GONE:
                lines += [
                    plain(each, self._parts, self._coding)
                    for each in _field(segment, 5).split(self._parts.repetition)
                ]
        text = "\n".join(lines).strip()
        if not text:
            msg = "An examination in it has no report text (OBX of type TX, FT or ST)."
            raise UnusableMessage(msg)
        if len(text) > LONGEST_REPORT:
            msg = f"A report has {len(text)} characters; {LONGEST_REPORT} fit."
            raise UnusableMessage(msg)
        return text

    def _status(self, group: Sequence[hl7.Segment]) -> str:
        """OBR-25; where it is empty, what its first line of text says (OBX-11)."""
        lines = [_field(one, 11) for one in group if str(one[0]) == "OBX"]
        said = _field(group[0], 25) or next((one for one in lines if one), "")
        if said not in _STATUSES:
            msg = "OBR-25 is none of P, F, C and A, so it is no report yet. Send it when it is."
            raise UnusableMessage(msg)
        return _STATUSES[said]

    def _numbers(self) -> tuple[str, str]:
        """NHS number and hospital number among the repetitions of PID-3.

        Two different NHS numbers are none: somebody has to look.
        """
        nhs: set[str] = set()
        others: list[tuple[bool, int, str]] = []
        for each in self.raw("PID", 3).split(self._parts.repetition):
            value, kind = self._component(each, 0), self._component(each, 4)
            authority = self._component(each, 3).split(self._parts.part)[0]
            if kind in ("NH", "NHS") or authority == "NHS":
                nhs |= _valid(value)
            elif value:
                others.append((kind not in ("MR", "PI", "PT"), len(others), value[:64]))
        return (nhs.pop() if len(nhs) == 1 else ""), (min(others)[2] if others else "")

    def _practice(self) -> str:
        """The code of the GP practice (PD1-3): XON.10, else the older XON.3."""
        field = self.raw("PD1", 3).split(self._parts.repetition)[0]
        return (self._component(field, 9) or self._component(field, 2))[:16]

    def _component(self, field: str, number: int) -> str:
        """A component, its escapes undone after it was cut out."""
        cut = field.split(self._parts.component) + [""] * (number + 1)
        return plain(cut[number], self._parts, self._coding).strip()


def _field(segment: hl7.Segment | None, number: int) -> str:
    return str(segment[number]) if segment is not None and len(segment) > number else ""


def _valid(text: str) -> set[str]:
    try:
        return {NhsNumber.parse(text).digits}
    except UnusableNhsNumber:
        return set()


def _moment(text: str) -> tuple[date, datetime | None] | None:
    """A day, and the moment (UTC) where a time is given; without a zone it is local time."""
    found = _TIME.fullmatch(text.split("^")[0].strip())
    if not found:
        return None
    day, hour, minute, second, zone = found.groups()
    try:
        if hour is None:
            return datetime.strptime(day, "%Y%m%d").date(), None  # noqa: DTZ007 - a day has no zone
        written = f"{day}{hour}{minute}{second or '00'}{zone or ''}"
        moment = datetime.strptime(written, "%Y%m%d%H%M%S%z" if zone else "%Y%m%d%H%M%S")  # noqa: DTZ007 - set below
    except ValueError:
        return None
    aware = moment if zone else moment.replace(tzinfo=LOCAL)
    return aware.astimezone(LOCAL).date(), aware.astimezone(UTC)


def _printed(said: RadiologyReport) -> RadiologyReport:
    """*said* with the digest of what it says: the same report sent again is the same."""
    values = [str(value) for value in astuple(replace(said, digest="", raw="", source=""))]
    joined = "\n".join(f"{len(value)}:{value}" for value in values)
    return replace(said, digest=sha256(joined.encode()).hexdigest())
