"""Any vendor's table or JSON as rows of our own table, by a file that says what means what."""

import csv
import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

from components.imaging.label_tables import level_named
from components.imaging.result_fields import UnusableResult
from components.imaging.result_json import DEEPEST, depth_of
from components.imaging.result_tables import RESULT_COLUMNS, Row
from store.domain.arrival import Ending

_SECTIONS = {"format", "separator", "decimal", "loss", "scans", "findings", "constants"} | {
    "fields", "flag", "levels", "endings", "grades",
}  # fmt: skip
_FINDING = ("level", "loss", "grade", "formula", "anterior_mm", "middle_mm", "posterior_mm")
_LOSSES = {"fraction": 1.0, "per cent": 100.0}


@dataclass(frozen=True, slots=True)
class ResultMapping:
    """How a vendor's files are read.

    Attributes:
        fields: By our column: the name of theirs, or in JSON the path with points between names.
        scans, findings: JSON: paths to the list of scans and, in each, that of vertebrae; empty
            where the file or the scan is itself the only one.
        flag: The field that says of each vertebra whether it is flagged, and the words for yes.
    """

    format: str
    fields: dict[str, str]
    constants: dict[str, str] = field(default_factory=dict)
    separator: str = ","
    decimal: str = "."
    loss: str = "fraction"
    scans: str = ""
    findings: str = ""
    flag: tuple[str, frozenset[str]] = ("", frozenset())
    levels: dict[str, str] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)
    grades: dict[str, str] = field(default_factory=dict)


def read_mapping(path: Path) -> ResultMapping:
    """The mapping in the TOML file at *path*.

    Raises:
        UnusableResult: it cannot be read, or says something that means nothing.
    """
    try:
        said = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        msg = (
            f"The mapping {path.name} cannot be read as TOML ({type(error).__name__}). Correct it."
        )
        raise UnusableResult(msg) from None
    wrong = _wrong(said)
    if wrong:
        msg = f"The mapping {path.name}: {wrong}"
        raise UnusableResult(msg)
    flag = said.get("flag", {})
    words = {name: {str(k): str(v) for k, v in said.get(name, {}).items()} for name in _SECTIONS
             if isinstance(said.get(name, {}), dict)}  # fmt: skip
    return ResultMapping(
        format=said["format"],
        fields=words["fields"],
        constants=words["constants"],
        separator=said.get("separator", ","),
        decimal=said.get("decimal", "."),
        loss=said.get("loss", "fraction"),
        scans=said.get("scans", ""),
        findings=said.get("findings", ""),
        flag=(flag.get("field", ""), frozenset(str(one) for one in flag.get("yes", ()))),
        levels=words["levels"],
        endings=words["endings"],
        grades=words["grades"],
    )


def _wrong(said: dict[str, Any]) -> str:
    """What is wrong with a mapping, and what to write; empty where nothing is."""
    strange = sorted(said.keys() - _SECTIONS)
    if strange:
        return f"“{strange[0]}” means nothing here. It may hold {', '.join(sorted(_SECTIONS))}."
    if said.get("format") not in ("csv", "json"):
        return "“format” is csv or json. Write one of them."
    if said.get("loss", "fraction") not in _LOSSES:
        return "“loss” is “fraction” or “per cent”. Write one of them."
    given = {*said.get("fields", {}), *said.get("constants", {})}
    unknown = sorted(given - set(RESULT_COLUMNS))
    if unknown:
        return f"“{unknown[0]}” is no column of ours. Ours are {', '.join(RESULT_COLUMNS)}."
    if not {"study_uid", "accession"} & set(said.get("fields", {})):
        return "neither study_uid nor accession is among “fields”. A result must name its scan."
    missing = [name for name in ("product", "version") if name not in given]
    if missing:
        return f"“{missing[0]}” is neither a field nor a constant. Say which product it is."
    if "ending" not in given and "flag" not in said:
        return "neither “ending” nor [flag] says what is flagged. Write one of them."
    odd = sorted(set(said.get("endings", {}).values()) - set(Ending))
    return f"“{odd[0]}” is no ending. Write one of {', '.join(Ending)}." if odd else ""


def fits(mapping: ResultMapping, opening: str) -> bool:
    """Whether the file that begins with *opening* is one that *mapping* is for."""
    if mapping.format == "json":
        names = {path.split(".")[-1] for path in mapping.fields.values()}
        return opening[:1] in ("{", "[") and all(f'"{name}"' in opening for name in names)
    heading = next(csv.reader(StringIO(opening, newline=""), delimiter=mapping.separator), [])
    return set(mapping.fields.values()) <= {name.strip() for name in heading}


def rows_of(mapping: ResultMapping, content: str) -> list[Row]:
    """*content* as rows of our own table of results.

    Raises:
        UnusableResult: it is not what the mapping is for.
    """
    found = _json_rows if mapping.format == "json" else _csv_rows
    rows = [(_row(mapping, said), said) for said in found(mapping, content)]
    return _flagged(mapping, rows) if mapping.flag[0] else [row for row, _ in rows]


def _csv_rows(mapping: ResultMapping, content: str) -> Iterator[dict[str, str]]:
    lines = csv.DictReader(
        StringIO(content, newline=""), delimiter=mapping.separator, strict=True, restval=""
    )
    try:
        for line in lines:
            yield {(name or "").strip(): str(value).strip() for name, value in line.items()}
    except csv.Error:
        msg = (
            f"The table cannot be read on from line {lines.line_num}. Correct it and send it again."
        )
        raise UnusableResult(msg) from None


def _json_rows(mapping: ResultMapping, content: str) -> Iterator[dict[str, str]]:
    if depth_of(content) > DEEPEST:
        msg = f"The JSON is nested deeper than {DEEPEST} levels. Check what was sent."
        raise UnusableResult(msg)
    try:
        whole = json.loads(content)
    except ValueError:
        msg = "The file is not valid JSON. Was it cut off? Send it again."
        raise UnusableResult(msg) from None
    paths = [*mapping.fields.values(), mapping.flag[0]]
    for scan in _listed(whole, mapping.scans):
        inner = _listed(scan, mapping.findings) if mapping.findings else []
        for finding in inner or [{}]:
            # What a vertebra does not say is said by its scan.
            told = {path: (_at(finding, path), _at(scan, path)) for path in paths if path}
            yield {path: _text(own if own is not None else of) for path, (own, of) in told.items()}


def _listed(whole: object, path: str) -> list[object]:
    found = _at(whole, path) if path else whole
    return found if isinstance(found, list) else [] if found is None else [found]


def _at(whole: object, path: str) -> object:
    for name in path.split("."):
        if not isinstance(whole, dict):
            return None
        whole = whole.get(name)
    return whole


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip() if isinstance(value, str | int | float) else ""


def _row(mapping: ResultMapping, said: dict[str, str]) -> Row:
    """One row of ours; what their file does not have is a constant, or empty."""
    row = dict.fromkeys(RESULT_COLUMNS, "") | mapping.constants
    for ours, theirs in mapping.fields.items():
        row[ours] = said.get(theirs, "") or row[ours]
    row["ending"] = mapping.endings.get(row["ending"], row["ending"])
    row["grade"] = mapping.grades.get(row["grade"], row["grade"])
    level = mapping.levels.get(row["level"]) or level_named(row["level"]) or row["level"]
    row["level"] = str(level)
    for name in ("loss", "anterior_mm", "middle_mm", "posterior_mm"):
        row[name] = row[name].replace(mapping.decimal, ".")
    row["loss"] = _fraction(row["loss"], _LOSSES[mapping.loss])
    return row


def _fraction(text: str, scale: float) -> str:
    """*text* as a fraction; what is no number stays, to be refused with its row."""
    number = text.removesuffix("%").strip()
    try:
        return f"{float(number) / scale:.9g}" if number else ""
    except ValueError:
        return text


def _flagged(mapping: ResultMapping, rows: list[tuple[Row, dict[str, str]]]) -> list[Row]:
    """The flagged vertebrae of each scan; of a scan without any, one row that says so."""
    name, yes = mapping.flag
    kept: dict[tuple[str, str], list[Row]] = {}
    clear: dict[tuple[str, str], Row] = {}
    for row, said in rows:
        scan = row["study_uid"], row["accession"]
        if row["ending"] == Ending.FAILED:
            kept.setdefault(scan, []).append(row | dict.fromkeys(_FINDING, ""))
        elif said.get(name, "") in yes:
            kept.setdefault(scan, []).append(row | {"ending": Ending.POSITIVE.value})
        else:
            empty = dict.fromkeys(_FINDING, "") | {"ending": Ending.NEGATIVE.value}
            clear.setdefault(scan, row | empty)
    return [row for scan in {**clear, **kept} for row in kept.get(scan) or [clear[scan]]]
