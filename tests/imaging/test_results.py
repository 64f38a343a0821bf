import gzip
import json
import re
from pathlib import Path

import nibabel
import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from result_builders import CELLS, RESULT, a_file, a_spine_report, a_table

from components.imaging.results import (
    Kind,
    Recognised,
    UnusableResult,
    read_reports,
    read_results,
    recognise,
)
from store.domain.morphometry import Heights
from store.domain.spine import Level

DOCUMENT = Path(__file__).parents[2] / "docs" / "ai-results.md"


def test_a_byte_order_mark_does_no_harm(tmp_path: Path) -> None:
    path = a_file(tmp_path, b"\xef\xbb\xbf" + json.dumps(RESULT).encode())
    assert recognise(path).kind is Kind.RESULT
    assert read_results(path).results[0].accession == "00123"


@pytest.mark.realdata
def test_the_real_spine_report_is_read(shared_data: Path) -> None:
    path = shared_data / "02_totalseg_lumbar_ct" / "ai_result" / "spine_report.json"
    assert recognise(path) == Recognised(Kind.RESULT)
    (result,) = read_results(path).results
    losses = {finding.level: finding.loss for finding in result.findings}
    assert losses == {Level.L1: 0.22, Level.L3: 0.21, Level.L4: 0.21, Level.L5: 0.21}
    assert result.findings[0].heights == Heights(21.0, 24.0, 27.0)


@pytest.mark.realdata
def test_real_files_are_recognised_by_what_is_in_them(shared_data: Path) -> None:
    folder = shared_data / "02_totalseg_lumbar_ct"
    assert recognise(folder / "totalseg_vertebrae.nii.gz").kind is Kind.MASK
    assert recognise(folder / "ai_result" / "contrast_phase.json").kind is Kind.UNKNOWN
    assert recognise(folder / "ai_result" / "spine_report.png").kind is Kind.UNKNOWN
    # A slice made by software that no series took: perhaps a picture of an AI product.
    assert recognise(folder / "dicom_converted" / "IM0001.dcm").kind is Kind.PREVIEW


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("packed", [True, False])
def test_a_mask_is_recognised_packed_or_not(tmp_path: Path, version: int, packed: bool) -> None:
    kind = nibabel.Nifti1Image if version == 1 else nibabel.Nifti2Image
    content = kind(np.zeros((2, 2, 2), np.uint8), np.eye(4)).to_bytes()
    path = a_file(tmp_path, gzip.compress(content, mtime=0) if packed else content)
    assert recognise(path) == Recognised(Kind.MASK)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (json.dumps(RESULT), Kind.RESULT),
        ('  {"schema": "vcf-review-result/9"', Kind.RESULT),
        (json.dumps(a_spine_report(L1=0.1)), Kind.RESULT),
        (a_table(CELLS), Kind.RESULT),
        ("product,version,ending\n", Kind.RESULT),
        ("Accession, text\r\n1,clear\r\n", Kind.REPORTS),
        ("accession,text\r1,clear\r", Kind.REPORTS),
        ("x" * 200_000, Kind.UNKNOWN),
        ('[{"direction": ["P", "I", "R"]}, {"label": 20}]', Kind.CENTROIDS),
        (' [\n {"coordinate_system" : "nib"}, {}]', Kind.CENTROIDS),
        ('[{"label": 20}]', Kind.UNKNOWN),
        ("name,born\n", Kind.UNKNOWN),
        ('{"phase": "native"}', Kind.UNKNOWN),
        ("", Kind.UNKNOWN),
        ("\ufeff", Kind.UNKNOWN),
        (b"\x1f\x8bnot gzip", Kind.UNKNOWN),
        (gzip.compress(b"x" * 400, mtime=0), Kind.UNKNOWN),
        (b"\x89PNG\r\n\x00", Kind.UNKNOWN),
        ("accession,text\n".encode("utf-16"), Kind.UNKNOWN),
        (b"\0" * 128 + b"DICM", Kind.UNKNOWN),
    ],
)
def test_a_file_is_recognised_by_what_is_in_it(
    tmp_path: Path, content: str | bytes, kind: Kind
) -> None:
    found = recognise(a_file(tmp_path, content))
    assert found.kind is kind
    assert bool(found.reason) is (kind is Kind.UNKNOWN)


@settings(deadline=None)  # a busy machine is no fault
@example(b"\x01\r\x01")
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_whatever_arrives_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    path = a_file(tmp_path_factory.getbasetemp(), content)
    recognise(path)
    for read in (read_results, read_reports):
        with pytest.raises(UnusableResult):
            read(path)


def test_the_examples_of_the_document_are_read(tmp_path: Path) -> None:
    examples = re.findall(
        r"```(json|csv)\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL
    )
    assert [kind for kind, _ in examples] == ["json", "json", "csv", "csv"]
    for _, content in examples[:3]:
        reading = read_results(a_file(tmp_path, content))
        assert reading.results
        assert not reading.refusals
    assert len(read_reports(a_file(tmp_path, examples[3][1])).reports) == 1
