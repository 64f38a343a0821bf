import inspect
import os
from pathlib import Path

import pytest
from asking import doors
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel
from store_builders import NOW, PEOPLE, a_case

from store.columns import Privacy
from store.domain.people import Permission, Role
from store.domain.refusal import NotAllowed
from store.guard import SilentWrite, change, question
from store.tables import PatientRow, StaffRow, TrailRow
from store.unit import Reader, Unit

GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "store_permissions.txt"
LEAD = PEOPLE[Role.METABOLIC_LEAD]


DOORS = doors()


def matrix() -> str:
    """Each door with those who may go through it, one a line."""
    lines = [
        f"{name}: {function.permission.value}: "
        + (", ".join(role for role in Role if PEOPLE[role].may(function.permission)) or "nobody")
        for name, function in sorted(DOORS.items())
    ]
    return "\n".join(lines) + "\n"


def test_who_may_do_what_is_as_it_was_agreed() -> None:
    if os.environ.get("WRITE_GOLDEN"):
        GOLDEN.write_text(matrix(), encoding="utf-8")
    assert matrix() == GOLDEN.read_text(encoding="utf-8")


@pytest.mark.parametrize("role", Role)
def test_every_door_lets_through_exactly_whom_the_matrix_names(engine: Engine, role: Role) -> None:
    """A door that opens fails later for want of arguments; one that does not, refuses first."""
    for name, door in DOORS.items():
        with Unit(engine, PEOPLE[role], NOW) as unit:
            absent = [
                "absent" for parameter in list(inspect.signature(door).parameters.values())[1:]
                if parameter.default is inspect.Parameter.empty
            ]  # fmt: skip
            refusal = ""
            try:
                door(unit, *absent)
            except NotAllowed as error:
                refusal = str(error)
            except Exception:  # noqa: BLE001 - it got past the gate, which is all that is asked
                refusal = ""
            unit.session.rollback()
        shut = f"Your role, {role.words}, may not {door.permission.value}."
        assert (refusal == shut) is not PEOPLE[role].may(door.permission), name


def test_the_refusal_names_the_role_and_what_it_may_not_do(engine: Engine) -> None:
    with (
        Reader(engine, PEOPLE[Role.AUDIT_LEAD]) as reader,
        pytest.raises(NotAllowed, match=r"^Your role, Audit lead, may not read cases\.$"),
    ):
        DOORS["store.cases.case"](reader, "c_1")


def test_a_refused_question_is_never_asked(engine: Engine) -> None:
    asked = []

    @question(Permission.READ_CASES)
    def ask(reader: Reader) -> None:
        asked.append(reader)

    with Reader(engine, PEOPLE[Role.ADMIN]) as reader, pytest.raises(NotAllowed):
        ask(reader)
    assert asked == []


def someone(name: str) -> StaffRow:
    return StaffRow(handle=name, name=name, role=Role.RADIOLOGIST.value)


@change(Permission.REVIEW)
def silent(unit: Unit) -> None:
    unit.session.add(someone("silent"))


@change(Permission.REVIEW)
def honest(unit: Unit) -> None:
    unit.session.add(someone("honest"))
    unit.tell("staff.enrolled", "honest")


def kept(engine: Engine, table: type[SQLModel]) -> int:
    with Session(engine) as session:
        return int(session.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_change_that_tells_nobody_is_refused_and_undone(engine: Engine) -> None:
    told_nobody = pytest.raises(SilentWrite, match="silent changed the record and told nobody")
    with told_nobody, Unit(engine, LEAD, NOW) as unit:
        silent(unit)
    assert kept(engine, StaffRow) == 0


def test_a_change_is_not_covered_by_the_line_of_another(engine: Engine) -> None:
    def both() -> None:
        with Unit(engine, LEAD, NOW) as unit:
            honest(unit)
            silent(unit)

    with pytest.raises(SilentWrite):
        both()
    assert (kept(engine, StaffRow), kept(engine, TrailRow)) == (0, 0)


def test_a_unit_keeps_all_or_nothing(engine: Engine) -> None:
    def halfway() -> None:
        with Unit(engine, LEAD, NOW) as unit:
            honest(unit)
            unit.session.flush()
            msg = "the power went"
            raise OSError(msg)

    with pytest.raises(OSError, match="the power went"):
        halfway()
    assert (kept(engine, StaffRow), kept(engine, TrailRow)) == (0, 0)
    with Unit(engine, LEAD, NOW) as unit:
        honest(unit)
    assert (kept(engine, StaffRow), kept(engine, TrailRow)) == (1, 1)


def test_nothing_a_reader_does_is_kept(engine: Engine) -> None:
    with Reader(engine, LEAD) as reader:
        reader.session.add(someone("sly"))
    assert kept(engine, StaffRow) == 0


def test_a_readers_answer_is_one_snapshot(engine: Engine) -> None:
    a_case(engine)
    with Reader(engine, LEAD) as reader:
        query = select(func.count()).select_from(PatientRow)
        before = reader.session.execute(query).scalar_one()
        a_case(engine)
        assert reader.session.execute(query).scalar_one() == before


def test_an_error_of_the_database_shows_no_value(engine: Engine) -> None:
    def twice() -> None:
        with Unit(engine, LEAD, NOW) as unit:
            for _ in range(2):
                unit.session.add(
                    PatientRow(
                        id="p_1",
                        nhs_status="02",
                        site="RX1",
                        hospital_number="H1",
                        surname="CANARYSON",
                        forename="A",
                    )
                )
                unit.session.flush()
                unit.session.expunge_all()

    with pytest.raises(IntegrityError) as error:
        twice()
    assert "CANARYSON" not in str(error.value)


COLUMNS = [
    f"{table.name}.{column.name}"
    for table in SQLModel.metadata.sorted_tables
    for column in table.columns
]


@pytest.mark.parametrize("name", COLUMNS)
def test_every_column_says_what_it_tells_of_a_person(name: str) -> None:
    table, column = name.split(".")
    said = SQLModel.metadata.tables[table].columns[column].info.get("privacy")
    assert isinstance(said, Privacy), f"{name} says nothing"


def test_the_columns_that_identify_are_known_by_name() -> None:
    """A column is moved from this list only on purpose."""
    named = {
        f"{table.name}.{column.name}"
        for table in SQLModel.metadata.sorted_tables
        for column in table.columns
        if column.info["privacy"] is Privacy.IDENTIFIES
    }
    patient = "nhs_number hospital_number surname forename title born sex postcode phone"
    assert named == {
        *(f"patient.{name}" for name in f"{patient} gp_practice died".split()),
        *("scan.study_uid", "scan.accession", "search_key.key"),
        *("series.series_uid", "referral.cells", "referral_line.cells"),
        *(f"ai_result.{name}" for name in ("study_uid", "accession", "about")),
        *(f"report.{name}" for name in ("study_uid", "accession", "text")),
        *(
            f"report.{name}"
            for name in ("nhs_number", "hospital_number", "words", "sex", "gp_practice")
        ),
        *(f"study.{name}" for name in ("study_uid", "accession", "frame_uid")),
        *(f"preview.{name}" for name in ("study_uid", "sop_uid", "series_uid", "about")),
        *("series.study_uid", "patient_event.before", "patient_event.after"),
        *("held.about", "opt_out.nhs_number", "merge.moved", "realm_link.sealed"),
        *("issued.text", "triage_act.source", "triage_act.note", "known_fls.nhs_number"),
    }
