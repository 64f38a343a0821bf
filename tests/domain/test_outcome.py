from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.outcome import (
    Advice,
    Answer,
    Fate,
    Handed,
    Judged,
    Known,
    Outcome,
    Returned,
    folded,
    judged,
    judged_together,
)

SENT = datetime(2026, 10, 1, tzinfo=UTC)
ANN = {"NHS number": "9990000018", "Surname": "demo", "Date of birth": "1950-02-01"}
SAID = Answer(Outcome.ACCEPTED, date(2026, 11, 3))


def handed(batch: str = "b1", stands: bool = True, **whom: str) -> Handed:
    day = SENT + timedelta(days=7 * int(batch[1:]))
    return Handed(batch, day, stands, {**ANN, **whom})


def row(**changes: object) -> Returned:
    given = {"place": "Referrals row 4", "referral": "RX1-000001", "batch": "b1", "whom": ANN}
    return Returned(**{**given, "answer": SAID, **changes})  # type: ignore[arg-type]


ONCE = Known((handed(),))


@pytest.mark.parametrize(
    ("returned", "known", "fate", "words"),
    [
        (row(), ONCE, Fate.TAKE, ""),
        (row(answer=None), ONCE, Fate.UNANSWERED, ""),
        (row(), Known((handed(),), SAID), Fate.UNCHANGED, ""),
        (row(), None, Fate.UNKNOWN, "no such referral"),
        (row(referral=""), None, Fate.UNKNOWN, "is empty"),
        (row(faults=("“FLS outcome” holds x",)), ONCE, Fate.UNREADABLE, "holds x"),
        (row(whom={**ANN, "Surname": "other"}), ONCE, Fate.IDENTITY, "Surname is not what was"),
        (row(whom={"NHS number": "", "Surname": "demo"}), ONCE, Fate.IDENTITY, "NHS number"),
        (row(whom={"Surname": ""}), ONCE, Fate.IDENTITY, "to compare"),
        (row(whom={"Surname": "demo"}), ONCE, Fate.TAKE, ""),
        (row(), Known((handed(), handed("b2"))), Fate.CHANGED, "amended on 15/10/2026"),
        (row(batch="b2"), Known((handed(), handed("b2"))), Fate.TAKE, ""),
        (row(batch="b9"), Known((handed(), handed("b2"))), Fate.TAKE, ""),
        (row(), Known((handed(), handed("b2", False))), Fate.CHANGED, "withdrawn on 15/10"),
        (row(), Known((handed("b1", False),)), Fate.CHANGED, "this row withdrew"),
        (row(), Known((handed(),), None, (SAID,)), Fate.CHANGED, "took this answer back"),
        (
            row(),
            Known((handed(),), Answer(Outcome.DIED, date(2026, 11, 4))),
            Fate.CHANGED,
            "a newer answer stands: died, 04/11/2026",
        ),
        (
            row(),
            Known((handed(),), Answer(Outcome.UNREACHED, date(2026, 11, 2))),
            Fate.TAKE,
            "instead of: unable to contact, 02/11/2026",
        ),
        (
            row(answer=Answer(Outcome.DIED)),
            Known((handed(),), Answer(Outcome.UNREACHED)),
            Fate.CHANGED,
            "without a date",
        ),
    ],
)
def test_a_row_that_came_back_has_one_fate(
    returned: Returned, known: Known | None, fate: Fate, words: str
) -> None:
    found = judged(returned, known)
    assert found.fate is fate
    assert words in found.why
    assert "9990000018" not in found.why


def test_of_rows_that_say_the_same_twice_one_counts() -> None:
    rows = [row(), row(place="Referrals row 9"), row(referral="RX1-000002")]
    found = judged_together([judged(one, ONCE) for one in rows])
    assert [one.fate for one in found] == [Fate.TAKE, Fate.TWICE, Fate.TAKE]
    assert found[1].why == "as Referrals row 4"


def test_of_rows_that_contradict_each_other_none_counts() -> None:
    rows = [row(), row(place="Referrals row 9", answer=Answer(Outcome.DIED))]
    found = judged_together([judged(one, ONCE) for one in rows])
    assert {one.fate for one in found} == {Fate.TWICE}
    assert "Referrals row 9 says something else" in found[0].why


def test_the_filled_one_of_two_copies_counts() -> None:
    rows = [row(answer=None), row(place="Referrals row 9")]
    found = judged_together([judged(one, ONCE) for one in rows])
    assert [one.fate for one in found] == [Fate.TWICE, Fate.TAKE]


@given(
    st.lists(
        st.builds(
            row,
            place=st.uuids().map(str),
            referral=st.sampled_from(["", "RX1-000001", "RX1-000002", "RX1-000003"]),
            answer=st.none() | st.just(SAID) | st.just(Answer(Outcome.DIED)),
            whom=st.sampled_from([ANN, {**ANN, "Surname": "other"}]),
        ),
        max_size=8,
    )
)
def test_every_row_is_accounted_for_once_and_no_referral_answered_twice(
    rows: list[Returned],
) -> None:
    known = {"RX1-000001": ONCE, "RX1-000002": Known((handed(),), SAID)}
    found = judged_together([judged(one, known.get(one.referral)) for one in rows])
    assert [one.row for one in found] == rows
    taken = [one.row.referral for one in found if one.fate in (Fate.TAKE, Fate.CHANGED)]
    assert len(taken) == len(set(taken))


def test_two_spellings_of_a_name_are_one() -> None:
    assert folded(" O'Neill  SMITH ") == folded("o'neill smith")
    assert Judged(row(), Fate.TAKE).why == ""
    assert Answer(Outcome.ACCEPTED, date(2026, 12, 3), Advice.DXA).words == (
        "accepted, 03/12/2026, DXA"
    )
