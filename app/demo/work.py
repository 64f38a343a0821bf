"""Work already done in the demo hospital, by the same functions as anybody's: every room has
something in it on the first day."""

import csv
from datetime import date
from pathlib import Path
from uuid import uuid4

from app.demo.people import LEAD, RADIOLOGIST
from app.wiring import Site
from components.imaging.phantom import uid
from store import cases, claims, findings, worklist
from store.cases import Case
from store.domain.finding import Act, Decision, Deed, State
from store.domain.genant import FractureType, Grade
from store.domain.people import Person
from store.domain.reading import ReadPolicy
from store.domain.report import Recommendation, ReportStatus

_ONCE = ReadPolicy(share=0.0, doubtful=False)
"""These cases close with their first reading unless its reader is unsure or asks."""

CLOSED, SECOND_READ, DISPUTED, ALERTED, HELD, REOPENED, CORRECTED = (
    ("DX00171", "DX00182", "DX00312"), "DX00071", "DX00091", "DX00261", "DX00081", "DX00271",
    "DX00211",
)  # fmt: skip
"""Accession numbers of the cases that are worked on; the closed ones have a later scan."""
JUDGED = {
    "DX00171": ReportStatus.REPORTED_FULL,
    "DX00182": ReportStatus.NOT_MENTIONED,
    "DX00241": ReportStatus.NOT_MENTIONED,
    "DX00051": ReportStatus.NEGATIVE_STATEMENT,
    "DX00191": ReportStatus.NOT_MENTIONED,
    "DX00031": ReportStatus.NOT_MENTIONED,
    "DX00281": ReportStatus.NOT_MENTIONED,
}
"""Confirmed and compared with their reports: three patients are ready for the FLS; of the others
one was too young, one has no valid NHS number, and two were scanned for cancer."""
POLICY = "# What else the local FLS takes: docs/triage.md\nper_week = 2\n"
"""So that the demo has a week's number, and somebody who goes another week."""
CORRECTION = (
    "Clinical details: Acute pancreatitis, day 4.\nCorrected report: the wedge fracture of T12 is "
    "severe (Genant grade 3). Please refer to the Fracture Liaison Service."
)


class _Desk:
    """One person at work."""

    def __init__(self, site: Site, person: Person) -> None:
        self.site, self.person = site, person

    def case(self, case: str) -> Case:
        return self.site.ask(self.person, cases.case, case)

    def act(self, case: str, decision: Decision, finding: str | None = None) -> None:
        act = Act(str(uuid4()), case, self.case(case).version, finding, decision)
        self.site.submit(self.person, findings.decide, act, _ONCE)

    def decide_all(self, case: str, decision: Decision) -> None:
        """The same of every finding that waits."""
        for found in self.case(case).findings:
            if found.state is State.FLAGGED:
                self.act(case, decision, found.id)

    def close(self, case: str, text: str = "") -> None:
        self.act(case, Decision(Deed.CLOSE, text=text))


_MODERATE = Decision(Deed.CONFIRM, grade=Grade.MODERATE, shape=FractureType.WEDGE)
_MILD = Decision(Deed.CONFIRM, grade=Grade.MILD, shape=FractureType.WEDGE)


def work(site: Site) -> None:
    """Read some of the cases of the hospital *site*, each to another end."""
    lead, radiologist = _Desk(site, LEAD), _Desk(site, RADIOLOGIST)
    case = _by_accession(site)
    for accession in dict.fromkeys((*CLOSED, *JUDGED)):
        # What has a later scan was mild then, but for the second: moderate, as it is today.
        mild = accession in CLOSED and accession != CLOSED[1]
        lead.decide_all(case[accession], _MILD if mild else _MODERATE)
        if accession in JUDGED:
            told = JUDGED[accession]
            advice = Recommendation.FLS if told is ReportStatus.REPORTED_FULL else None
            lead.act(case[accession], Decision(Deed.REPORT, status=told, recommendation=advice))
        lead.close(case[accession])
    radiologist.decide_all(case[SECOND_READ], Decision(Deed.UNSURE))
    radiologist.close(case[SECOND_READ])
    _dispute(lead, radiologist, case[DISPUTED])
    lead.decide_all(case[ALERTED], Decision(Deed.REJECT, code="MALIGNANT"))
    lead.close(case[ALERTED])
    site.submit(RADIOLOGIST, claims.take, case[HELD])
    lead.decide_all(case[REOPENED], Decision(Deed.REJECT, code="SHORT_VERT"))
    lead.close(case[REOPENED])
    again = "Neighbours are less alike than I took them for."
    lead.act(case[REOPENED], Decision(Deed.REOPEN, text=again))
    lead.decide_all(case[CORRECTED], _MODERATE)
    told, advice = ReportStatus.REPORTED_FULL, Recommendation.FLS
    lead.act(case[CORRECTED], Decision(Deed.REPORT, status=told, recommendation=advice))
    lead.close(case[CORRECTED])


def write_correction(path: Path, reported: date) -> None:
    """A corrected report, as the radiologists deliver it, on one that was judged already."""
    number = int(CORRECTED[2:6])
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("accession", "study_uid", "status", "reported", "text"))
        writer.writerow((CORRECTED, uid("study", number, 0), "C", f"{reported}", CORRECTION))


def _dispute(one: _Desk, other: _Desk, case: str) -> None:
    """Two readings that differ, so that a third person must say."""
    one.decide_all(case, _MILD)
    one.act(case, Decision(Deed.OPINION, text="Fractures, or Scheuermann's?"))
    other.decide_all(case, Decision(Deed.REJECT, code="SCHEUERMANN"))
    other.close(case)


def _by_accession(site: Site) -> dict[str, str]:
    """Every waiting case by the accession number of its scan."""
    found: dict[str, str] = {}
    page = site.ask(LEAD, worklist.page, worklist.Filters())
    while True:
        for line in page.lines:
            found[site.ask(LEAD, cases.case, line.key.id).scan.accession] = line.key.id
        if page.next is None:
            return found
        page = site.ask(LEAD, worklist.page, worklist.Filters(), page.next)
