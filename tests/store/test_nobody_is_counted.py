"""No query can count by person: by the tables, by the modules, and by what is told."""

import ast
import json
from collections.abc import Iterator
from datetime import timedelta
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from asking import QUESTIONS, doors, flat
from realm_room import (
    CHAIR,
    DAY,
    EXCERPT,
    SEAL,
    SECOND,
    agenda,
    ask,
    decided,
    do,
    enrol,
    released,
    sampled,
    shown,
)
from sqlalchemy import Engine, text
from sqlmodel import SQLModel
from store_builders import INTAKE, NOW, PEOPLE, RADIOLOGIST

import store
from store import attendance, identities, meetings, votes
from store.columns import Privacy
from store.domain.meeting import MeetingStage
from store.domain.people import Permission, Role
from store.domain.refusal import NotAllowed
from store.domain.vote import Seen, Vote, WouldReport
from store.sealed import Seal

TABLES = SQLModel.metadata.tables
CASES = {name for name in TABLES if name.startswith("realm_")} - {
    "realm_nomination",
    "realm_taken",
    "realm_attendance",
}
MODULES = sorted(Path(store.__file__).parent.glob("*.py"))
KEPT_DAYS = 90


def joined_to(name: str) -> set[str]:
    """Every table that foreign keys lead to from *name*, followed either way."""
    pairs = [(t.name, k.column.table.name) for t in TABLES.values() for k in t.foreign_keys]
    reached, more = set[str](), {name}
    while more:
        reached |= more
        near = chain.from_iterable(((b, a), (a, b)) for a, b in pairs)
        more = {other for one, other in near if one in more} - reached
    return reached


def test_no_foreign_key_leads_from_a_nameless_case_to_the_record_or_to_a_person() -> None:
    assert joined_to("realm_case") == CASES
    assert joined_to("realm_attendance") == {"realm_attendance"}


def test_no_column_of_a_nameless_case_names_a_reporter_a_patient_or_a_harm() -> None:
    columns = [column for name in CASES for column in TABLES[name].columns]
    staff = {f"{c.table.name}.{c.name}" for c in columns if c.info["privacy"] is Privacy.STAFF}
    # Who checked a redaction, and digests of voters until the reveal; nobody who reported.
    assert staff == {
        "realm_case.redaction_checked_by",
        "realm_picture.checked_by",
        "realm_vote.voter",
    }
    who = {f"{c.table.name}.{c.name}" for c in columns if c.info["privacy"] is Privacy.IDENTIFIES}
    assert who == {"realm_link.sealed"}
    forbidden = ("harm", "severity", "score", "reporter", "accession", "born", "scanned", "gmc")
    named = [c.name for c in columns]
    assert not [name for name in named if any(word in name for word in forbidden)]


def used(path: Path) -> set[str]:
    return {n.id for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.Name)}


def test_no_module_can_join_who_attended_to_a_case() -> None:
    users = [path for path in MODULES if "AttendanceRow" in used(path)]
    assert {path.name for path in users} == {"attendance.py"}
    there = used(Path(attendance.__file__))
    rows = {name for name in there if name.endswith("Row")}
    assert rows == {"AttendanceRow", "MeetingRow", "StaffRow"}


PEOPLE_COLUMNS = ("report_by", "decided_by", "reader", "handle", "actor", "voter", "checked_by")


def test_no_module_of_realm_asks_who_did_something() -> None:
    """Neither a column that names a person nor a grouping, but for one's own attendance."""
    named = ("realm", "meetings", "votes", "identities", "discrepancies", "_register", "_whose")
    mine = [p for p in MODULES if p.stem in named or p.stem.startswith("_realm_")]
    assert len(mine) == len(named) + 3
    for path in mine:
        if path.stem == "_realm_tables":
            continue
        tree = ast.parse(path.read_text())
        asked = {
            node.args[0].attr
            for node in ast.walk(tree)
            if isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id == "col"
            and isinstance(node.args[0], ast.Attribute)
        }
        assert not asked & (set(PEOPLE_COLUMNS) - {"voter"}), path.name
        if "voter" in asked:
            assert path.stem == "votes", "one's own vote alone"
        assert "group_by" not in path.read_text(), path.name


def rows(engine: Engine) -> Iterator[tuple[str, str]]:
    """Every row of every table as text, with its table."""
    with engine.connect() as connection:
        for name in TABLES:
            for row in connection.execute(text(f'SELECT * FROM "{name}"')):
                yield name, " ".join(map(str, row))


def test_no_row_of_any_table_names_a_case_number_and_a_case_of_the_record(engine: Engine) -> None:
    found = [decided(engine) for _ in range(3)]
    meeting = sampled(engine)
    numbers = [case.case_no for case in agenda(engine, meeting)]
    do(engine, identities.open_up, numbers[0], "To redact it.")
    do(engine, identities.name_reporter, numbers[0], "Dr Canary", SEAL)
    shown(engine, numbers[0])
    do(engine, votes.cast, numbers[0], Vote(Seen.NO, WouldReport.NO), by=RADIOLOGIST)
    do(engine, meetings.remove, numbers[1], "Away.", SEAL)
    do(engine, meetings.put_back, numbers[1], SEAL)
    held = list(rows(engine))
    assert any(numbers[0] in row for _, row in held)
    for table, row in held:
        assert not (any(n in row for n in numbers) and any(c in row for c in found)), table
        assert "Canary" not in row, table
        if table in CASES:
            assert not any(person.handle in row for person in (RADIOLOGIST, SECOND)), table


def test_no_question_gives_a_person_beside_a_case_to_anybody(lone: Engine) -> None:
    enrol(lone)
    decided(lone)
    meeting = sampled(lone)
    (case,) = agenda(lone, meeting)
    shown(lone, case.case_no)
    do(lone, votes.cast, case.case_no, Vote(Seen.NO, WouldReport.NO), by=RADIOLOGIST)
    do(lone, attendance.record, DAY, RADIOLOGIST.handle, present=True, brought=1)
    given: dict[str, Any] = {"meeting_id": meeting, "case_no": case.case_no, "day": DAY}
    asked = 0
    for name, question in QUESTIONS.items():
        if name.split(".")[1] not in ("realm", "meetings", "votes", "identities"):
            continue
        if question.permission in (Permission.OPEN_IDENTITIES, Permission.ERASE_IDENTITIES):
            continue
        wanted = [n for n in question.__wrapped__.__code__.co_varnames if n in given][:1]
        answer = flat(ask(lone, question, *(given[n] for n in wanted), by=CHAIR))
        assert RADIOLOGIST.handle not in answer, name
        assert RADIOLOGIST.name not in answer, name
        asked += 1
    assert asked >= 7


def test_nobody_but_the_chair_opens_an_identity(lone: Engine) -> None:
    decided(lone)
    (case,) = agenda(lone, sampled(lone))
    do(lone, identities.open_up, case.case_no, "To redact it.")
    shut = {
        name: door
        for name, door in doors().items()
        if door.permission is Permission.OPEN_IDENTITIES
    }
    assert set(shut) == {f"store.identities.{n}" for n in ("open_up", "identity", "name_reporter")}
    for role in set(Role) - {Role.REALM_CHAIR}:
        for door in shut.values():
            with pytest.raises(NotAllowed, match="may not open the identity"):
                do(lone, door, case.case_no, by=PEOPLE[role])


def test_the_chair_opens_an_identity_with_a_reason_for_half_an_hour(lone: Engine) -> None:
    case = decided(lone, said="Cough. No bony abnormality. Dr A Reporter", surname="CANARYSON")
    (record,) = agenda(lone, sampled(lone))
    with pytest.raises(NotAllowed, match="Open the identity first"):
        ask(lone, identities.identity, record.case_no, SEAL)
    with pytest.raises(NotAllowed, match="what you need the identity for"):
        do(lone, identities.open_up, record.case_no, " ")
    do(lone, identities.open_up, record.case_no, "To redact it.", now=NOW)
    whose = ask(lone, identities.identity, record.case_no, SEAL, now=NOW)
    assert (whose.case, whose.surname) == (case, "CANARYSON")
    assert whose.report.endswith("Dr A Reporter")
    do(lone, identities.name_reporter, record.case_no, "Dr A Reporter", SEAL, now=NOW)
    assert ask(lone, identities.identity, record.case_no, SEAL, now=NOW).reporter == (
        "Dr A Reporter"
    )
    later = NOW + timedelta(minutes=31)
    with pytest.raises(NotAllowed, match="closes again after half an hour"):
        ask(lone, identities.identity, record.case_no, SEAL, now=later)
    with pytest.raises(NotAllowed, match="not the one that sealed this"):
        ask(lone, identities.identity, record.case_no, Seal(Seal.new_key()), now=NOW)


def test_the_link_is_erased_when_its_days_are_over_and_the_trail_says_so(engine: Engine) -> None:
    case = decided(engine)
    meeting = sampled(engine)
    (record,) = agenda(engine, meeting)
    released(engine, record.case_no)
    with engine.connect() as connection:
        sealed = connection.execute(text("SELECT sealed FROM realm_link")).scalar_one()
    last = NOW.replace(year=2027, month=2, day=28)
    assert (last.date() - DAY).days == KEPT_DAYS - 1
    assert ask(engine, identities.due, KEPT_DAYS, by=INTAKE, now=last) == 0
    over = last + timedelta(days=1)
    assert ask(engine, identities.due, KEPT_DAYS, by=INTAKE, now=over) == 1
    assert do(engine, identities.erase, KEPT_DAYS, by=INTAKE, now=over) == 1
    assert do(engine, identities.erase, KEPT_DAYS, by=INTAKE, now=over) == 0
    held = list(rows(engine))
    assert not [table for table, row in held if sealed in row]
    (line,) = [row for table, row in held if table == "trail" and "identities_erased" in row]
    assert meeting in line
    assert record.case_no in line
    assert case not in line
    for refused, word in ((identities.open_up, "Why."), (identities.told, NOW.date())):
        with pytest.raises(NotAllowed, match="was erased"):
            do(engine, refused, record.case_no, word)
    # The case itself stays, and so does what was learnt from it.
    assert agenda(engine, meeting)[0].excerpt == EXCERPT


def test_nothing_erased_stays_in_the_file_of_the_database(lone: Engine) -> None:
    decided(lone)
    agenda(lone, sampled(lone))
    with lone.connect() as connection:
        sealed = connection.execute(text("SELECT sealed FROM realm_link")).scalar_one()
    assert lone.url.database
    files = [Path(lone.url.database), Path(f"{lone.url.database}-wal")]

    def there() -> bool:
        with lone.connect() as connection:
            connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        return any(sealed.encode() in path.read_bytes() for path in files if path.exists())

    assert there()
    do(lone, identities.erase, KEPT_DAYS, by=INTAKE, now=NOW + timedelta(days=200))
    assert not there()


def test_attendance_is_told_to_each_of_themselves_and_to_the_chair_as_counts(
    engine: Engine,
) -> None:
    enrol(engine)
    meeting = sampled(engine)
    do(engine, attendance.record, DAY, RADIOLOGIST.handle, present=True, brought=2)
    do(engine, attendance.record, DAY, SECOND.handle, present=True)
    do(engine, attendance.record, DAY, SECOND.handle, present=False)
    after = NOW.replace(month=12, day=2)
    assert ask(engine, attendance.mine, by=RADIOLOGIST, now=after).meetings == 0
    do(engine, meetings.step, meeting, MeetingStage.HELD)
    mine = ask(engine, attendance.mine, by=RADIOLOGIST, now=after)
    assert (mine.attended, mine.contributed, mine.meetings) == (1, 2, 1)
    assert "1 of 1 meetings" in mine.words
    assert ask(engine, attendance.mine, by=SECOND, now=after).attended == 0
    (counted,) = ask(engine, attendance.held, now=after)
    assert (counted.day, counted.present, counted.brought) == (DAY, 1, 2)
    present = [seat.handle for seat in ask(engine, attendance.roll, DAY) if seat.present]
    assert present == [RADIOLOGIST.handle]
    with pytest.raises(NotAllowed, match="Nobody of that name"):
        do(engine, attendance.record, DAY, "f.coord", present=True)


def test_the_numbers_of_a_sample_are_all_that_the_trail_tells_of_it(lone: Engine) -> None:
    decided(lone)
    meeting = sampled(lone)
    (line,) = [row for table, row in rows(lone) if table == "trail" and "realm.sampled" in row]
    told = json.loads(line[line.index("{") : line.rindex("}") + 1])
    assert told["numbers"]["eligible"] == 1
    assert meeting in line
    assert agenda(lone, meeting)[0].case_no not in line
