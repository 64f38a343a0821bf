"""An assessment as the PACS gets it: valid, the same twice, and read by readers not its writer."""

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import highdicom.sr as hd
import pydicom
import pytest
from pydicom.config import disable_value_validation
from sr_builders import dicom_errors

from components.imaging.results import NotOurs, read_results
from components.imaging.sr_codes import REVIEWED
from components.imaging.sr_groups import group_of
from components.imaging.sr_tree import Node, tree_of
from exports.assessment_sr import assessment_sr
from store.domain.assessment import Assessed, Assessment, Imaged, Ruling, Tracked, rulings
from store.domain.finding import Source, State
from store.domain.genant import Grade
from store.domain.rejection import REASONS
from store.domain.spine import Level

FLAG = Tracked("Example Spine", "2.1.0", "1.2.3.4.1", "Vertebra 12")
CT = "1.2.840.10008.5.1.4.1.1.2"
SCAN = Imaged(
    header={
        "PatientName": "Ó Súilleabháin^Áine",
        "PatientID": "H-1" + "0" * 80,
        "PatientBirthDate": "19500505",
        "PatientSex": "F",
        "StudyInstanceUID": "1.2.3",
        "StudyDate": "20261003",
        "StudyTime": "",
        "StudyID": "",
        "AccessionNumber": "A1",
        "ReferringPhysicianName": "",
    },
    series_uid="1.2.3.9",
    instances=tuple((CT, f"1.2.3.9.{n}") for n in range(1, 4)),
)
_UNSAID = {"grade": None, "rulings": (Ruling.CONFIRMED,), "code": "", "flags": (FLAG,)}


def one(number: int, level: Level | None, **changes: object) -> Assessed:
    return Assessed(f"2.25.{number}", level, **{**_UNSAID, **changes})  # type: ignore[arg-type]


def rejected(number: int, code: str) -> Assessed:
    flag = replace(FLAG, uid=f"1.2.3.5.{number}")
    return one(number, Level.T9, rulings=(Ruling.REJECTED,), code=code, flags=(flag,))


WHOLE = Assessment(
    uid="2.25.77",
    series_uid="2.25.78",
    series="0" * 64,
    site="RX1",
    role="Radiologist",
    closed_at=datetime(2026, 6, 30, 23, 30, 5, 123456, tzinfo=UTC),
    found=(
        one(1, Level.T12, grade=Grade.SEVERE, rulings=(Ruling.CONFIRMED, Ruling.REGRADED)),
        one(2, Level.T13, grade=Grade.MILD, flags=(), rulings=(Ruling.ADDED,)),
        one(3, Level.L6, grade=Grade.MILD, flags=(replace(FLAG, uid="", name=""),)),
        one(4, None, rulings=(Ruling.UNDECIDED,), flags=(Tracked("Other", ""),)),
        *(rejected(10 + place, code) for place, code in enumerate(REASONS)),
    ),
    before=(("2.25.68", "2.25.67"),),
)


def groups(content: bytes) -> list[Node]:
    """The measurement groups as our own walker has them."""
    root = tree_of(pydicom.dcmread(BytesIO(content)))
    return [node for node in root.walk() if node.name.key == ("125007", "DCM")]


def said(node: Node, value: str) -> list[str]:
    """Values of the codes that *node* gives under the name *value*."""
    return [child.code.value for child in node.children if child.name.value == value and child.code]


def test_an_assessment_is_valid_the_same_twice_and_read_by_others(tmp_path: Path) -> None:
    content = assessment_sr(WHOLE, SCAN)
    assert content == assessment_sr(WHOLE, SCAN)
    path = tmp_path / "sr.dcm"
    short = replace(SCAN, header={**SCAN.header, "PatientID": "H-1"})
    path.write_bytes(assessment_sr(WHOLE, short))
    assert dicom_errors(path) == []
    read = hd.srread(path)
    measured = read.content.get_image_measurement_groups()
    assert len(measured) == len(WHOLE.found)
    ds = pydicom.dcmread(BytesIO(content))
    with disable_value_validation():
        named = (str(ds.PatientName), ds.PatientID)
    assert named == tuple(SCAN.header.values())[:2], "as the scan has it, however long"
    assert (ds.ContentDate, ds.ContentTime) == ("20260701", "003005")
    evidence = ds.CurrentRequestedProcedureEvidenceSequence[0].ReferencedSeriesSequence[0]
    assert evidence.SeriesInstanceUID == SCAN.series_uid
    assert len(evidence.ReferencedSOPSequence) == 3
    before = ds.PredecessorDocumentsSequence[0].ReferencedSeriesSequence[0]
    assert before.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == "2.25.67"


def test_our_walker_reads_every_verdict_back() -> None:
    read = groups(assessment_sr(WHOLE, SCAN))
    first, added, sixth, unsure = (group_of(node.walk()) for node in read[:4])
    assert (first.levels, first.grade, first.presence) == ((Level.T12,), 3, "present")
    assert (first.tracking_uid, first.tracking_id) == ("1.2.3.4.1", "Vertebra 12")
    assert (added.levels, added.tracking_uid) == ((Level.T13,), "2.25.2")
    assert (sixth.levels, sixth.tracking_uid) == ((Level.L6,), "2.25.3")
    assert (unsure.levels, unsure.presence) == ((), "undetermined")
    assert said(read[0], REVIEWED[0]) == ["VCF-122", "VCF-123"]
    assert said(read[1], "VCF-140") == ["23215003"], "T12 is the nearest that has a code"
    assert said(read[0], "VCF-120") == ["122775"]
    assert (said(read[1], "VCF-120"), said(read[3], "VCF-120")) == ([], []), "nobody to agree with"
    for node, code in zip(read[4:], REASONS, strict=True):
        right = REASONS[code].kind.value != "NOT_FRACTURE"
        assert said(node, "VCF-130") == [code]
        assert said(node, "VCF-120") == ["122775" if right else "122776"]
        assert group_of(node.walk()).presence == ("present" if right else "absent")


def test_an_assessment_that_comes_back_from_the_pacs_is_no_result_of_an_ai(tmp_path: Path) -> None:
    path = tmp_path / "sr.dcm"
    path.write_bytes(assessment_sr(WHOLE, SCAN))
    with pytest.raises(NotOurs, match="clinician's assessment"):
        read_results(path)


@pytest.mark.parametrize(
    ("state", "source", "levels", "grades", "expected"),
    [
        (State.CONFIRMED, Source.AI, (Level.L1, Level.L1), (2, 2), ["confirmed"]),
        (State.CONFIRMED, Source.AI, (None, Level.L1), (None, 2), ["confirmed"]),
        (
            State.CONFIRMED, Source.AI, (Level.L1, Level.L2), (2, 3),
            ["confirmed", "relabelled", "regraded"],
        ),
        (State.CONFIRMED, Source.READER, (None, Level.L1), (None, 1), ["added"]),
        (State.REJECTED, Source.AI, (Level.L1, Level.L1), (2, 2), ["rejected"]),
        (State.UNSURE, Source.AI, (Level.L1, Level.L1), (2, None), ["undecided"]),
        (State.FLAGGED, Source.AI, (Level.L1, Level.L1), (2, None), ["undecided"]),
    ],
)  # fmt: skip
def test_what_was_done_is_said_by_what_changed(
    state: State,
    source: Source,
    levels: tuple[Level | None, Level | None],
    grades: tuple[int | None, int | None],
    expected: list[str],
) -> None:
    given, graded = (Grade(one) if one else None for one in grades)
    assert list(rulings(state, source, levels, (given, graded))) == expected
