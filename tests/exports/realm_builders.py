"""A meeting with everything in it, of nobody."""

from dataclasses import replace
from datetime import UTC, date, datetime

import numpy as np

from components.imaging.png import png
from store.domain.realm_pack import Action, CaseSheet, KeyImage, Pack, Theme

IMAGE = KeyImage(
    png(np.tile(np.arange(240, dtype=np.uint8), (320, 1))), "Sagittal CT of the spine, bone window."
)
CASE = CaseSheet(
    case_no="R-2026-7F3K",
    event="Discrepancy",
    examination="CT chest",
    age_band="70-74",
    sex="F",
    question="Weight loss, [name] asks about malignancy. Smoker.",
    excerpt="Lungs are clear. No mediastinal lymphadenopathy. Reported by [name] on [date].",
    image=IMAGE,
    finding="T12 grade 2 wedge fracture, new since the earlier scan",
    report_said="Spine not mentioned",
    kinds=("Detection",),
    causes=("spine outside the area of interest", "no sagittal reformat"),
    votes=(("Fracture seen", 7), ("No fracture seen", 3), ("Not sure", 1)),
    learning_points=("Look at the sagittal bone window in every chest CT.",),
    outcome="Discussed, agreed",
)
SPOT = replace(
    CASE,
    case_no="R-2026-M2QX",
    event="Good spot",
    finding="L1 grade 1 fracture that the AI did not flag",
    report_said="Reported with level and severity",
    image=None,
    votes=(),
    learning_points=(),
    good_spot=True,
)
PACK = Pack(
    meeting_no="M-2026-04",
    held_on=date(2026, 12, 3),
    department="Radiology department",
    period="scans from 01/10/2026 to 30/11/2026",
    made_at=datetime(2026, 11, 23, 3, 0, tzinfo=UTC),
    agenda=("Actions of the last meeting",),
    cases=(CASE, SPOT),
    themes=(
        Theme(
            "VCF not mentioned",
            41,
            96,
            "confirmed scans",
            1,
            "All grade 3, two or more new levels, retropulsion, malignant route or nominated; "
            "5 of the rest drawn by lot; at least one good spot.",
        ),
    ),
    learning_points=("Say fracture, level and grade, and recommend the FLS.",),
    actions=(Action("Add a line for bones to the template", "PACS team", date(2027, 1, 15)),),
    attendees=("Perpetua Lindgate", "Ambrose Tickle"),
    place="Seminar room",
)
LONG = replace(
    PACK,
    cases=(
        replace(
            CASE,
            question="Chronic back pain with weight loss and night sweats. " * 20,
            excerpt="There is no focal consolidation, and the airways are patent. " * 60,
            learning_points=tuple(
                f"{number}. " + "Check the end-plates. " * 13 for number in range(5)
            ),
            causes=CASE.causes * 6,
        ),
    ),
)
