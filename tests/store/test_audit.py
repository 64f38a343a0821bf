import json
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select
from store_builders import (
    ADMIN,
    AUDITOR,
    COORDINATOR,
    LEAD,
    NOW,
    a_case,
    a_flag,
    a_header,
    a_patient,
    a_report,
    a_result,
    arrive,
    close,
    judge,
    measured,
    ready,
    report,
    say,
    step,
    triaged,
)

from store import audit, cases, referrals, trail, worklist
from store.domain.finding import Deed
from store.domain.genant import Grade
from store.domain.people import INTAKE
from store.domain.referral import Exclusion, Policy
from store.domain.spine import Level
from store.domain.triage import Step
from store.engine import WRITES
from store.tables import TrailRow
from store.unit import Reader, Unit

GUARDED = ("trail", "decision", "receipt", "remeasurement", "referral_line")


def raw(engine: Engine, *statements: str) -> None:
    """Run *statements* as someone who reached the database past the product."""
    with engine.execution_options(**{WRITES: True}).begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def unguarded(engine: Engine, *statements: str) -> None:
    """Drop every trigger first, as an intruder with all rights would."""
    if engine.dialect.name == "sqlite":
        names = [f"{t}_keeps_{deed}" for t in GUARDED for deed in ("update", "delete")]
        drops = [f"DROP TRIGGER {name}" for name in (*names, "trail_continues")]
    else:
        drops = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in GUARDED]
    raw(engine, *drops, *statements)


@pytest.fixture
def told(engine: Engine) -> Engine:
    """A record with a trail of several lines, decisions among them."""
    case = a_case(engine)
    step(engine, case, Deed.UNSURE)
    step(engine, case, Deed.CONFIRM)
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0)
    with Unit(engine, LEAD, NOW) as unit:
        cases.opened(unit, case)
    return engine


def lines(engine: Engine) -> list[TrailRow]:
    with Session(engine) as session:
        return list(session.exec(select(TrailRow).order_by(TrailRow.seq)))


def faults(engine: Engine) -> str:
    return " ".join(audit.verify(engine).faults)


def test_an_untouched_trail_verifies(told: Engine) -> None:
    verdict = audit.verify(told)
    assert verdict.faults == ()
    assert verdict.lines == len(lines(told)) > 4
    last = lines(told)[-1]
    assert verdict.head == audit.Anchor(last.seq, last.hash)
    with Reader(told, AUDITOR) as reader:
        assert trail.head(reader) == verdict.head


def test_an_empty_trail_verifies(engine: Engine) -> None:
    assert audit.verify(engine) == audit.Verdict(0, audit.Anchor(0, audit.GENESIS), ())


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "'someone'"),
        ("at", "'2020-01-01T00:00:00.000000+00:00'"),
        ("role", "'ADMIN'"),
        ("action", "'case.opened'"),
        ("entity", "'c_other'"),
        ("outcome", "'refused'"),
        ("detail", "'{}'"),
        ("detail", "'no longer JSON'"),
        ("detail", "'[1]'"),
    ],
)
def test_a_changed_line_is_found(told: Engine, column: str, value: str) -> None:
    seq = next(line.seq for line in lines(told) if line.action == "case.decided")
    unguarded(told, f"UPDATE trail SET {column} = {value} WHERE seq = {seq}")
    assert f"Line {seq} was changed after it was written." in faults(told)


def test_a_line_removed_from_the_middle_is_found(told: Engine) -> None:
    unguarded(told, "DELETE FROM trail WHERE seq = 2")
    assert "Between lines 1 and 3 lines are missing" in faults(told)


def test_a_line_removed_and_the_rest_numbered_anew_is_found(told: Engine) -> None:
    moved = [f"UPDATE trail SET seq = {n} WHERE seq = {n + 1}" for n in range(2, len(lines(told)))]
    unguarded(told, "DELETE FROM trail WHERE seq = 2", *moved)
    assert "Line 2 does not continue line 1" in faults(told)


def test_a_tail_cut_below_a_decision_is_found(told: Engine) -> None:
    seq = max(line.seq for line in lines(told) if line.action == "case.decided")
    unguarded(told, f"DELETE FROM trail WHERE seq >= {seq}")
    assert "1 decisions have no line" in faults(told)


def test_a_cut_tail_is_found_by_an_anchor_noted_outside(told: Engine) -> None:
    anchor = audit.verify(told).head
    assert audit.verify(told, (anchor,)).faults == ()
    unguarded(told, f"DELETE FROM trail WHERE seq = {anchor.seq}")
    assert audit.verify(told).faults == (), "the chain alone cannot know"
    found = audit.verify(told, (anchor,)).faults
    assert found == (f"Line {anchor.seq} is not the one that was anchored: cut or rebuilt.",)


def test_a_cut_tail_is_found_by_the_anchor_of_an_exported_batch(told: Engine) -> None:
    with Unit(told, COORDINATOR, NOW) as unit:
        batch = referrals.export(unit, str(uuid4()), Policy())
    with Reader(told, COORDINATOR) as reader:
        seq = referrals.batch(reader, batch).trail_seq
    assert audit.verify(told).faults == ()
    unguarded(told, f"DELETE FROM trail WHERE seq = {seq}")
    assert f"Line {seq} is not the one that was anchored" in faults(told)


def test_an_inserted_line_is_found(told: Engine) -> None:
    middle = lines(told)[2]
    shifted = [
        f"UPDATE trail SET seq = {n + 1} WHERE seq = {n}" for n in range(len(lines(told)), 2, -1)
    ]
    unguarded(
        told,
        *shifted,
        "INSERT INTO trail (seq, at, actor, role, action, entity, outcome, detail, prev_hash, hash)"
        f" VALUES (3, '{middle.at}', 'x', 'ADMIN', 'a', 'e', 'ok', '{{}}', 'p', 'h')",
    )
    assert "Line 3 does not continue line 2" in faults(told)
    assert "Line 3 was changed" in faults(told)


def test_a_decision_that_was_removed_is_missed(told: Engine) -> None:
    unguarded(told, "DELETE FROM decision WHERE version = 1")
    assert "1 lines tell of decisions that are gone" in faults(told)


@pytest.mark.parametrize(
    "statement",
    ["DELETE FROM remeasurement", "UPDATE remeasurement SET anterior_mm = anterior_mm - 5"],
)
def test_a_measurement_that_was_removed_or_changed_is_found(told: Engine, statement: str) -> None:
    unguarded(told, statement)
    assert faults(told) == "1 measurements are not what the trail tells of them."


def test_a_decision_that_was_slipped_in_has_no_line(told: Engine) -> None:
    copied = "case_id, 99, finding_id, deed, before, after, undoes, actor, actor_name, role, at"
    unguarded(
        told,
        "INSERT INTO decision (act, case_id, version, finding_id, deed, before, after, undoes,"
        f" actor, actor_name, role, at) SELECT 'slipped', {copied} FROM decision WHERE version = 1",
    )
    assert "1 decisions have no line" in faults(told)


@pytest.fixture
def kept(engine: Engine) -> Engine:
    """A record with a row in every table that is kept for good."""
    case = a_case(engine)
    step(engine, case, Deed.CONFIRM)
    measured(engine, case, Level.L1, 24.0, 24.0, 25.0)
    judge(engine, case)
    close(engine, case)
    with Unit(engine, COORDINATOR, NOW) as unit:
        referrals.export(unit, "one", Policy())
    return engine


REFUSED = [
    *(f"UPDATE {table} SET {column} = {column}" for table, column in
      (("trail", "actor"), ("decision", "actor"), ("receipt", "fate"), ("remeasurement", "level"))),
    *(f"DELETE FROM {table}" for table in GUARDED),
]  # fmt: skip


@pytest.mark.parametrize("statement", REFUSED)
def test_the_database_itself_refuses_to_change_or_remove(kept: Engine, statement: str) -> None:
    with pytest.raises(DBAPIError, match="append-only"):
        raw(kept, statement)


@pytest.mark.parametrize("table", GUARDED)
def test_the_database_refuses_to_replace_or_truncate(kept: Engine, table: str) -> None:
    statement = (
        f"INSERT OR REPLACE INTO {table} SELECT * FROM {table}"
        if kept.dialect.name == "sqlite"
        else f"TRUNCATE {table} CASCADE"
    )
    with pytest.raises(DBAPIError, match=r"append-only|does not continue"):
        raw(kept, statement)


@pytest.mark.parametrize(("seq", "prev"), [(99, "head"), (0, "head"), (1, "other")])
def test_the_database_refuses_a_line_that_does_not_continue(
    told: Engine, seq: int, prev: str
) -> None:
    head = lines(told)[-1]
    number = head.seq + 1 if seq == 1 else seq
    before = head.hash if prev == "head" else "f" * 64
    with pytest.raises(DBAPIError, match="does not continue the trail"):
        raw(
            told,
            "INSERT INTO trail (seq, at, actor, role, action, entity, outcome, detail, prev_hash,"
            f" hash) VALUES ({number}, '', '', '', '', '', '', '', '{before}', 'h')",
        )


def test_missing_guards_are_named(engine: Engine) -> None:
    assert audit.missing_guards(engine) == ()
    if engine.dialect.name == "sqlite":
        raw(engine, "DROP TRIGGER decision_keeps_delete", "DROP TRIGGER trail_continues")
        assert audit.missing_guards(engine) == ("decision_keeps_delete", "trail_continues")
    else:
        raw(
            engine,
            "DROP TRIGGER decision_keeps ON decision",
            "ALTER TABLE trail DISABLE TRIGGER trail_continues",
        )
        assert audit.missing_guards(engine) == ("decision_keeps", "trail_continues")


def test_the_trail_is_read_newest_first_a_page_at_a_time(engine: Engine) -> None:
    with Unit(engine, LEAD, NOW) as unit:
        for number in range(trail.PAGE + 20):
            cases.opened(unit, f"c_{number}")
    with Reader(engine, ADMIN) as reader:
        first = trail.page(reader)
        rest = trail.page(reader, before=first[-1].seq)
        assert [line.seq for line in (*first, *rest)] == list(range(trail.PAGE + 20, 0, -1))
        assert first[0].at == NOW
        only = trail.page(reader, actor=LEAD.handle, action="case.opened", entity="c_7")
        assert [line.entity for line in only] == ["c_7"]
        assert trail.names(reader) == ((LEAD.handle,), ("case.opened",))


def test_a_refused_deed_leaves_a_line_that_says_why(engine: Engine) -> None:
    with Unit(engine, LEAD, NOW) as unit:
        trail.refused(unit, "case.decided", "c_1", "Someone was quicker.")
    assert [(line.action, line.outcome) for line in lines(engine)] == [
        ("case.decided", "Someone was quicker.")
    ]


CANARY = "CANARYSON"
SECRETS = (CANARY, "9990009993", "CANARYH", "CANARYA", "1.2.826.99", "CANARYTEXT")


def test_no_line_of_the_trail_names_a_patient(engine: Engine) -> None:
    patient = a_patient(surname=CANARY, forename=CANARY, hospital_number="CANARYH01")
    number = patient.nhs_number
    assert number is not None
    header = a_header(
        patient=patient,
        study_uid="1.2.826.99.1",
        series_uid="1.2.826.99.2",
        accession="CANARYA1",
        indication=f"{CANARY} fell",
        requester=CANARY,
    )
    say(engine, a_result(header, a_flag(), accession="CANARYA1"))
    report(engine, a_report(header, f"{CANARY}: CANARYTEXT", accession="CANARYA1"))
    arrive(engine, header)
    arrive(engine, header)
    stranger = a_patient(hospital_number="CANARYH01", surname=CANARY)
    arrive(engine, a_header(patient=stranger, series_uid="1.2.826.99.3"))
    case = a_case(engine, a_flag(Level.T9), header=a_header(patient=a_patient(surname=CANARY)))
    with Reader(engine, LEAD) as reader:
        first = worklist.page(reader, worklist.Filters(state=None, level=Level.L1)).lines[0].key.id
    for worked in (case, first):
        step(engine, worked, Deed.REJECT, code="OTHER_NOT_FRACTURE", text="CANARYTEXT")
        step(engine, worked, Deed.UNDO, None)
        step(engine, worked, Deed.CONFIRM, grade=Grade.MILD, text="CANARYTEXT")
        step(engine, worked, Deed.ADD, None, level=Level.T5, grade=Grade.MILD, text="CANARYTEXT")
        measured(engine, worked, Level.L1, 23.0, 24.0, 25.0)
        judge(engine, worked)
        close(engine, worked, text="CANARYTEXT")
    noted = {"note": "CANARYTEXT", "source": "CANARYTEXT"}
    triaged(engine, case, Step.EXCLUDE, code=Exclusion.LOCAL, **noted)
    with Unit(engine, COORDINATOR, NOW + timedelta(days=1)) as unit:
        batch = referrals.export(unit, str(uuid4()), Policy())
        referrals.rendered(unit, batch, "ab" * 32)
        referrals.downloaded(unit, batch)
    with Reader(engine, COORDINATOR) as reader:
        assert len(referrals.batch(reader, batch).referrals) == 1
    said = "\n".join(json.dumps(line.model_dump()) for line in lines(engine))
    found = [secret for secret in (*SECRETS, number.digits) if secret in said]
    assert not found
    assert len({line.action for line in lines(engine)}) > 8, "the whole way was walked"
    assert audit.verify(engine).faults == ()


def test_intake_and_people_are_named_by_handle(engine: Engine) -> None:
    ready(engine)
    assert {line.actor for line in lines(engine)} == {INTAKE.handle, LEAD.handle}
