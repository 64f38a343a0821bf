import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from result_builders import FINDING, RESULT, a_file, a_spine_report, one

from components.imaging.results import (
    UnusableResult,
    read_results,
)
from store.domain.arrival import AiFinding, Ending
from store.domain.genant import Grade
from store.domain.morphometry import Heights
from store.domain.spine import Level


def test_our_json_is_read_whole(tmp_path: Path) -> None:
    result = one(tmp_path, RESULT)
    heights = Heights(17.0, 21.0, 25.0)
    assert result.findings == (
        AiFinding(Level.L1, 0.32, Grade.MODERATE, "1 - min(Ha, Hm)/Hp", heights),
    )
    assert (result.product, result.version, result.accession) == ("Example Spine", "1.2.0", "00123")
    assert (result.study_uid, result.series_uid) == ("1.2.3", "1.2.3.4")
    assert (result.ending, result.threshold_rule) == (Ending.POSITIVE, "loss > 20 %")
    assert result.digest == hashlib.sha256(json.dumps(RESULT).encode()).hexdigest()


def test_what_may_be_left_out_may_be_left_out(tmp_path: Path) -> None:
    keys = ("schema", "product", "version")
    bare = {key: RESULT[key] for key in keys} | {"ending": "AI_NEGATIVE"}
    assert one(tmp_path, bare).findings == ()


def test_a_positive_result_without_findings_is_a_flag_on_the_whole_scan(tmp_path: Path) -> None:
    assert one(tmp_path, RESULT | {"findings": []}).findings == (AiFinding(None),)


def test_a_failure_is_no_negative(tmp_path: Path) -> None:
    failed = RESULT | {"ending": "AI_FAILED", "findings": [], "reason": "too few slices"}
    result = one(tmp_path, failed)
    assert (result.ending, result.reason) == (Ending.FAILED, "too few slices")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"schema": "vcf-review-result/2"}, "The schema is not vcf-review-result/1"),
        ({"schema": None}, "The schema is not"),
        ({"product": ""}, "“product” is empty"),
        ({"product": 7}, "“product” is not text"),
        ({"product": "x" * 65}, "has 65 characters; 64 fit"),
        ({"version": None}, "“version” is empty"),
        ({"version": "1\u0000"}, "control characters"),
        ({"study_uid": "1.2.x"}, "no DICOM UID"),
        ({"study_uid": "1" * 65}, "no DICOM UID"),
        ({"series_uid": "1.2\n.3"}, "no DICOM UID"),
        ({"ending": "positive"}, "AI_POSITIVE, AI_NEGATIVE, AI_FAILED"),
        ({"ending": ["AI_POSITIVE"]}, "AI_POSITIVE"),
        ({"ending": "AI_NEGATIVE"}, "1 findings, but the ending is AI_NEGATIVE"),
        ({"ending": "AI_FAILED", "findings": []}, "“reason” is empty"),
        ({"findings": {}}, "“findings” is not a list"),
        ({"findings": 0}, "“findings” is not a list"),
        ({"findings": ["L1"]}, "not a JSON object"),
        ({"findings": [FINDING, FINDING]}, "flagged twice"),
        ({"patient": "Ann"}, "1 of the keys are unknown"),
    ],
)
def test_a_result_that_does_not_fit_the_schema_is_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnusableResult, match=re.escape(words)):
        one(tmp_path, RESULT | change)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"level": "T14"}, "T1 to T13 or L1 to L6"),
        ({"level": "C5"}, "T1 to T13 or L1 to L6"),
        ({"level": "l1"}, "T1 to T13 or L1 to L6"),
        ({"level": 12}, "T1 to T13 or L1 to L6"),
        ({"loss": 32}, "from 0.0 to 1.0, got 32. Was a percentage passed?"),
        ({"loss": 1.01}, "Was a percentage passed?"),
        ({"loss": -0.1}, "from 0.0 to 1.0, got -0.1"),
        ({"loss": "32 %"}, "“loss” is not a number"),
        ({"loss": True}, "“loss” is not a number"),
        ({"loss": 10**400}, "“loss” is not a number"),
        ({"grade": 4}, "“grade” is 0, 1, 2 or 3, got 4"),
        ({"grade": 1.5}, "“grade” is 0, 1, 2 or 3, got 1.5"),
        ({"heights_mm": [1.7, 2.1, 2.5]}, "between 2 and 60 mm, got 1.7"),
        ({"heights_mm": [17, 21]}, "not a list of three"),
        ({"heights_mm": [17, None, 25]}, "2 of the three heights"),
        ({"los": 0.3}, "1 of the keys are unknown"),
    ],
)
def test_a_finding_that_does_not_fit_the_schema_is_refused(
    tmp_path: Path, change: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnusableResult, match=re.escape(words)):
        one(tmp_path, RESULT | {"findings": [FINDING | change]})


@pytest.mark.parametrize("level", ["T1", "T13", "L6", None])
def test_levels_of_unusual_spines_and_none_are_taken(tmp_path: Path, level: str | None) -> None:
    (finding,) = one(tmp_path, RESULT | {"findings": [FINDING | {"level": level}]}).findings
    assert finding.level == level


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ('{"schema": "vcf-review-result/1"', "not valid JSON (line 1, column"),
        ('{"schema": "vcf-review-result/1", "schema": "x"}', "A key stands twice"),
        ('{"schema": "vcf-review-result/1", "findings": [{"loss": NaN}]}', "NaN or Infinity"),
        ('{"schema": "vcf-review-result/1", "findings": [{"loss": -Infinity}]}', "NaN or Infinity"),
        ('{"schema": ' + "[" * 100_000 + "]" * 100_000 + "}", "nested deeper than 16"),
        ('{"schema": ' + "9" * 5000 + "}", "too long to be one"),
        ("[1]", "no JSON object"),
        ('{"results": 1}', "neither “schema” nor"),
        ("", "The file is empty"),
        ("\ufeff \n", "The file is empty"),
    ],
)
def test_a_file_that_is_no_sound_json_is_refused(tmp_path: Path, content: str, words: str) -> None:
    with pytest.raises(UnusableResult, match=re.escape(words)):
        one(tmp_path, content)


def test_a_number_beyond_all_bounds_is_refused(tmp_path: Path) -> None:
    text = json.dumps(RESULT).replace("0.32", "1e999")
    with pytest.raises(UnusableResult, match="“loss” is not a number"):
        one(tmp_path, text)


def test_brackets_inside_text_are_no_nesting(tmp_path: Path) -> None:
    rule = '[[[[[[[[[[[[[[[[[[[[ \\" {{{{{{'
    assert one(tmp_path, RESULT | {"threshold_rule": rule}).threshold_rule == rule


def test_a_file_too_large_is_refused(tmp_path: Path) -> None:
    path = a_file(tmp_path, b" " * 20_000_001)
    with pytest.raises(UnusableResult, match="larger than 20 MB"):
        read_results(path)


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16"])
def test_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    text = json.dumps(RESULT | {"product": "Épine"}, ensure_ascii=False)
    path = a_file(tmp_path, text.encode(encoding))
    with pytest.raises(UnusableResult, match="not UTF-8 text"):
        read_results(path)


def test_a_spine_report_flags_above_a_fifth_and_not_at_it(tmp_path: Path) -> None:
    result = one(tmp_path, a_spine_report(L2=0.21, T12=0.2, L1=0.35, L3=None))
    assert [finding.level for finding in result.findings] == [Level.L1, Level.L2]
    assert result.findings[0].heights == Heights(21.0, 24.0, 27.0)
    assert result.findings[0].formula == "1 - min/max of the three heights"
    assert (result.ending, result.version) == (Ending.POSITIVE, "0.1.0")
    assert (result.study_uid, result.accession) == ("", "")


def test_a_spine_report_without_flags_is_negative(tmp_path: Path) -> None:
    result = one(tmp_path, a_spine_report(L1=0.2, L2=0.0))
    assert (result.ending, result.findings) == (Ending.NEGATIVE, ())


@pytest.mark.parametrize(
    "report", [a_spine_report(), a_spine_report(L1=None), a_spine_report(C5=0.3)]
)
def test_a_spine_report_that_measured_nothing_is_a_failure(
    tmp_path: Path, report: dict[str, Any]
) -> None:
    result = one(tmp_path, report)
    assert (result.ending, result.reason) == (Ending.FAILED, "no vertebra was measured")


def test_a_spine_report_in_percentages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableResult, match=r"got 22\. Was a percentage passed"):
        one(tmp_path, a_spine_report(L1=22.0))


def test_a_spine_report_of_a_vertebra_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnusableResult, match="such as T14"):
        one(tmp_path, a_spine_report(T15=0.1))


def test_a_flag_stays_when_the_heights_beside_it_are_unusable(tmp_path: Path) -> None:
    report = a_spine_report(L1=0.4)
    report["results"]["vertebrae_L1_height_middle_mm"] = 0.0
    (finding,) = one(tmp_path, report).findings
    assert (finding.level, finding.loss, finding.heights) == (Level.L1, 0.4, None)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(deadline=None)  # a busy machine is no fault
@given(st.sampled_from([*RESULT, *FINDING]), VALUES)
def test_any_value_under_any_key_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, key: str, value: object
) -> None:
    changed = (
        RESULT | {key: value} if key in RESULT else RESULT | {"findings": [FINDING | {key: value}]}
    )
    path = a_file(tmp_path_factory.getbasetemp(), json.dumps(changed))
    try:
        (result,) = read_results(path).results
    except UnusableResult:
        return
    assert all(f.loss is None or 0 <= f.loss <= 1 for f in result.findings)
