from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.describe import (
    LONGEST_COMMENT,
    Acuity,
    EndPlate,
    Novelty,
    Unstable,
    check_described,
    compared_words,
    day_of,
    kept_unstable,
    overall,
    unstable_of,
)
from store.domain.refusal import NotAllowed
from store.domain.worded import Worded


@pytest.mark.parametrize("values", [EndPlate, Acuity, Unstable, Novelty])
def test_every_value_has_words_of_its_own_and_a_hint(values: type[Worded]) -> None:
    said = [(one.words, one.hint) for one in values]
    assert len({words for words, _ in said}) == len(said)
    assert all(hint for _, hint in said)


@given(st.lists(st.sampled_from(Unstable)))
def test_features_come_back_each_once_in_one_order(features: list[Unstable]) -> None:
    assert unstable_of(kept_unstable(features)) == tuple(one for one in Unstable if one in features)
    assert kept_unstable(features) == kept_unstable(reversed(features))


@pytest.mark.parametrize("novelty", [Novelty.NEW, Novelty.UNCHANGED, Novelty.WORSE])
def test_new_or_old_is_said_against_a_scan_that_is_named(novelty: Novelty) -> None:
    with pytest.raises(NotAllowed, match="said against an earlier scan"):
        check_described(novelty=novelty)
    check_described(novelty=novelty, against="2026-10-03")


def test_no_earlier_scan_names_none() -> None:
    check_described(novelty=Novelty.NO_PRIOR)
    with pytest.raises(NotAllowed, match="names none"):
        check_described(novelty=Novelty.NO_PRIOR, against="2026-10-03")


def test_a_comment_has_an_end() -> None:
    check_described(comment="x" * LONGEST_COMMENT)
    with pytest.raises(NotAllowed, match="has 2001"):
        check_described(comment="x" * (LONGEST_COMMENT + 1))


@given(st.dates())
def test_a_day_is_known_from_the_id_of_a_case(day: date) -> None:
    assert day_of(day.isoformat()) == day
    assert day_of(f"c_{day:%Y%m%d}") is None


def test_new_or_old_names_the_day_it_was_compared_with() -> None:
    day = date(2026, 10, 3)
    assert compared_words(Novelty.NEW, day) == "new since 03/10/2026"
    assert compared_words(Novelty.UNCHANGED, day) == "present on 03/10/2026"
    assert compared_words(Novelty.WORSE, day) == "present on 03/10/2026, worse now"
    assert compared_words(Novelty.NO_PRIOR, None) == "no earlier scan"
    assert "an earlier scan" in compared_words(Novelty.NEW, None)


@given(st.lists(st.sampled_from(Acuity)))
def test_one_acute_fracture_makes_the_scan_acute(found: list[Acuity]) -> None:
    said = overall(found)
    assert (said is Acuity.ACUTE) is (Acuity.ACUTE in found)
    assert said in {*found, Acuity.INDETERMINATE}


def test_fractures_of_different_age_are_indeterminate_together() -> None:
    assert overall([Acuity.CHRONIC, Acuity.CHRONIC]) is Acuity.CHRONIC
    assert overall([Acuity.CHRONIC, Acuity.NOT_ASSESSABLE]) is Acuity.INDETERMINATE
    assert overall([]) is Acuity.INDETERMINATE
