"""Who may do what. One matrix; every question and change of the store names a permission."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """The work a person does here."""

    METABOLIC_LEAD = "METABOLIC_LEAD"
    RADIOLOGIST = "RADIOLOGIST"
    REALM_CHAIR = "REALM_CHAIR"
    FLS_COORD = "FLS_COORD"
    AUDIT_LEAD = "AUDIT_LEAD"
    CSO = "CSO"
    ADMIN = "ADMIN"
    SYSTEM = "SYSTEM"

    @property
    def words(self) -> str:
        """The role as people say it."""
        return _WORDS[self]


_WORDS = {
    Role.METABOLIC_LEAD: "Metabolic bone lead",
    Role.RADIOLOGIST: "Radiologist",
    Role.REALM_CHAIR: "REALM chair",
    Role.FLS_COORD: "FLS coordinator",
    Role.AUDIT_LEAD: "Audit lead",
    Role.CSO: "Clinical safety officer",
    Role.ADMIN: "System administrator",
    Role.SYSTEM: "Intake service",
}


class Permission(StrEnum):
    """What a question or a change asks for."""

    READ_CASES = "read cases"
    FIND_PATIENTS = "find patients by name or number"
    REVIEW = "review findings"
    ISSUE = "issue texts and letters"
    READ_REFERRALS = "read referrals"
    REFER = "refer patients"
    RESOLVE = "decide on what is held"
    OPT_OUTS = "keep the register of opt-outs"
    READ_RATES = "read rates"
    VALIDATE = "accept a new version of an AI product"
    READ_TRAIL = "read the trail"
    READ_SYSTEM = "read the state of the system"
    RECEIVE = "receive scans and results"
    SEND = "send assessments to the PACS"
    READ_REGISTER = "read the register of discrepancies"
    NOMINATE = "nominate cases for REALM"
    TAKE_PART = "take part in REALM"
    CHAIR = "chair the REALM"
    OPEN_IDENTITIES = "open the identity behind a REALM case"
    ERASE_IDENTITIES = "erase identities whose time is over"
    TEND = "tend the queue of background work"
    SIGN_IN = "sign people in"
    SIGNED_IN = "use the workstation"


_CLINICAL = frozenset({Permission.READ_CASES, Permission.READ_RATES})
_FINDS = frozenset({Permission.FIND_PATIENTS})
_LEARNS = frozenset({Permission.READ_REGISTER, Permission.NOMINATE, Permission.TAKE_PART})
_ISSUES = frozenset({Permission.ISSUE})
MATRIX: dict[Role, frozenset[Permission]] = {
    Role.METABOLIC_LEAD: _CLINICAL
    | _FINDS
    | _LEARNS
    | _ISSUES
    | {Permission.REVIEW, Permission.READ_REFERRALS, Permission.RESOLVE, Permission.OPT_OUTS},
    Role.RADIOLOGIST: _CLINICAL | _FINDS | _LEARNS | _ISSUES | {Permission.REVIEW},
    Role.REALM_CHAIR: _CLINICAL | _LEARNS | {Permission.CHAIR, Permission.OPEN_IDENTITIES},
    Role.FLS_COORD: _CLINICAL
    | _FINDS
    | _ISSUES
    | {Permission.READ_REFERRALS, Permission.REFER, Permission.RESOLVE, Permission.OPT_OUTS},
    Role.AUDIT_LEAD: frozenset(
        {Permission.READ_RATES, Permission.READ_TRAIL, Permission.VALIDATE},
    ),
    Role.CSO: frozenset(
        {
            Permission.READ_RATES,
            Permission.READ_TRAIL,
            Permission.READ_SYSTEM,
            Permission.VALIDATE,
        },
    ),
    Role.ADMIN: frozenset({Permission.READ_SYSTEM, Permission.READ_TRAIL, Permission.TEND}),
    Role.SYSTEM: frozenset(
        {
            Permission.RECEIVE,
            Permission.SEND,
            Permission.OPT_OUTS,
            Permission.READ_SYSTEM,
            Permission.READ_TRAIL,
            Permission.SIGN_IN,
            Permission.ERASE_IDENTITIES,
        }
    ),
}
"""Each person's role also carries `SIGNED_IN`; the intake service is no person."""


@dataclass(frozen=True, slots=True)
class Person:
    """Someone, or the intake service, acting in one role.

    Attributes:
        handle: Stable, unique name for the record, such as ``a.lead``.
        name: As shown to colleagues.
    """

    handle: str
    name: str
    role: Role

    def may(self, permission: Permission) -> bool:
        """Whether the role carries *permission*."""
        if permission is Permission.SIGNED_IN:
            return self.role is not Role.SYSTEM
        return permission in MATRIX[self.role]


INTAKE = Person("intake", "Intake service", Role.SYSTEM)
"""Whoever receives scans and results when no person does."""
