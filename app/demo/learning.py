"""REALM in the demo hospital: a meeting that was held, and one to come with its sample drawn."""

from datetime import date, timedelta

from app import realm_desk
from app.demo.people import CHAIR, LEAD, RADIOLOGIST, SECOND
from app.wiring import Site
from store import attendance, discrepancies, identities, meetings, realm, votes
from store.discrepancies import Asked, Line
from store.domain.genant import Grade
from store.domain.meeting import MeetingStage, Owner
from store.domain.realm import EventType, Outcome
from store.domain.realm_pack import Pack
from store.domain.spine import Level
from store.domain.vote import Seen, Vote, WouldReport

POINTS = (
    "Look at every vertebra on the sagittal reformat, whatever the scan was asked for.",
    "Call a vertebral fracture a fracture, with its level and grade.",
)
ACTION = "Send sagittal reformats of the spine to the PACS for every body CT"
WORDS = "Sagittal CT of the spine in a bone window"
VOTES = (
    (LEAD, Vote(Seen.YES, WouldReport.YES, Level.T12, Grade.MODERATE)),
    (RADIOLOGIST, Vote(Seen.YES, WouldReport.YES, Level.T12, Grade.MILD)),
    (SECOND, Vote(Seen.NO, WouldReport.NO)),
)


def learn(site: Site, today: date) -> Pack:
    """Hold one meeting and prepare another; the pack of the first."""
    found = site.ask(CHAIR, discrepancies.register, Asked()).lines
    spots = site.ask(CHAIR, discrepancies.register, Asked(spots=True)).lines
    held = _planned(site, today, today - timedelta(days=21))
    _hold(site, held, found[:1], spots[:1], today)
    coming = _planned(site, today, today + timedelta(days=14))
    left = found[1:]
    if left:
        words = "Easy to overlook beside the main finding."
        site.submit(RADIOLOGIST, discrepancies.nominate, left[0].case, EventType.DISCREPANCY, words)
    site.submit(CHAIR, meetings.draw, coming, realm_desk.seal(site), 2)
    for first in site.ask(CHAIR, realm.agenda, coming)[:1]:
        _release(site, first.case_no)
        site.submit(CHAIR, identities.told, first.case_no, today)
        site.submit(CHAIR, votes.begin, first.case_no)
    return site.ask(CHAIR, realm.pack_of, held, demo=True)


def _planned(site: Site, today: date, day: date) -> str:
    return site.submit(CHAIR, meetings.plan, day, today - timedelta(days=400), today)


def _hold(
    site: Site, meeting: str, found: tuple[Line, ...], spots: tuple[Line, ...], today: date
) -> None:
    """Show what was found and a good spot, vote on the first, and learn from both."""
    seal = realm_desk.seal(site)
    day = today - timedelta(days=21)
    for line in (*found, *spots):
        event = EventType.DISCREPANCY if line.kind else EventType.GOOD_SPOT
        words = "Shown at the first meeting."
        no = site.submit(CHAIR, meetings.add, meeting, line.case, event, words, seal)
        _release(site, no)
        site.submit(CHAIR, identities.told, no, day - timedelta(days=7))
        site.submit(CHAIR, votes.begin, no)
        for person, vote in VOTES:
            site.submit(person, votes.cast, no, vote)
        site.submit(CHAIR, votes.reveal, no)
        site.submit(CHAIR, realm.conclude, no, Outcome.DISCUSSED_AGREED, POINTS)
    for person in (LEAD, RADIOLOGIST, CHAIR):
        brought = 1 if person is RADIOLOGIST else 0
        site.submit(CHAIR, attendance.record, day, person.handle, present=True, brought=brought)
    due = today + timedelta(days=40)
    site.submit(CHAIR, meetings.act, meeting, ACTION, Owner.PACS, due)
    text = "Add a line for bones to the template of CT reports"
    done = site.submit(CHAIR, meetings.act, meeting, text, Owner.RADIOLOGY, today)
    site.submit(CHAIR, meetings.done, done, today)
    for stage in (MeetingStage.HELD, MeetingStage.CLOSED):
        site.submit(CHAIR, meetings.step, meeting, stage)


def _release(site: Site, case_no: str) -> None:
    """Redact as the machine suggests: the demo's patients are invented."""
    seal = realm_desk.seal(site)
    site.submit(CHAIR, identities.open_up, case_no, "Redaction")
    whose = site.ask(CHAIR, identities.identity, case_no, seal)
    realm_desk.draw_picture(site, CHAIR, case_no, whose, WORDS)
    question = realm_desk.redact(whose, whose.indication) or "Not given."
    site.submit(
        CHAIR, realm.release, case_no, question, realm_desk.redact(whose, whose.report), seal
    )
