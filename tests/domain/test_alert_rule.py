from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.alert import (
    LONGEST_TOLD,
    Alert,
    Kind,
    age_words,
    changes,
    check_told,
    urgent,
)
from store.domain.describe import Acuity, Unstable
from store.domain.finding import State
from store.domain.refusal import NotAllowed
from store.domain.rejection import REASONS, Class

NOW = datetime(2026, 11, 22, 14, 3, tzinfo=UTC)
STATES, CODES = st.sampled_from(State), st.sampled_from(["", *REASONS])
FEATURES = st.frozensets(st.sampled_from(Unstable))


def code_in(state: State, code: str) -> str:
    """A code stands on a rejected finding alone, and every rejection has one."""
    return (code or "DEGEN") if state is State.REJECTED else ""


@pytest.mark.parametrize("code", ["MALIGNANT", "INFECTION"])
def test_a_malignant_or_infected_fracture_is_urgent(code: str) -> None:
    assert urgent(State.REJECTED, code, Acuity.INDETERMINATE, ()) == {Kind(code)}
    assert not urgent(State.CONFIRMED, "", Acuity.INDETERMINATE, ())


@pytest.mark.parametrize("feature", Unstable)
@pytest.mark.parametrize("state", [State.FLAGGED, State.CONFIRMED, State.UNSURE])
def test_acute_and_unstable_is_urgent_before_and_after_the_decision(
    state: State, feature: Unstable
) -> None:
    assert urgent(state, "", Acuity.ACUTE, [feature]) == {Kind.UNSTABLE}


@given(STATES, CODES, st.sampled_from(Acuity), FEATURES)
def test_neither_acute_nor_unstable_is_urgent_alone(
    state: State, code: str, acuity: Acuity, features: frozenset[Unstable]
) -> None:
    found = urgent(state, code_in(state, code), acuity, features)
    assert (Kind.UNSTABLE in found) <= (acuity is Acuity.ACUTE and bool(features))


@given(st.sampled_from(sorted(REASONS)), FEATURES)
def test_what_is_no_fracture_is_never_urgent(code: str, features: frozenset[Unstable]) -> None:
    found = urgent(State.REJECTED, code, Acuity.ACUTE, features)
    if REASONS[code].kind is Class.NOT_FRACTURE:
        assert not found
    elif features:
        assert Kind.UNSTABLE in found
    assert not urgent(State.WITHDRAWN, code, Acuity.ACUTE, features)


ALERTS = st.frozensets(st.tuples(st.sampled_from(["f1", "f2", "f3"]), st.sampled_from(Kind)))


@given(ALERTS, ALERTS)
def test_what_is_raised_and_withdrawn_leaves_exactly_what_is_owed(
    standing: frozenset[Alert], wanted: frozenset[Alert]
) -> None:
    owed = {f: frozenset(kind for g, kind in wanted if f == g) for f, _ in wanted}
    raised, withdrawn = changes(standing, owed)
    assert (standing | raised) - withdrawn == wanted
    assert not raised & standing
    assert withdrawn <= standing


def test_somebody_told_is_named_with_a_time_that_can_be_right() -> None:
    raised = NOW - timedelta(hours=1)
    assert check_told("Dr X by phone", None, raised, NOW) == NOW
    before = raised - timedelta(hours=3)
    assert check_told("Dr X by phone", before, raised, NOW) == before
    for words in ("", " \n\t"):
        with pytest.raises(NotAllowed, match="who was told, and how"):
            check_told(words, None, raised, NOW)
    with pytest.raises(NotAllowed, match="lies in the future"):
        check_told("Dr X", NOW + timedelta(minutes=6), raised, NOW)
    with pytest.raises(NotAllowed, match="more than 2 days before the alert"):
        check_told("Dr X", raised - timedelta(days=2, seconds=1), raised, NOW)
    with pytest.raises(NotAllowed, match="no time zone"):
        check_told("Dr X", NOW.replace(tzinfo=None), raised, NOW)
    with pytest.raises(NotAllowed, match="at most 500"):
        check_told("x" * (LONGEST_TOLD + 1), None, raised, NOW)


@pytest.mark.parametrize("kind", Kind)
def test_every_alert_says_why_and_who_is_told_today(kind: Kind) -> None:
    assert kind.words
    assert "today" in kind.hint


@pytest.mark.parametrize(
    ("age", "words"),
    [
        (timedelta(seconds=-90), "less than a minute"),
        (timedelta(seconds=59), "less than a minute"),
        (timedelta(minutes=1), "1 minute"),
        (timedelta(minutes=59), "59 minutes"),
        (timedelta(hours=1), "1 hour"),
        (timedelta(hours=47), "1 day"),
        (timedelta(days=3), "3 days"),
    ],
)
def test_the_age_of_an_alert_in_words(age: timedelta, words: str) -> None:
    assert age_words(NOW - age, NOW) == words
