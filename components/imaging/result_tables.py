"""AI results and radiology reports in tables; one bad row is refused, the others are read."""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from hashlib import sha256
from io import StringIO

from components.imaging import result_fields as field
from components.imaging.result_fields import LONG, SHORT, UnusableResult
from store.domain.arrival import AiFinding, AiResult, Ending, RadiologyReport

RESULT_TABLE = "vcf-review-results.csv/1"
RESULT_COLUMNS = (
    "product",
    "version",
    "study_uid",
    "accession",
    "ending",
    "reason",
    "threshold_rule",
    "level",
    "loss",
    "grade",
    "formula",
    "anterior_mm",
    "middle_mm",
    "posterior_mm",
)
REPORT_COLUMNS = ("accession", "study_uid", "status", "reported", "text")
LONGEST_REPORT = 100_000
"""Characters of one report."""

STATUSES = ("P", "F", "C")
"""Preliminary, final, corrected. Source: HL7 v2 OBR-25."""

Row = dict[str, str]


def columns(opening: str) -> tuple[str, ...]:
    """The names of the columns in the first line of *opening*; none where that is no table."""
    try:
        names = next(csv.reader(StringIO(opening, newline="")), [])
    except csv.Error:
        return ()
    return tuple(name.strip().lower() for name in names)


def results(content: str) -> tuple[tuple[AiResult, ...], tuple[str, ...]]:
    """The results that *content* holds, one a scan, and why each other row was refused.

    Raises:
        UnusableResult: it is no table with the columns needed.
    """
    return collected(_rows(content, RESULT_COLUMNS))


def collected(
    rows: Iterable[tuple[int, Row | None]],
) -> tuple[tuple[AiResult, ...], tuple[str, ...]]:
    """The results of numbered *rows*, one a scan, and why each other row was refused."""
    scans: dict[tuple[str, ...], list[tuple[AiResult, str]]] = {}

    def take(row: Row) -> None:
        one = _result(row)
        scan = (one.product, one.version, one.study_uid, one.accession)
        before = scans.get(scan, [])
        _merged([*before, (one, "")])  # refuses before the row is kept
        scans[scan] = [*before, (one, _fingerprint(row, RESULT_COLUMNS))]

    refusals = _each(rows, take)
    return tuple(_merged(taken) for taken in scans.values()), refusals


def reports(content: str) -> tuple[tuple[RadiologyReport, ...], tuple[str, ...]]:
    """The reports that *content* holds, and why each other row was refused.

    Raises:
        UnusableResult: it is no table with the columns needed.
    """
    found: list[RadiologyReport] = []
    refusals = _each(_rows(content, REPORT_COLUMNS), lambda row: found.append(_report(row)))
    return tuple(found), refusals


def _each(rows: Iterable[tuple[int, Row | None]], take: Callable[[Row], None]) -> tuple[str, ...]:
    """Give each row to *take*; the answer is why rows were refused."""
    refusals = []
    for place, row in rows:
        try:
            take(row if row is not None else _refuse_length())
        except UnusableResult as error:
            refusals.append(f"Row {place}: {error}")
    return tuple(refusals)


def _refuse_length() -> Row:
    msg = "It has more or fewer fields than the heading. Put text with commas in quotation marks."
    raise UnusableResult(msg)


def _rows(content: str, needed: tuple[str, ...]) -> Iterator[tuple[int, Row | None]]:
    """Each row with its place in the sheet; None for a row of the wrong length."""
    lines = csv.reader(StringIO(content, newline=""), strict=True)
    try:
        names = tuple(name.strip().lower() for name in next(lines, []))
        _check_columns(names, needed)
        for place, fields in enumerate(lines, 2):
            if len(fields) == len(names):
                yield place, dict(zip(names, fields, strict=True))
            elif fields:
                yield place, None
    except csv.Error:
        msg = (
            f"The table cannot be read on from line {lines.line_num}: a quotation mark is open "
            "or misplaced, or a field is too long. Correct it and send the file again."
        )
        raise UnusableResult(msg) from None


def _check_columns(names: tuple[str, ...], needed: tuple[str, ...]) -> None:
    missing = [name for name in needed if name not in names]
    if missing:
        msg = (
            f"These columns are missing: {', '.join(missing)}. Add them, and separate the "
            "columns by commas."
        )
        raise UnusableResult(msg)
    twice = [name for name in needed if names.count(name) > 1]
    if twice:
        msg = f"These columns stand twice: {', '.join(twice)}. Take one of each out."
        raise UnusableResult(msg)


def _result(row: Row) -> AiResult:
    ended = field.ending(row["ending"].strip())
    three = row["anterior_mm"], row["middle_mm"], row["posterior_mm"]
    finding = AiFinding(
        level=field.level(row["level"].strip()),
        loss=field.loss(row["loss"].strip()),
        grade=field.grade(row["grade"].strip()),
        formula=field.text(row["formula"], "formula", LONG),
        heights=field.heights((three[0].strip(), three[1].strip(), three[2].strip())),
    )
    says = finding != AiFinding(None, formula=finding.formula)
    findings = (finding,) if says or ended is Ending.POSITIVE else ()
    study, accession = _scan(row)
    return field.check_result(
        AiResult(
            product=field.text(row["product"], "product", SHORT, needed=True),
            version=field.text(row["version"], "version", SHORT, needed=True),
            ending=ended,
            findings=findings,
            format=RESULT_TABLE,
            digest="",
            study_uid=study,
            accession=accession,
            reason=field.text(row["reason"], "reason", LONG),
            threshold_rule=field.text(row["threshold_rule"], "threshold_rule", LONG),
        )
    )


def _merged(rows: list[tuple[AiResult, str]]) -> AiResult:
    """One result of the *rows* of one scan; the same rows in any order have one digest."""
    first = rows[0][0]
    for one, _ in rows[1:]:
        if replace(one, findings=first.findings) != first:
            msg = "An earlier row of the same scan has another ending, reason or rule. Correct one."
            raise UnusableResult(msg)
        if one.ending is not Ending.POSITIVE:
            msg = "An earlier row says the same of the same scan. Send it once."
            raise UnusableResult(msg)
    digest = sha256("\n".join(sorted(print_ for _, print_ in rows)).encode()).hexdigest()
    findings = tuple(finding for one, _ in rows for finding in one.findings)
    return field.check_result(replace(first, findings=findings, digest=digest))


def _report(row: Row) -> RadiologyReport:
    status = row["status"].strip().upper() or "F"
    if status not in STATUSES:
        msg = "“status” is P, F or C: preliminary, final or corrected. Correct it."
        raise UnusableResult(msg)
    study, accession = _scan(row)
    return RadiologyReport(
        text=field.text(row["text"], "text", LONGEST_REPORT, needed=True),
        digest=_fingerprint(row, REPORT_COLUMNS),
        study_uid=study,
        accession=accession,
        status=status,
        reported=field.day(row["reported"].strip(), "reported"),
    )


def _scan(row: Row) -> tuple[str, str]:
    study = field.uid(row["study_uid"], "study_uid")
    accession = field.text(row["accession"], "accession", SHORT)
    if not study and not accession:
        msg = "It names no scan. Fill in study_uid or accession."
        raise UnusableResult(msg)
    return study, accession


def _fingerprint(row: Row, names: tuple[str, ...]) -> str:
    """SHA-256 of what is read of *row*; columns that are not read do not count."""
    read = (row[name].strip() for name in names)
    return sha256("\n".join(f"{len(value)}:{value}" for value in read).encode()).hexdigest()
