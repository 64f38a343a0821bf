"""The meeting as those who take part see it: vote on the picture first, hear the answer after."""

from html import escape

import streamlit as st

from app import session
from app.choosing import one_of
from components.plain_table import plain_table
from store import attendance, meetings, votes
from store.domain.genant import Grade
from store.domain.meeting import Meeting
from store.domain.realm_pack import EDUCATION_ONLY
from store.domain.spine import REVIEWABLE, Level
from store.domain.vote import FEWEST_SHOWN, Seen, Tally, Vote, WouldReport
from store.votes import Answer, Shown

_NOT_SAID = "not said"
_GRADES = {_NOT_SAID: None, "1 mild": Grade.MILD, "2 moderate": Grade.MODERATE}
_GRADES["3 severe"] = Grade.SEVERE


def show(meeting: Meeting) -> None:
    """The table of *meeting*."""
    st.caption(EDUCATION_ONLY)
    found = session.ask(votes.shown, meeting.id)
    if not found:
        st.info("No case of this meeting is shown yet. The chair opens them one by one.")
    else:
        _case(_chosen(found))
    st.button("Look again", help="What the chair revealed meanwhile is shown then.")
    _learnt(meeting, found)
    st.caption(session.ask(attendance.mine).words)


def _chosen(found: tuple[Shown, ...]) -> Shown:
    by_no = {one.case_no: one for one in found}
    which = st.selectbox(
        "Case",
        list(by_no),
        format_func=lambda no: f"{by_no[no].place}. {no}, {by_no[no].stage.words}",
        key="table case",
    )
    return by_no[which]


def _case(one: Shown) -> None:
    with st.container(border=True, key=f"case-{one.case_no}"):
        st.header(f"{one.place}. {one.case_no}", anchor=False)
        left, right = st.columns([1, 1.2])
        with left:
            picture(one.case_no, one.picture)
        with right:
            st.text(f"{one.about}\nQuestion: {one.question}")
            if one.answer is None:
                _vote(one)
            else:
                _answer(one.answer)


def picture(case_no: str, words: str | None) -> None:
    """The key image of a case, with *words* for those who do not see it."""
    if words is None:
        st.caption("This case is shown without a picture.")
        return
    st.html(
        f'<img src="/api/realm/pictures/{escape(case_no)}" alt="{escape(words, quote=True)}" '
        'style="max-width:100%;max-height:70vh;display:block">'
    )


def _vote(one: Shown) -> None:
    mine = one.mine
    st.caption(
        f"Vote before the answer is told. {one.votes} voted. Your vote bears no name; it can be "
        f"changed until the chair reveals the case, and is then counted and thrown away. Numbers "
        f"are told from {FEWEST_SHOWN} votes on."
    )
    key = one.case_no
    with st.form(f"vote {key}", border=False):
        seen = one_of(
            "Is there a fracture?", (None, *Seen), f"seen {key}", _said, mine.seen if mine else None
        )
        where, how = st.columns(2)
        levels = [_NOT_SAID, *(level.value for level in REVIEWABLE)]
        said = mine.level.value if mine and mine.level else _NOT_SAID
        level = where.selectbox(
            "At which level?", levels, index=levels.index(said), key=f"level {key}"
        )
        grades = list(_GRADES)
        graded = next((w for w, g in _GRADES.items() if mine and g is mine.grade), _NOT_SAID)
        grade = how.selectbox(
            "Which grade?", grades, index=grades.index(graded), key=f"grade {key}"
        )
        would = one_of(
            "Would you report it?",
            (None, *WouldReport),
            f"would {key}",
            _said,
            mine.would_report if mine else None,
        )
        pressed = st.form_submit_button("Change my vote" if mine else "Vote", type="primary")
    if pressed:
        _cast(key, seen, would, level, grade)
    if mine:
        st.success("You voted.")
        if st.button("Take my vote back", key=f"back {key}") and session.done(votes.take_back, key):
            st.rerun()


def _said(answer: Seen | WouldReport | None) -> str:
    return answer.words if answer else "Choose"


def _cast(
    case_no: str, seen: Seen | None, would: WouldReport | None, level: str, grade: str
) -> None:
    if seen is None or would is None:
        st.error("Say whether there is a fracture, and whether you would report it.")
        return
    where = None if level == _NOT_SAID else Level(level)
    if session.done(votes.cast, case_no, Vote(seen, would, where, _GRADES[grade])):
        st.rerun()


def _answer(told: Answer) -> None:
    # Texts come from reports: shown as text, never as markup.
    st.markdown("**What the report said**")
    st.text(told.excerpt)
    st.text(f"{told.report_said}. {told.ai_finding}")
    st.markdown("**What was found**")
    st.text(told.finding)
    if told.causes:
        st.text("May have come about by: " + ", ".join(cause.words for cause in told.causes))
    if told.tally:
        _tally(told.tally)
    if told.outcome:
        st.markdown(f"**{told.outcome.words}**")
    for point in told.learning_points:
        st.text(f"• {point}")


def _tally(counted: Tally) -> None:
    if not counted.shown:
        st.caption(f"{counted.votes} voted: too few to tell how.")
        return
    rows = [(Seen(one).words, many) for one, many in counted.seen]
    rows += [(WouldReport(one).words, many) for one, many in counted.would_report]
    rows += [(f"Level {one}", many) for one, many in counted.level]
    rows += [(f"Grade {one}", many) for one, many in counted.grade]
    plain_table(f"{counted.votes} voted before the answer was told", ("Vote", "How many"), rows)


def _learnt(meeting: Meeting, found: tuple[Shown, ...]) -> None:
    points = [point for one in found if one.answer for point in one.answer.learning_points]
    if points:
        st.header("Learning points", anchor=False)
        for point in points:
            st.text(f"• {point}")
    actions = session.ask(meetings.actions, meeting.id)
    if actions:
        plain_table(
            "Actions of this meeting",
            ("Action", "Owner", "Due", "Done"),
            [
                (
                    one.text,
                    one.owner.value,
                    f"{one.due:%d/%m/%Y}",
                    f"{one.done_on:%d/%m/%Y}" if one.done_on else "–",
                )
                for one in actions
            ],
        )
