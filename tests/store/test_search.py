import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, select
from sqlmodel import Session, col
from store_builders import COORDINATOR, LEAD, NOW, PEOPLE, a_case, a_header, a_patient, arrive

from store import search
from store.domain.identity import NhsNumber
from store.domain.naming import number, spellings, words
from store.domain.people import Person, Role
from store.domain.refusal import NotAllowed
from store.search import Found
from store.tables import TrailRow
from store.unit import Unit


def find(engine: Engine, text: str, person: Person = LEAD) -> Found:
    with Unit(engine, person, NOW) as unit:
        return search.find(unit, text)


def found(engine: Engine, text: str) -> list[str]:
    return [line.key.id for line in find(engine, text).lines]


@pytest.fixture
def brien(engine: Engine) -> str:
    patient = a_patient(
        surname="O'Brien-Łuk", forename="Zoë Anne", nhs_number=NhsNumber.parse(_valid()),
        hospital_number="RX 00-7712",
    )  # fmt: skip
    a_case(engine)
    return a_case(engine, header=a_header(patient=patient, accession="ACC/2026-555"))


def _valid() -> str:
    # Far beyond the numbers that the builders give their patients one after the other.
    for check in range(10):
        try:
            return NhsNumber(f"999999123{check}").digits
        except ValueError:
            continue
    raise AssertionError


@pytest.mark.parametrize(
    "text",
    [
        "o'brien", "OBrien", "brien", "O’BRIEN-LUK", "luk zoe", "zoë", "Zoe Anne O'Brien",
        "anne luk", "obrienluk", "rx007712", "RX 00-7712", "rx00", "acc2026555", "ACC/2026",
        "zo bri",
    ],
)  # fmt: skip
def test_a_patient_is_found_however_they_are_written(engine: Engine, brien: str, text: str) -> None:
    assert found(engine, text) == [brien]


def test_an_nhs_number_is_found_with_and_without_spaces(engine: Engine, brien: str) -> None:
    digits = _valid()
    for text in (digits, f"{digits[:3]} {digits[3:6]} {digits[6:]}", f" {digits} "):
        assert found(engine, text) == [brien]


@pytest.mark.parametrize("text", ["zoe smith", "rien", "7712", "o_rien", "' OR 1=1 --", "zz"])
def test_what_is_not_the_beginning_of_a_word_finds_nobody(
    engine: Engine, brien: str, text: str
) -> None:
    assert found(engine, text) == []


def test_too_little_to_look_for_is_refused(engine: Engine) -> None:
    for text in ("a", " ", "-", "7", "%", ""):
        with pytest.raises(NotAllowed, match="at least 2"):
            find(engine, text)


def test_the_trail_says_who_looked_and_not_for_whom(engine: Engine, brien: str) -> None:
    find(engine, "o'brien")
    find(engine, _valid(), COORDINATOR)
    with Session(engine) as session:
        rows = session.execute(
            select(TrailRow)
            .where(col(TrailRow.action) == "patients.searched")
            .order_by(col(TrailRow.seq))
        )
        lines = list(rows.scalars())
    assert [line.actor for line in lines] == [LEAD.handle, COORDINATOR.handle]
    said = " ".join(line.detail + line.entity for line in lines).lower()
    assert '"by":"name"' in said.replace(" ", "")
    assert "brien" not in said
    assert _valid() not in said


def test_who_does_not_look_after_patients_finds_none(engine: Engine) -> None:
    for role in (Role.REALM_CHAIR, Role.AUDIT_LEAD, Role.ADMIN, Role.CSO):
        with pytest.raises(NotAllowed, match="may not find patients"):
            find(engine, "brien", PEOPLE[role])


def test_scans_outside_the_room_are_counted_and_not_shown(engine: Engine, brien: str) -> None:
    patient = a_patient(surname="Marchbanks", forename="Una")
    arrive(engine, a_header(patient=patient))
    case = a_case(engine, header=a_header(patient=patient))
    answer = find(engine, "marchbanks")
    assert ([line.key.id for line in answer.lines], answer.outside) == ([case], 1)


def test_more_than_can_be_shown_is_said(engine: Engine) -> None:
    for _ in range(search.MOST + 2):
        arrive(engine, a_header(patient=a_patient(surname="Common")))
    answer = find(engine, "common")
    assert (answer.more, answer.outside, answer.lines) == (True, search.MOST, ())


@given(st.text(max_size=60), st.text(max_size=60))
def test_each_word_of_a_name_as_it_is_looked_for_is_among_its_spellings(a: str, b: str) -> None:
    assert set(words(a)) | set(words(b)) <= spellings(a, b)
    assert all(number(key) == key for key in (number(a), number(b)))


def test_two_words_that_many_have_are_looked_for_together(
    engine: Engine, brien: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_FEW", 0)
    for text in ("anne luk", "zo bri", "luk"):
        assert found(engine, text) == [brien]
    assert found(engine, "anne smith") == []
