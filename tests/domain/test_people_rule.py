from pathlib import Path

import pytest

from store.domain.people import INTAKE, MATRIX, Permission, Person, Role

GOLDEN = Path(__file__).parents[1] / "golden" / "matrix.txt"


def drawn() -> str:
    """Who may do what, a line a role."""
    lines = []
    for role in Role:
        person = Person("a.person", "A Person", role)
        lines += [f"{role.words} ({role.value})"]
        lines += [f"  {permission.value}" for permission in Permission if person.may(permission)]
    return "\n".join(lines) + "\n"


def test_who_may_do_what_is_as_it_was_agreed() -> None:
    assert drawn() == GOLDEN.read_text(encoding="utf-8")


def test_every_role_has_its_line_and_its_words() -> None:
    assert set(MATRIX) == set(Role)
    assert all(role.words for role in Role)


def test_every_permission_belongs_to_someone() -> None:
    held = frozenset().union(*MATRIX.values()) | {Permission.SIGNED_IN}
    assert held == set(Permission)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.AUDIT_LEAD, Role.CSO, Role.SYSTEM])
def test_whoever_does_not_treat_patients_reads_no_cases_or_referrals(role: Role) -> None:
    clinical = {Permission.READ_CASES, Permission.REVIEW, Permission.READ_REFERRALS}
    assert not (clinical | {Permission.REFER}) & MATRIX[role]


def test_the_coordinator_refers_and_changes_no_finding() -> None:
    coordinator = Person("f", "F", Role.FLS_COORD)
    assert coordinator.may(Permission.REFER)
    assert not coordinator.may(Permission.REVIEW)


def test_only_the_intake_service_receives_and_it_is_no_person() -> None:
    assert [role for role in Role if Permission.RECEIVE in MATRIX[role]] == [Role.SYSTEM]
    assert not INTAKE.may(Permission.SIGNED_IN)


def test_the_chair_alone_sees_whose_a_case_is_and_the_service_alone_erases_it() -> None:
    def holders(permission: Permission) -> list[Role]:
        return [role for role in Role if permission in MATRIX[role]]

    assert holders(Permission.OPEN_IDENTITIES) == [Role.REALM_CHAIR]
    assert holders(Permission.CHAIR) == [Role.REALM_CHAIR]
    assert holders(Permission.ERASE_IDENTITIES) == [Role.SYSTEM]
