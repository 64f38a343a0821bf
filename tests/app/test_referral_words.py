"""What the FLS reads of a fracture says whose measurement stands behind the grade."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import BytesIO

from openpyxl import load_workbook

from app.referral_file import workbook_of
from store._facts import from_json, to_json
from store.domain.describe import Acuity, EndPlate, Novelty, Unstable
from store.domain.genant import FractureType, Grade
from store.domain.identity import NhsNumberStatus, Patient
from store.domain.numbering import Confidence
from store.domain.referral import Facts, Fracture, Policy
from store.domain.report import Recommendation, ReportStatus
from store.domain.spine import Level
from store.referrals import Batch, Referral

AT = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
PATIENT = Patient(None, NhsNumberStatus.NOT_TRACED, "H1", "DEMO", "Ann")
FRACTURES = (
    Fracture(Level.T12, Grade.MILD, None, 0.22),
    Fracture(Level.L1, Grade.MODERATE, FractureType.WEDGE, 0.32, by_person=True),
    Fracture(Level.L3, Grade.MILD, None, None),
)
DETAIL = (
    "T12 grade 1 (measured loss 22 % (10–34 %)); "
    "L1 grade 2 wedge (measured loss by a person 32 % (20–44 %)); "
    "L3 grade 1"
)


def facts(*fractures: Fracture) -> Facts:
    return Facts(
        patient=PATIENT,
        scanned=date(2026, 10, 3),
        site="RX1",
        exam="CT chest",
        accession="A1",
        indication="",
        specialty="",
        requester="",
        fractures=fractures,
        report_status=ReportStatus.NOT_MENTIONED,
        recommendation=Recommendation.NONE,
        found_by=("AI + confirmed",),
        product="Product 1",
        confirmed_by="Ada Lead",
        confirmed_at=AT,
        checked=("age",),
    )


def said(kept: Facts, column: str = "Detail per level") -> str:
    batch = Batch(
        id="ab" * 16,
        at=AT,
        by="Fran",
        role="FLS_COORD",
        referrals=(Referral("RX1-1", kept),),
        not_referred=(),
        trail_seq=1,
        trail_hash="0" * 64,
    )
    page = load_workbook(BytesIO(workbook_of(batch, Policy(), demo=False)))["Referrals"]
    rows = list(page.iter_rows(values_only=True))
    heading = next(row for row in rows if column in row)
    return str(rows[rows.index(heading) + 1][heading.index(column)] or "")


def test_a_persons_measurement_is_told_from_the_machines() -> None:
    assert said(facts(*FRACTURES)) == DETAIL


def test_what_the_record_froze_is_told_alike() -> None:
    assert from_json(to_json(facts(*FRACTURES))) == facts(*FRACTURES)


def test_a_batch_from_before_people_could_measure_reads_as_it_did() -> None:
    kept = to_json(facts(FRACTURES[0]))
    for fracture in kept["fractures"]:
        del fracture["by_person"]
    assert said(from_json(kept)) == "T12 grade 1 (measured loss 22 % (10–34 %))"


SEEN = Fracture(
    Level.L1,
    Grade.MODERATE,
    FractureType.WEDGE,
    0.32,
    endplate=EndPlate.YES,
    acuity=Acuity.ACUTE,
    unstable=(Unstable.RETROPULSION,),
    novelty=Novelty.NEW,
    against=date(2026, 1, 5),
)
OLD = Fracture(
    Level.T12,
    Grade.MILD,
    None,
    None,
    acuity=Acuity.CHRONIC,
    novelty=Novelty.UNCHANGED,
    against=date(2026, 1, 5),
)


def test_what_a_reader_said_beside_the_grade_is_handed_over() -> None:
    kept = replace(
        facts(OLD, SEEN),
        certainty=Confidence.CERTAIN,
        alerts=("Urgent alert of L1: told on 22/11/2026 14:03",),
    )
    assert from_json(to_json(kept)) == kept
    assert said(kept) == (
        "T12 grade 1, chronic features; L1 grade 2 wedge (measured loss 32 % (20–44 %)), "
        "end-plate broken, acute features, retropulsion"
    )
    assert said(kept, "New or old") == "T12 present on 05/01/2026; L1 new since 05/01/2026"
    assert said(kept, "Acuity on CT") == "acute features"
    assert said(kept, "Level certainty") == "certain"
    assert said(kept, "Comments") == "Urgent alert of L1: told on 22/11/2026 14:03"


def test_what_all_fractures_share_is_said_once() -> None:
    assert said(facts(SEEN), "New or old") == "new since 05/01/2026"
    assert said(facts(*FRACTURES), "New or old") == "no earlier scan here"


def test_a_level_that_the_ai_alone_counted_is_approximate() -> None:
    kept = replace(facts(*FRACTURES[:2]), approximate=True)
    assert said(kept, "Vertebral levels") == "approximately T12, L1"
    assert said(kept).startswith("approximately T12 grade 1")
    assert "; approximately L1 grade 2" in said(kept)
    assert said(facts(*FRACTURES), "Vertebral levels") == "T12, L1, L3"


def test_a_batch_from_before_they_were_asked_leaves_the_columns_empty() -> None:
    kept = to_json(facts(FRACTURES[0]))
    for name in ("approximate", "certainty", "alerts"):
        del kept[name]
    for fracture in kept["fractures"]:
        for name in ("endplate", "acuity", "unstable", "novelty", "against"):
            del fracture[name]
    old = from_json(kept)
    assert old == facts(FRACTURES[0])
    assert said(old, "Acuity on CT") == said(old, "Level certainty") == ""
