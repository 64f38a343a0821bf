"""Holding what arrived for a person: it is kept whole, with the reason, until somebody decides."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlmodel import col

from store.tables import HeldRow
from store.unit import Reader, Unit

OPEN, RELEASED, DISCARDED = "open", "released", "discarded"
SHOWN = "shown"
"""Key of `HeldRow.about` for what the person reads: names and values. The rest is the holder's."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several ways in which something held can be released.

    Attributes:
        key: What `Release.act` is given.
        words: As the person chooses it; it may name a patient.
    """

    key: str
    words: str


@dataclass(frozen=True, slots=True)
class Release:
    """What letting go of one kind of held thing does.

    Attributes:
        does: In words, before it is done; a sentence.
        act: Does it, with the key of the choice and the share of scans that are read without the
            AI's answer; the answer says what was done. It may raise
            `NotAllowed`, and then nothing is released.
        choices: What there is to choose from; without it there is one way only.
    """

    does: str
    act: Callable[[Unit, HeldRow, str, float], str]
    choices: Callable[[Reader, HeldRow], tuple[Choice, ...]] | None = field(default=None)


def hold(
    unit: Unit,
    *,
    kind: str,
    code: str,
    reason: str,
    digest: str,
    source: str = "",
    file: str = "",
    scan_id: str | None = None,
    about: Mapping[str, Any] | None = None,
) -> str:
    """The id under which something is held; the same thing sent again has the one it had.

    What a person discarded is not laid before them anew.

    Args:
        kind: What it is: "AI result", "report", "series" and so on, for the eye.
        code: Why, for programs; `store._releases` says what release does.
        reason: Why, in words: what was found, what is needed. Never names a patient.
        digest: SHA-256 by which the same thing is known again.
        file: Name of the kept bytes in the archive, where they are needed.
        about: What a person needs to decide, under `SHOWN`; and what release needs.
    """
    same = select(HeldRow).where(
        col(HeldRow.digest) == digest, col(HeldRow.code) == code, col(HeldRow.state) != RELEASED
    )
    before: HeldRow | None = unit.session.execute(same).scalars().first()
    if before is not None:
        unit.tell("held.again", before.id, code=code)
        return before.id
    row = HeldRow(
        id=f"h_{uuid4().hex}",
        digest=digest,
        kind=kind,
        code=code,
        reason=reason,
        source=source,
        file=file,
        scan_id=scan_id,
        about=dict(about or {}),
        at=unit.now,
    )
    unit.session.add(row)
    unit.session.flush()
    unit.tell("held.laid", row.id, kind=kind, code=code, source=source)
    return row.id
