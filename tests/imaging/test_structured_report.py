"""What highdicom wrote is what the walker reads, and what others write oddly is read as well."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import numpy as np
import pydicom
import pytest
from ct_files import write_series
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence
from pydicom.sr.coding import Code
from sr_builders import PRODUCT, RULE, VERSION, Flag, dicom_errors, write_sr

from components.imaging.header import sort_files
from components.imaging.results import Kind, NotOurs, UnusableResult, read_results, recognise
from store.domain.arrival import AiResult, Ending
from store.domain.genant import Grade
from store.domain.morphometry import Heights
from store.domain.spine import REVIEWABLE, Level

FAILED = Code("111245", "DCM", "No algorithms succeeded; without findings")
Change = Callable[[Dataset], None]


@pytest.fixture(scope="module")
def slices(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    return write_series(tmp_path_factory.mktemp("ct"), np.zeros((3, 8, 8), np.int16))


def read(path: Path) -> AiResult:
    (result,) = read_results(path).results
    return result


def changed(path: Path, change: Callable[[Dataset], object]) -> AiResult:
    """The result after *change* of every content item, the root included."""
    ds = pydicom.dcmread(path)
    waiting: list[Dataset] = [ds]
    while waiting:
        item = waiting.pop()
        waiting.extend(item.get("ContentSequence", ()))
        change(item)
    ds.save_as(path)
    return read(path)


flags = st.builds(
    Flag,
    st.sampled_from(REVIEWABLE),
    st.none() | st.sampled_from([grade for grade in Grade if grade]),
    st.none() | st.integers(0, 1000).map(lambda n: n / 1000),
    st.none() | st.tuples(*[st.integers(20, 400).map(lambda n: n / 10)] * 3),
    st.sampled_from(["Present", "Absent", ""]),
    st.none() | st.sampled_from([0.0, 0.25, 1.0]),
)


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.lists(flags, min_size=1, max_size=4, unique_by=lambda flag: flag.level))
def test_what_highdicom_wrote_is_what_is_read(
    tmp_path: Path, slices: list[Path], said: list[Flag]
) -> None:
    result = read(write_sr(tmp_path / "sr.dcm", slices, said))
    there = {flag.level: flag for flag in said if flag.present != "Absent"}
    assert (result.product, result.version, result.threshold_rule) == (PRODUCT, VERSION, RULE)
    assert result.ending is (Ending.POSITIVE if there else Ending.NEGATIVE)
    assert {one.level for one in result.findings} == set(there)
    for one in result.findings:
        flag = there[one.level]
        assert (one.grade, one.probability) == (flag.grade, flag.sure)
        assert one.loss == (None if flag.loss is None else pytest.approx(flag.loss, abs=1e-9))
        assert one.heights == (Heights(*flag.heights) if flag.heights else None)
        assert one.tracking_id == f"VCF {flag.level}"
        assert one.tracking_uid


def test_our_own_builders_write_valid_dicom_of_this_scan(
    tmp_path: Path, slices: list[Path]
) -> None:
    said = [Flag(Level.L1, Grade.MODERATE, 0.32, (17, 21, 25), sure=0.9), Flag(Level.L6)]
    path = write_sr(tmp_path / "sr.dcm", slices, said)
    assert dicom_errors(path) == []
    scan = pydicom.dcmread(slices[0])
    result = read(path)
    assert (result.study_uid, result.series_uid) == (scan.StudyInstanceUID, scan.SeriesInstanceUID)
    assert result.patient is not None
    assert result.patient.hospital_number == "DEMO-1"
    found = sort_files([tmp_path])
    assert (found.others, found.aside) == ((path,), ())


def without_template(item: Dataset) -> None:
    item.pop("ContentTemplateSequence", None)


def emptied(item: Dataset) -> None:
    if item.get("ValueType") == "NUM":
        item.MeasuredValueSequence = Sequence()


def untracked(item: Dataset) -> None:
    if "ContentSequence" in item:
        kept = [one for one in item.ContentSequence if name(one) not in {"112039", "112040"}]
        item.ContentSequence = Sequence(kept)


def name(item: Dataset) -> str:
    names = item.get("ConceptNameCodeSequence")
    return str(names[0].CodeValue) if names else ""


def said_once(item: Dataset) -> None:
    """Neither the tracking identifier nor our own scheme says again what the codes say."""
    if name(item) == "112039":
        item.TextValue = "finding"
    if "ContentSequence" in item:
        kept = [one for one in item.ContentSequence if name(one) != "VCF-110"]
        item.ContentSequence = Sequence(kept)


OLD = {"36470004": "T-11930", "363698007": "G-C0E3", "246112005": "G-C197", "6736007": "G-A002"}


def old(item: Dataset) -> None:
    """SRT for SCT, and presence by the codes of before."""
    for keyword in ("ConceptNameCodeSequence", "ConceptCodeSequence"):
        for code in item.get(keyword, ()):
            if code.CodeValue in OLD:
                code.CodeValue, code.CodingSchemeDesignator = OLD[code.CodeValue], "SRT"
            elif code.CodeValue == "52101004":
                code.CodeValue, code.CodingSchemeDesignator = "121053", "DCM"


def in_words(item: Dataset) -> None:
    """The level as text, and the fracture by a private code."""
    if name(item) == "363698007":
        item.ValueType, item.TextValue = "TEXT", "L3"
        del item.ConceptCodeSequence
    elif name(item) == "121071":
        item.ConceptCodeSequence[0].CodeValue = "VF"
        item.ConceptCodeSequence[0].CodingSchemeDesignator = "99VENDOR"


def as_modifier(item: Dataset) -> None:
    """The spine as the site, the vertebra as its modifier."""
    if name(item) == "363698007":
        inner = Dataset()
        inner.ValueType, inner.RelationshipType = "CODE", "HAS CONCEPT MOD"
        inner.ConceptNameCodeSequence = Sequence([Dataset()])
        inner.ConceptNameCodeSequence[0].CodeValue = "106233006"
        inner.ConceptNameCodeSequence[0].CodingSchemeDesignator = "SCT"
        inner.ConceptCodeSequence = item.ConceptCodeSequence
        item.ConceptCodeSequence = Sequence([Dataset()])
        item.ConceptCodeSequence[0].CodeValue = "421060004"
        item.ConceptCodeSequence[0].CodingSchemeDesignator = "SCT"
        item.ConceptCodeSequence[0].CodeMeaning = "Vertebral column"
        item.ContentSequence = Sequence([inner])


@pytest.mark.parametrize(
    "change", [without_template, emptied, untracked, old, in_words, as_modifier]
)
def test_what_products_write_otherwise_is_read_alike(
    tmp_path: Path, slices: list[Path], change: Change
) -> None:
    path = write_sr(tmp_path / "sr.dcm", slices, [Flag(Level.L3, Grade.MODERATE, 0.3)])
    changed(path, said_once)
    (finding,) = changed(path, change).findings
    assert (finding.level, finding.grade) == (Level.L3, Grade.MODERATE)
    assert finding.loss == (None if change is emptied else pytest.approx(0.3))
    assert bool(finding.tracking_uid) is (change is not untracked)


def test_a_failure_is_a_failure_with_its_reason_and_never_a_negative(
    tmp_path: Path, slices: list[Path]
) -> None:
    unknown = Flag(None, present="Undetermined")
    result = read(write_sr(tmp_path / "a.dcm", slices, [unknown], summary=FAILED))
    assert (result.ending, result.reason) == (Ending.FAILED, "No algorithm succeeded")
    result = read(write_sr(tmp_path / "b.dcm", slices, [unknown]))
    assert (result.ending, result.reason) == (Ending.FAILED, "The product could not tell.")
    partly = Code("111243", "DCM", "Not all algorithms succeeded; without findings")
    absent = Flag(Level.L1, present="Absent")
    assert read(write_sr(tmp_path / "c.dcm", slices, [absent], summary=partly)).ending is (
        Ending.FAILED
    )


def test_a_flag_without_a_level_or_beyond_what_is_read_is_one_on_the_scan(
    tmp_path: Path, slices: list[Path]
) -> None:
    for level in (None, Level.C5):
        (finding,) = read(write_sr(tmp_path / "sr.dcm", slices, [Flag(level)])).findings
        assert finding.level is None


def test_two_groups_of_one_vertebra_are_one_finding(tmp_path: Path, slices: list[Path]) -> None:
    said = [Flag(Level.L1, Grade.MILD), Flag(Level.L1, loss=0.24, present="")]
    (finding,) = read(write_sr(tmp_path / "sr.dcm", slices, said)).findings
    assert (finding.grade, finding.loss) == (Grade.MILD, pytest.approx(0.24))


def test_heights_alone_are_refused_as_they_flag_nothing(tmp_path: Path, slices: list[Path]) -> None:
    path = write_sr(tmp_path / "sr.dcm", slices, [Flag(Level.L1, heights=(20, 21, 22), present="")])

    def no_fracture(item: Dataset) -> None:
        if "ContentSequence" in item:
            kept = [one for one in item.ContentSequence if name(one) != "121071"]
            item.ContentSequence = Sequence(kept)

    with pytest.raises(UnusableResult, match="says of none whether it is fractured"):
        changed(path, no_fracture)


def test_a_severity_of_something_else_in_the_spine_is_not_ours(
    tmp_path: Path, slices: list[Path]
) -> None:
    def of_a_disc(item: Dataset) -> None:
        if name(item) == "121071":
            item.ConceptCodeSequence[0].CodeValue = "77547008"
            item.ConceptCodeSequence[0].CodeMeaning = "Degeneration of intervertebral disc"

    def plain(item: Dataset) -> None:
        of_a_disc(item)
        if "ContentSequence" in item:
            kept = [one for one in item.ContentSequence if name(one) != "VCF-110"]
            item.ContentSequence = Sequence(kept)

    path = write_sr(tmp_path / "sr.dcm", slices, [Flag(Level.L4, Grade.MODERATE)])
    with pytest.raises(NotOurs, match="nothing of vertebral fractures"):
        changed(path, plain)


@pytest.mark.parametrize("length", ["defined", "undefined"])
def test_hostile_nesting_is_refused_and_not_followed(
    tmp_path: Path, slices: list[Path], length: str
) -> None:
    """20,000 sequences, one in the other."""
    path = write_sr(tmp_path / "sr.dcm", slices, [Flag(Level.L1)])
    ds = pydicom.dcmread(path)
    del ds.ContentSequence
    ds.save_as(path)
    endless = b"\xff\xff\xff\xff"
    if length == "undefined":
        nest = (b"\x40\x00\x30\xa7SQ\0\0" + endless + b"\xfe\xff\x00\xe0" + endless) * 20_000
    else:
        nest, depth = b"", 20_000
        parts = []
        for n in range(depth):
            inner = (depth - n - 1) * 20
            parts.append(b"\x40\x00\x30\xa7SQ\0\0" + (inner + 8).to_bytes(4, "little"))
            parts.append(b"\xfe\xff\x00\xe0" + inner.to_bytes(4, "little"))
        nest = b"".join(parts)
    path.write_bytes(path.read_bytes() + nest)
    with pytest.raises(UnusableResult, match=r"nested deeper|cannot be read"):
        read(path)


def test_any_cut_of_a_report_is_read_or_refused_in_words(
    tmp_path: Path, slices: list[Path]
) -> None:
    whole = write_sr(tmp_path / "sr.dcm", slices, [Flag(Level.L1, Grade.MILD)]).read_bytes()
    for size in range(132, len(whole), 97):
        path = tmp_path / "cut.dcm"
        path.write_bytes(whole[:size])
        if recognise(path).kind is Kind.RESULT:
            with suppress(UnusableResult):
                assert read(path).ending is not Ending.NEGATIVE


@pytest.mark.realdata
def test_real_reports_of_other_things_are_left_aside(shared_data: Path) -> None:
    folder = shared_data / "06_sr_seg"
    names = ("dcmjs_sample-sr.dcm", "dcmqi/sr-example/sr.dcm", "highdicom/sr_document.dcm")
    for each in (*names, "highdicom/sr_document_with_multiple_groups.dcm"):
        assert recognise(folder / each).kind is Kind.RESULT
        with pytest.raises(NotOurs):
            read_results(folder / each)
