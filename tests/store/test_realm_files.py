from dataclasses import replace
from datetime import date

import pytest
from realm_room import CHAIR, EXCERPT, SEAL, agenda, ask, decided, do, enrol, released, sampled
from sqlalchemy import Engine
from sqlmodel import Session, select
from store_builders import INTAKE, NOW, RADIOLOGIST

from exports.canary import Canaries, leaks, words_in
from exports.realm_pack import files_of
from store import identities, realm, realm_files
from store.domain.realm_pack import Pack
from store.domain.redaction import Known
from store.domain.refusal import NotAllowed
from store.realm_files import Purpose
from store.sealed import Seal
from store.tables import TrailRow

PERSON = {
    "surname": "QUIXLEY-BRÂN",
    "forename": "Zenobia",
    "hospital_number": "HX0098123",
    "born": date(1938, 2, 1),
    "phone": "01248 555019",
    "postcode": "LL57 2PW",
}


@pytest.fixture
def meeting(lone: Engine) -> str:
    enrol(lone)
    decided(lone, said="Lungs clear. Reported by Dr Wolfram Penhallow.", **PERSON)
    return sampled(lone)


def leaving(engine: Engine, meeting: str) -> tuple[Pack, Known, int]:
    """What leaves of a meeting, whom it must not name, and how many cases are nobody's any more."""
    return ask(engine, realm.pack_of, meeting), *ask(engine, realm_files.unnamed, meeting, SEAL)


def found_in(pack: Pack, known: Known) -> set[str]:
    canaries = Canaries(known.names + known.staff, known.numbers, known.dates)
    return set(leaks(files_of(pack), canaries, words_in(files_of(replace(pack, cases=())))))


def named(engine: Engine, case_no: str) -> None:
    do(engine, identities.open_up, case_no, "to write to the radiologist")
    do(engine, identities.name_reporter, case_no, "Dr Wolfram Penhallow", SEAL)


def test_nothing_of_patient_or_reporter_is_in_the_files_of_a_released_case(
    lone: Engine, meeting: str
) -> None:
    case_no = agenda(lone, meeting)[0].case_no
    named(lone, case_no)
    released(lone, case_no)
    pack, known, erased = leaving(lone, meeting)
    assert len(pack.cases) == 1
    assert erased == 0
    assert {"QUIXLEY-BRÂN", "Zenobia"} <= set(known.names)
    assert {"HX0098123", "LL57 2PW"} <= set(known.numbers)
    assert len([number for number in known.numbers if number.startswith("1.2.3.")]) >= 2
    assert known.staff == ("Dr Wolfram Penhallow",)
    assert known.dates == (date(1938, 2, 1),)
    assert found_in(pack, known) == set()


def test_a_reporter_whom_the_person_overlooked_is_found_before_anything_leaves(
    lone: Engine, meeting: str
) -> None:
    case_no = agenda(lone, meeting)[0].case_no
    named(lone, case_no)
    released(lone, case_no, text=f"{EXCERPT} Penhallow.")
    pack, known, _ = leaving(lone, meeting)
    found = found_in(pack, known)
    assert any(place.startswith("slides.pptx") for place in found)
    assert any(place.startswith("workbook.xlsx") for place in found)


def test_of_a_case_that_was_erased_is_said_that_nobody_could_look(
    lone: Engine, meeting: str
) -> None:
    released(lone, agenda(lone, meeting)[0].case_no)
    later = NOW.replace(year=NOW.year + 1)
    do(lone, identities.erase, 1, by=INTAKE, now=later)
    assert ask(lone, realm_files.unnamed, meeting, SEAL) == (Known(), 1)


def test_what_left_stands_in_the_trail_with_digest_and_purpose_and_nobody(
    lone: Engine, meeting: str
) -> None:
    do(lone, realm_files.left, meeting, "all", "ab12", Purpose.MEETING, 0)
    do(lone, realm_files.held_back, meeting, 3)
    with Session(lone) as session:
        told = str([row.model_dump() for row in session.exec(select(TrailRow))])
    assert "realm.files_left" in told
    assert "ab12" in told
    assert "to hold the meeting" in told
    assert "realm.files_refused" in told
    for word in ("Zenobia", "QUIXLEY", "HX0098123", "Penhallow", "01248"):
        assert word not in told


def test_only_the_chair_asks_whom_files_must_not_name(lone: Engine, meeting: str) -> None:
    released(lone, agenda(lone, meeting)[0].case_no)
    with pytest.raises(NotAllowed):
        ask(lone, realm_files.unnamed, meeting, SEAL, by=RADIOLOGIST)
    with pytest.raises(NotAllowed, match="put back the file"):
        ask(lone, realm_files.unnamed, meeting, Seal(Seal.new_key()), by=CHAIR)
