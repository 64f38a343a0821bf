"""A RIS's own table of reports, by a file that says what its columns mean."""

import codecs
import csv
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any

from components.imaging import result_fields as fields
from components.imaging.result_fields import SHORT, UnusableResult
from components.imaging.result_tables import LONGEST_REPORT, STATUSES
from store.domain.arrival import RadiologyReport
from store.domain.clock import LOCAL
from store.domain.codes import System
from store.domain.identity import NhsNumber, UnusableNhsNumber

LARGEST_BYTES = 200_000_000
COLUMNS = (
    "accession",
    "study_uid",
    "status",
    "reported",
    "text",
    "nhs_number",
    "hospital_number",
    "scanned",
    "site",
    "patient_class",
    "sex",
    "gp_practice",
)
_SECTIONS = {"separator", "encoding", "moments", "fields", "statuses", "sex_codes"}
_MOMENTS = ("%Y-%m-%d %H:%M", "%d/%m/%Y %H:%M", "%Y-%m-%d", "%d/%m/%Y")


@dataclass(frozen=True, slots=True)
class ReportMapping:
    """How a RIS's table is read.

    Attributes:
        fields: By our column, the name of theirs.
        statuses: By their word for a status, ours: P, F, C or A.
        sex_codes: Whose codes its column for sex holds; a word of `codes.System`.
        moments: How days and times are written, as strptime has it; those with %H carry a time.
    """

    fields: dict[str, str]
    statuses: dict[str, str] = field(default_factory=dict)
    separator: str = ","
    encoding: str = "utf-8-sig"
    moments: tuple[str, ...] = _MOMENTS
    sex_codes: str = ""


def read_report_mapping(path: Path) -> ReportMapping:
    """The mapping in the TOML file at *path*.

    Raises:
        UnusableResult: it cannot be read, or says something that means nothing.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = f"The mapping {path.name} cannot be read as TOML ({type(error).__name__})."
        raise UnusableResult(msg) from None
    wrong = _wrong(said)
    if wrong:
        msg = f"The mapping {path.name}: {wrong}"
        raise UnusableResult(msg)
    return ReportMapping(
        fields=said["fields"],
        statuses=said.get("statuses", {}),
        separator=said.get("separator", ","),
        encoding=said.get("encoding", "utf-8-sig"),
        moments=tuple(said.get("moments", _MOMENTS)),
        sex_codes=said.get("sex_codes", ""),
    )


def _wrong(said: Mapping[str, Any]) -> str:
    """What is wrong with a mapping, and what to write; empty where nothing is."""
    columns = said.get("fields", {})
    whose = " or ".join(f'"{one}"' for one in System)
    strange = sorted(said.keys() - _SECTIONS) + sorted(set(columns) - set(COLUMNS))
    checks = (
        (strange, f"{strange[:1]} means nothing here. Fields are {', '.join(COLUMNS)}."),
        ("text" not in columns, "“text” is not among [fields]. Say where the report stands."),
        (
            not {"accession", "study_uid", "nhs_number", "hospital_number"} & set(columns),
            "none of accession, study_uid, nhs_number and hospital_number is among [fields].",
        ),
        (
            set(said.get("statuses", {}).values()) - {*STATUSES, "A"},
            "a status is none of P, F, C and A.",
        ),
        (
            (said.get("sex_codes", "") or "sex" in columns)
            and said.get("sex_codes") not in tuple(System),
            f"“sex” is among [fields]. Say whose codes it holds: sex_codes = {whose}.",
        ),
        (not _known(said.get("encoding", "utf-8")), "its encoding is not known. Try cp1252."),
    )
    return next((words for applies, words in checks if applies), "")


def _known(encoding: str) -> bool:
    try:
        codecs.lookup(encoding)
    except LookupError:
        return False
    return True


def is_for(mapping: ReportMapping, path: Path) -> bool:
    """Whether the table at *path* has every column that *mapping* names."""
    with path.open("rb") as file:
        opening = file.read(65_536).decode(mapping.encoding, errors="replace")
    heading = next(csv.reader(StringIO(opening, newline=""), delimiter=mapping.separator), [])
    return set(mapping.fields.values()) <= {name.strip() for name in heading}


def mapped_reports(
    mapping: ReportMapping, path: Path
) -> Iterator[RadiologyReport | UnusableResult]:
    """Each report of the table at *path*, and in place of each other row why it was refused.

    Raises:
        UnusableResult: it is no table in the encoding named.
    """
    if path.stat().st_size > LARGEST_BYTES:
        msg = f"The table is larger than {LARGEST_BYTES // 1_000_000} MB. Divide it."
        raise UnusableResult(msg)
    try:
        content = path.read_bytes().decode(mapping.encoding)
    except UnicodeDecodeError as error:
        msg = (
            f"The table is not written in {mapping.encoding} (byte {error.start}). Name the "
            "encoding in the mapping file."
        )
        raise UnusableResult(msg) from None
    lines = csv.DictReader(StringIO(content, newline=""), delimiter=mapping.separator)
    for place, line in enumerate(lines, 2):
        row = {(name or "").strip(): cell for name, cell in line.items() if isinstance(cell, str)}
        try:
            yield _report(mapping, row)
        except UnusableResult as wrong:
            yield UnusableResult(f"Row {place}: {wrong}")


def _report(mapping: ReportMapping, row: Mapping[str, str]) -> RadiologyReport:
    said = {ours: row.get(theirs, "").strip() for ours, theirs in mapping.fields.items()}
    status = said.get("status", "")
    status = mapping.statuses.get(status, status or "F")
    if status not in {*STATUSES, "A"}:
        msg = "Its status is not named under [statuses] of the mapping. Add the word there."
        raise UnusableResult(msg)
    reported, scanned = _moment(mapping, said, "reported"), _moment(mapping, said, "scanned")
    timed = reported and (reported.hour or reported.minute)
    return RadiologyReport(
        text=fields.text(said["text"].replace("\r\n", "\n"), "text", LONGEST_REPORT, needed=True),
        digest=sha256("\n".join(f"{k}={v}" for k, v in sorted(said.items())).encode()).hexdigest(),
        study_uid=fields.uid(said.get("study_uid", ""), "study_uid"),
        accession=fields.text(said.get("accession", ""), "accession", SHORT),
        status=status,
        reported=reported.date() if reported else None,
        reported_at=reported.astimezone(UTC) if reported and timed else None,
        scanned=scanned.date() if scanned else None,
        nhs_number=_nhs(said.get("nhs_number", "")),
        hospital_number=fields.text(said.get("hospital_number", ""), "hospital_number", SHORT),
        site=fields.text(said.get("site", ""), "site", SHORT),
        patient_class=fields.text(said.get("patient_class", ""), "patient_class", 16),
        sex=fields.text(said.get("sex", ""), "sex", 16),
        sex_system=mapping.sex_codes if said.get("sex") else "",
        gp_practice=fields.text(said.get("gp_practice", ""), "gp_practice", 16),
    )


def _nhs(text: str) -> str:
    """Ten digits that hold together, or nothing: a wrong number finds nobody."""
    try:
        return NhsNumber.parse(text).digits
    except UnusableNhsNumber:
        return ""


def _moment(mapping: ReportMapping, said: Mapping[str, str], name: str) -> datetime | None:
    text = said.get(name, "")
    if not text:
        return None
    for form in mapping.moments:
        try:
            return datetime.strptime(text, form).replace(tzinfo=LOCAL)
        except ValueError:
            continue
    msg = f"“{name}” is not written in one of the ways that the mapping names (moments)."
    raise UnusableResult(msg)
