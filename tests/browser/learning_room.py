"""A meeting to come about one decided case of a hospital, with people to hold it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from running import enrolled

from app import realm_desk
from app.settings import Settings
from app.wiring import Site, open_site
from store import cases, findings, identities, meetings, realm, votes, worklist
from store.domain.finding import Act, Decision, Deed, State
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.queue import Filters
from store.domain.reading import ReadPolicy
from store.domain.report import Recommendation, ReportStatus

CHAIR = Person("c.chair", "Cleo Chair", Role.REALM_CHAIR)
RADIOLOGIST = Person("r.reader", "Rae Reader", Role.RADIOLOGIST)
LEAD = Person("a.lead", "Anna Lead", Role.METABOLIC_LEAD)
_ONCE = ReadPolicy(share=0.0, doubtful=False)


def prepared(data: Path, *, shown: bool) -> Path:
    """The folder *data* with a case that its report missed, on the agenda of a meeting to come.

    Where *shown*, it is released and open for votes.
    """
    enrolled(data, [(one.handle, one.name, one.role.value) for one in (CHAIR, RADIOLOGIST)])
    site = open_site(Settings(data))
    _decide(site)
    today = datetime.now(UTC).date()
    long_ago = today - timedelta(days=4000)
    meeting = site.submit(CHAIR, meetings.plan, today + timedelta(days=7), long_ago, today)
    site.submit(CHAIR, meetings.draw, meeting, realm_desk.seal(site))
    if shown:
        (case,) = site.ask(CHAIR, realm.agenda, meeting)
        given = "Cough.", "Lungs clear. No bony abnormality.", realm_desk.seal(site)
        site.submit(CHAIR, realm.release, case.case_no, *given)
        site.submit(CHAIR, identities.told, case.case_no, today)
        site.submit(CHAIR, votes.begin, case.case_no)
    site.engine.dispose()
    return data


def _decide(site: Site) -> None:
    """Close the last case of the list with a fracture that its report does not mention."""
    case = site.ask(LEAD, worklist.page, Filters()).lines[-1].key.id

    def act(decision: Decision, finding: str | None = None) -> None:
        version = site.ask(LEAD, cases.case, case).version
        made = Act(str(uuid4()), case, version, finding, decision)
        site.submit(LEAD, findings.decide, made, _ONCE)

    for found in site.ask(LEAD, cases.case, case).findings:
        if found.state is State.FLAGGED:
            act(Decision(Deed.CONFIRM, grade=Grade.MODERATE), found.id)
    status, advice = ReportStatus.NOT_MENTIONED, Recommendation.NONE
    act(Decision(Deed.REPORT, status=status, recommendation=advice))
    act(Decision(Deed.CLOSE))
