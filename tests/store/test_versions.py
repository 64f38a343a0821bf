"""A new version of an AI product starts new rates, and somebody answers for its use."""

import pytest
from sqlalchemy import Engine
from store_builders import AUDITOR, NOW, a_flag, a_header, a_result, arrive, say

from store import rates, versions
from store.domain.arrival import Ending
from store.domain.rates import Step
from store.domain.refusal import Conflict, NotAllowed
from store.unit import Reader, Unit


def answer(engine: Engine, version: str, *endings: Ending) -> None:
    """One scan for each of *endings*, answered by this version."""
    for ending in endings:
        header = a_header()
        arrive(engine, header)
        flags = (a_flag(),) if ending is Ending.POSITIVE else ()
        why = "thick slices" if ending is Ending.FAILED else ""
        say(engine, a_result(header, *flags, version=version, ending=ending, reason=why))


def known(engine: Engine) -> dict[str, versions.AiVersion]:
    with Reader(engine, AUDITOR) as reader:
        return {one.version: one for one in versions.versions(reader)}


def test_each_version_has_its_own_rates(engine: Engine) -> None:
    answer(engine, "1", Ending.POSITIVE, Ending.NEGATIVE, Ending.FAILED)
    answer(engine, "2", Ending.POSITIVE, Ending.POSITIVE)
    with Reader(engine, AUDITOR) as reader:
        for version, analysed, flagged in (("1", (2, 3), (1, 2)), ("2", (2, 2), (2, 2))):
            funnel = rates.funnel(reader, version=("Product", version))
            found = {row.step: (row.rate.numerator, row.rate.denominator) for row in funnel}
            assert (found[Step.ANALYSED], found[Step.FLAGGED]) == (analysed, flagged)


def test_of_two_versions_on_one_scan_each_counts_by_its_own_answer(engine: Engine) -> None:
    header = a_header()
    arrive(engine, header)
    say(engine, a_result(header, a_flag(), version="1"))
    say(engine, a_result(header, version="2", ending=Ending.NEGATIVE))
    with Reader(engine, AUDITOR) as reader:
        funnel = rates.funnel(reader, version=("Product", "2"))
    found = {row.step: (row.rate.numerator, row.rate.denominator) for row in funnel}
    assert found[Step.FLAGGED] == (0, 1)


def test_a_second_version_is_due_until_somebody_answers_for_it(engine: Engine) -> None:
    answer(engine, "1", Ending.NEGATIVE)
    assert not known(engine)["1"].due
    answer(engine, "2", Ending.NEGATIVE, Ending.NEGATIVE)
    assert known(engine)["2"].due
    with pytest.raises(NotAllowed, match="what was looked at"), Unit(engine, AUDITOR) as unit:
        versions.accept(unit, "Product", "2", " ")
    with Unit(engine, AUDITOR, NOW) as unit:
        versions.accept(unit, "Product", "2", "100 scans, sensitivity as before.")
    accepted = known(engine)["2"]
    assert (accepted.due, accepted.accepted_by) == (False, "Uma Audit")
    with pytest.raises(Conflict, match="Uma Audit accepted"), Unit(engine, AUDITOR) as unit:
        versions.accept(unit, "Product", "2", "Again.")
