import pytest
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import ADMIN, LEAD, NOW, RADIOLOGIST

from store import preferences
from store.domain.people import Person
from store.domain.refusal import NotAllowed
from store.preferences import Preference
from store.tables import TrailRow
from store.unit import Reader, Unit


def keep(engine: Engine, person: Person, name: Preference, value: dict) -> None:
    with Unit(engine, person, NOW) as unit:
        preferences.keep(unit, name, value)


def mine(engine: Engine, person: Person, name: Preference) -> dict:
    with Reader(engine, person) as reader:
        return preferences.mine(reader, name)


def test_what_one_person_sets_is_theirs_alone(engine: Engine) -> None:
    assert mine(engine, LEAD, Preference.KEYMAP) == {}
    keep(engine, LEAD, Preference.KEYMAP, {"accept": "g"})
    keep(engine, RADIOLOGIST, Preference.KEYMAP, {"accept": "h"})
    keep(engine, ADMIN, Preference.COLUMNS, {"shown": ["age"]})
    assert mine(engine, LEAD, Preference.KEYMAP) == {"accept": "g"}
    assert mine(engine, RADIOLOGIST, Preference.KEYMAP) == {"accept": "h"}
    assert mine(engine, LEAD, Preference.COLUMNS) == {}


def test_what_is_set_again_stands_in_place_of_what_was(engine: Engine) -> None:
    keep(engine, LEAD, Preference.KEYMAP, {"accept": "g", "undo": "b"})
    keep(engine, LEAD, Preference.KEYMAP, {"accept": "h"})
    assert mine(engine, LEAD, Preference.KEYMAP) == {"accept": "h"}


def test_the_trail_says_that_and_not_what_was_set(engine: Engine) -> None:
    keep(engine, LEAD, Preference.VIEWS, {"views": [{"name": "Secret name"}]})
    with Session(engine) as session:
        lines = session.execute(
            select(TrailRow).where(col(TrailRow.action) == "preference.kept")
        ).scalars()
        (line,) = lines
    assert (line.actor, line.entity) == (LEAD.handle, LEAD.handle)
    assert "views" in line.detail
    assert "Secret" not in line.detail


def test_more_than_fits_is_refused_and_what_was_set_stays(engine: Engine) -> None:
    keep(engine, LEAD, Preference.VIEWS, {"views": []})
    with pytest.raises(NotAllowed, match="Delete a saved view"):
        keep(engine, LEAD, Preference.VIEWS, {"views": ["x" * preferences.LARGEST_BYTES]})
    assert mine(engine, LEAD, Preference.VIEWS) == {"views": []}
