import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import ADMIN, COORDINATOR, INTAKE, LEAD, NOW

from store import held
from store._held import Choice, Release, hold
from store._releases import RELEASES
from store.domain.refusal import Conflict, NotAllowed
from store.tables import HeldRow, TrailRow
from store.unit import Reader, Unit

CODE = "test.kept"


@pytest.fixture(autouse=True)
def releases(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A code of its own, whose release notes the choice it was given."""
    done: list[str] = []

    def act(unit: Unit, row: HeldRow, choice: str, _share: float) -> str:
        done.append(choice)
        return "Joined."

    def choices(reader: Reader, row: HeldRow) -> tuple[Choice, ...]:
        return tuple(Choice(key, key.upper()) for key in row.about["keys"])

    monkeypatch.setitem(RELEASES, CODE, Release("It joins the scan you choose.", act, choices))
    return done


def a_held(engine: Engine, code: str = CODE, digest: str = "d1") -> str:
    with Unit(engine, INTAKE, NOW) as unit:
        return hold(
            unit,
            kind="AI result",
            code=code,
            reason="It names another study.",
            digest=digest,
            source="ct-listener",
            about={"shown": {"Patient": "DEMO, Ann"}, "keys": ["one", "two"]},
        )


def open_ones(engine: Engine) -> tuple[held.Held, ...]:
    with Reader(engine, COORDINATOR) as reader:
        return held.open_ones(reader)


def test_what_is_held_says_why_and_what_release_would_do(engine: Engine) -> None:
    a_held(engine)
    (one,) = open_ones(engine)
    assert (one.reason, one.source, one.at) == ("It names another study.", "ct-listener", NOW)
    assert one.shown == (("Patient", "DEMO, Ann"),)
    assert one.does == "It joins the scan you choose."
    assert [each.words for each in one.choices] == ["ONE", "TWO"]


def test_release_does_what_its_code_says_and_keeps_who_why_and_when(
    engine: Engine, releases: list[str]
) -> None:
    held_id = a_held(engine)
    with Unit(engine, LEAD, NOW) as unit:
        assert held.release(unit, held_id, " PACS rang. ", "two") == "Joined."
    assert (releases, open_ones(engine)) == (["two"], ())
    with Reader(engine, LEAD) as reader:
        (one,) = held.decided(reader)
    assert (one.state, one.by, one.when, one.words) == ("released", "Ada Lead", NOW, "PACS rang.")
    with Session(engine) as session:
        told = session.execute(select(TrailRow).where(col(TrailRow.action) == "held.released"))
        assert "PACS rang" not in told.scalar_one().detail


@pytest.mark.parametrize(
    ("words", "choice"), [("", "one"), ("so", ""), ("so", "x"), ("w" * 501, "one")]
)
def test_release_without_words_or_choice_is_refused(
    engine: Engine, releases: list[str], words: str, choice: str
) -> None:
    held_id = a_held(engine)
    with pytest.raises(NotAllowed), Unit(engine, LEAD, NOW) as unit:
        held.release(unit, held_id, words, choice)
    assert (releases, len(open_ones(engine))) == ([], 1)


def test_two_people_decide_on_one_thing_once(engine: Engine) -> None:
    held_id = a_held(engine)
    with Unit(engine, COORDINATOR, NOW) as unit:
        held.discard(unit, held_id, "Sent in error.")
    with pytest.raises(Conflict, match="Fran Coordinator discarded"), Unit(engine, LEAD) as unit:
        held.release(unit, held_id, "I want it.", "one")


def test_the_same_thing_again_is_held_once_and_a_discarded_one_stays_away(engine: Engine) -> None:
    first = a_held(engine)
    assert a_held(engine) == first
    with Unit(engine, LEAD, NOW) as unit:
        held.discard(unit, first, "Sent in error.")
    assert a_held(engine) == first
    assert open_ones(engine) == ()
    assert a_held(engine, digest="d2") != first


def test_what_no_code_releases_can_only_be_discarded(engine: Engine) -> None:
    held_id = a_held(engine, "test.unknown")
    assert open_ones(engine)[0].does == ""
    with pytest.raises(NotAllowed, match="cannot be released"), Unit(engine, LEAD) as unit:
        held.release(unit, held_id, "Yes.", "one")


def test_an_administrator_sees_nothing_of_what_is_held(engine: Engine) -> None:
    with Reader(engine, ADMIN) as reader, pytest.raises(NotAllowed):
        held.open_ones(reader)
