"""AI results in JSON: our own schema, and TotalSegmentator's spine report."""

import json
import re
from typing import NoReturn

from components.imaging import result_fields as field
from components.imaging.result_fields import LONG, SHORT, UnusableResult
from store.domain.arrival import AiFinding, AiResult, Ending
from store.domain.spine import REVIEWABLE, Level, craniocaudal

SCHEMA = "vcf-review-result/1"
SPINE_REPORT = "TotalSegmentator spine report"
SPINE_REPORT_FLAG = 0.20
"""A vertebra is flagged above this, not at it. Source: TotalSegmentator, totalseg_spine_report."""
SPINE_REPORT_RULE = "loss > 20 %"
SPINE_REPORT_FORMULA = "1 - min/max of the three heights"

DEEPEST = 16
"""Levels of nesting; ours needs four."""

_KEYS = frozenset(
    {
        "schema",
        "product",
        "version",
        "study_uid",
        "series_uid",
        "accession",
        "ending",
        "reason",
        "threshold_rule",
        "findings",
    }
)
_FINDING_KEYS = frozenset({"level", "loss", "grade", "formula", "heights_mm"})
_DIFFERENCE = re.compile(r"vertebrae_([A-Za-z0-9]+)_height_difference")
_READABLE = {level.value: level for level in REVIEWABLE}
_KNOWN = frozenset(Level)

Object = dict[str, object]


def parse(content: str) -> Object:
    """The one object that *content* holds, read strictly.

    Raises:
        UnusableResult: no JSON, no object, a key twice, NaN or Infinity, or nested too deep.
    """
    if depth_of(content) > DEEPEST:
        msg = f"The JSON is nested deeper than {DEEPEST} levels. Send it as the schema has it."
        raise UnusableResult(msg)
    try:
        found = json.loads(content, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        msg = (
            f"The file is not valid JSON (line {error.lineno}, column {error.colno}). "
            "Was it cut off? Send it again."
        )
        raise UnusableResult(msg) from None
    except UnusableResult:
        raise
    except ValueError:
        msg = "A number in the file is too long to be one. Correct it and send it again."
        raise UnusableResult(msg) from None
    if not isinstance(found, dict):
        msg = "The file holds no JSON object. Send one object, as the schema has it."
        raise UnusableResult(msg)
    return found


def depth_of(content: str) -> int:
    """How deep *content* is nested, counted before it is parsed, as parsing it recurses."""
    depth = deepest = 0
    for mark in re.finditer(r'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]', content, re.DOTALL):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(mark[0], 0)
        deepest = max(deepest, depth)
        if deepest > DEEPEST:
            break
    return deepest


def _once(pairs: list[tuple[str, object]]) -> Object:
    found = dict(pairs)
    if len(found) < len(pairs):
        msg = "A key stands twice in one JSON object. Send each key once."
        raise UnusableResult(msg)
    return found


def _no_constant(_: str) -> NoReturn:
    msg = "The file holds NaN or Infinity, which are no numbers. Send null where nothing is known."
    raise UnusableResult(msg)


def result(content: str, digest: str) -> AiResult:
    """What *content* says of its scan.

    Raises:
        UnusableResult: it is in neither of the two layouts, or a value is unusable.
    """
    found = parse(content)
    if "schema" in found:
        return _ours(found, digest)
    if isinstance(found.get("results"), dict) and isinstance(found.get("metadata"), dict):
        return _spine_report(found, digest)
    msg = (
        f"The JSON has neither “schema” nor “results” and “metadata”. Send {SCHEMA} or "
        f"the {SPINE_REPORT}."
    )
    raise UnusableResult(msg)


def _ours(found: Object, digest: str) -> AiResult:
    if found["schema"] != SCHEMA:
        msg = f"The schema is not {SCHEMA}, the only one this version reads. Send that."
        raise UnusableResult(msg)
    _check_keys(found, _KEYS)
    listed = found.get("findings", [])
    if not isinstance(listed, list):
        msg = "“findings” is not a list. Send [] where there are none."
        raise UnusableResult(msg)
    ended = field.ending(found.get("ending"))
    return field.check_result(
        AiResult(
            product=field.text(found.get("product"), "product", SHORT, needed=True),
            version=field.text(found.get("version"), "version", SHORT, needed=True),
            ending=ended,
            findings=field.or_whole_scan(ended, tuple(_finding(one) for one in listed)),
            format=SCHEMA,
            digest=digest,
            study_uid=field.uid(found.get("study_uid"), "study_uid"),
            series_uid=field.uid(found.get("series_uid"), "series_uid"),
            accession=field.text(found.get("accession"), "accession", SHORT),
            reason=field.text(found.get("reason"), "reason", LONG),
            threshold_rule=field.text(found.get("threshold_rule"), "threshold_rule", LONG),
        )
    )


def _check_keys(found: Object, allowed: frozenset[str]) -> None:
    strange = len(found.keys() - allowed)
    if strange:
        msg = (
            f"{strange} of the keys are unknown; a misspelt one would be lost. "
            f"Allowed are {', '.join(sorted(allowed))}."
        )
        raise UnusableResult(msg)


def _finding(found: object) -> AiFinding:
    if not isinstance(found, dict):
        msg = "A finding is not a JSON object. Send each as the schema has it."
        raise UnusableResult(msg)
    _check_keys(found, _FINDING_KEYS)
    three = found.get("heights_mm")
    if three is not None and not (isinstance(three, list) and len(three) == 3):
        msg = "“heights_mm” is not a list of three: anterior, middle, posterior. Send that or null."
        raise UnusableResult(msg)
    return AiFinding(
        level=field.level(found.get("level")),
        loss=field.loss(found.get("loss")),
        grade=field.grade(found.get("grade")),
        formula=field.text(found.get("formula"), "formula", LONG),
        heights=field.heights((three[0], three[1], three[2])) if three else None,
    )


def _spine_report(found: Object, digest: str) -> AiResult:
    values, about = found["results"], found["metadata"]
    assert isinstance(values, dict)  # as `result` saw
    assert isinstance(about, dict)
    losses = _differences(values)
    flagged = craniocaudal({level for level, lost in losses.items() if lost > SPINE_REPORT_FLAG})
    measured = Ending.POSITIVE if flagged else Ending.NEGATIVE
    return AiResult(
        product=SPINE_REPORT,
        version=field.text(about.get("version"), "version", SHORT),
        ending=measured if losses else Ending.FAILED,
        findings=tuple(_flag(level, losses[level], values) for level in flagged),
        format=SPINE_REPORT,
        digest=digest,
        reason="" if losses else "no vertebra was measured",
        threshold_rule=SPINE_REPORT_RULE,
    )


def _differences(values: Object) -> dict[Level, float]:
    """The loss of each vertebra that was measured and that a finding may name."""
    losses = {}
    for key, value in values.items():
        named = _DIFFERENCE.fullmatch(key)
        if named and named[1] not in _KNOWN:
            msg = "A vertebra has a name that is none, such as T14. Check the labels of the mask."
            raise UnusableResult(msg)
        lost = field.loss(value, "height_difference") if named else None
        if named and lost is not None and named[1] in _READABLE:
            losses[_READABLE[named[1]]] = lost
    return losses


def _flag(level: Level, lost: float, values: Object) -> AiFinding:
    names = (f"vertebrae_{level}_height_{part}_mm" for part in ("anterior", "middle", "posterior"))
    anterior, middle, posterior = (values.get(name) for name in names)
    try:
        measured = field.heights((anterior, middle, posterior))
    except UnusableResult:
        measured = None  # the flag must be looked at, whatever the heights beside it are
    return AiFinding(level, lost, None, SPINE_REPORT_FORMULA, measured)
