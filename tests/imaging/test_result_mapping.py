"""A vendor's own table is read by a mapping, as the document shows it."""

import json
import re
from pathlib import Path

import pytest

from components.imaging.result_mapping import read_mapping
from components.imaging.results import Kind, Reading, UnusableResult, read_results, recognise
from store.domain.arrival import AiFinding, Ending
from store.domain.genant import Grade
from store.domain.spine import Level

DOCUMENT = Path(__file__).parents[2] / "docs" / "ai-results.md"


def example() -> tuple[str, str]:
    """The mapping and the table of the document."""
    text = DOCUMENT.read_text(encoding="utf-8")
    part = text[text.index("a mapping\n") : text.index("## DICOM")]
    mapping = re.findall(r"```toml\n(.*?)```", part, re.DOTALL)[1]
    (table,) = re.findall(r"```text\n(.*?)```", part, re.DOTALL)
    return mapping, table


def read(folder: Path, mapping: str, content: str) -> Reading:
    (folder / "m.toml").write_text(mapping, encoding="utf-8")
    (folder / "sent").write_text(content, encoding="utf-8")
    mappings = [read_mapping(folder / "m.toml")]
    assert recognise(folder / "sent").kind is Kind.UNKNOWN
    assert recognise(folder / "sent", mappings).kind is Kind.RESULT
    return read_results(folder / "sent", mappings)


def test_the_example_of_the_document_is_read_as_it_says(tmp_path: Path) -> None:
    found = read(tmp_path, *example())
    assert found.refusals == ()
    by_scan = {one.accession: one for one in found.results}
    assert [by_scan[n].ending for n in ("00123", "00124", "00125")] == [
        Ending.POSITIVE,
        Ending.NEGATIVE,
        Ending.FAILED,
    ]
    assert by_scan["00123"].findings == (AiFinding(Level.L1, 0.325, Grade.MODERATE),)
    assert by_scan["00125"].reason == "slices thicker than 3 mm"
    one = by_scan["00123"]
    assert (one.product, one.version) == ("Vendor X Spine", "3.4")
    assert one.threshold_rule == "loss > 25 %"


def test_json_is_read_by_paths(tmp_path: Path) -> None:
    mapping = """
        format = "json"
        scans = "exams"
        findings = "spine.vertebrae"
        [constants]
        product = "Y"
        [fields]
        study_uid = "study.uid"
        version = "software"
        ending = "result"
        level = "name"
        loss = "loss"
        [endings]
        positive = "AI_POSITIVE"
        clear = "AI_NEGATIVE"
    """
    found = {"name": "vertebrae_L2", "loss": 0.31}
    whole = {
        "exams": [
            {"study": {"uid": "1.2"}, "software": "9", "result": "positive",
             "spine": {"vertebrae": [found, {"name": "T9", "loss": 0.26}]}},
            {"study": {"uid": "1.3"}, "software": "9", "result": "clear", "spine": {}},
            {"study": {"uid": "1.4"}, "software": "9", "result": "maybe", "spine": {}},
        ]
    }  # fmt: skip
    reading = read(tmp_path, mapping, json.dumps(whole))
    first, second = reading.results
    assert [(one.level, one.loss) for one in first.findings] == [
        (Level.L2, 0.31),
        (Level.T9, 0.26),
    ]
    assert (first.study_uid, second.study_uid, second.ending) == ("1.2", "1.3", Ending.NEGATIVE)
    assert len(reading.refusals) == 1
    assert "ending" in reading.refusals[0]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('loss = "per cent"', 'loss = "percent"', "fraction"),
        ('format = "csv"', 'format = "xml"', "csv or json"),
        ('accession = "AccNo"', 'acession = "AccNo"', "no column of ours"),
        ('accession = "AccNo"\n', "", "must name its scan"),
        ('version = "3.4"', "", "which product"),
        ('"AI_FAILED"', '"FAILED"', "no ending"),
        ("[flag]", "[flags]", "means nothing"),
        ("[constants]", "[constants", "as TOML"),
    ],
)
def test_a_wrong_mapping_says_what_to_write(tmp_path: Path, old: str, new: str, why: str) -> None:
    mapping, table = example()
    assert old in mapping
    with pytest.raises(UnusableResult, match=why):
        read(tmp_path, mapping.replace(old, new), table)


def test_what_no_table_lists_is_refused_with_its_row(tmp_path: Path) -> None:
    mapping, table = example()
    found = read(tmp_path, mapping, table.replace("Lumbar 1", "Lende 1").replace("32,5", "130"))
    assert {one.accession for one in found.results} == {"00124", "00125"}
    assert "level" in found.refusals[0]
