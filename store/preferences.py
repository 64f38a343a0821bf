"""What each person set for themselves: keys, columns, saved views. Nobody else sees or moves it."""

import json
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from store.domain.people import Permission
from store.domain.refusal import NotAllowed
from store.guard import change, question
from store.tables import PreferenceRow
from store.unit import Reader, Unit

LARGEST_BYTES = 16 * 1024


class Preference(StrEnum):
    """What a person may set."""

    KEYMAP = "keymap"
    COLUMNS = "columns"
    VIEWS = "views"


@question(Permission.SIGNED_IN)
def mine(reader: Reader, name: Preference) -> dict[str, Any]:
    """What the person set under *name*; empty before they set anything."""
    row = reader.session.get(PreferenceRow, (reader.person.handle, name.value))
    return dict(row.value) if row else {}


@change(Permission.SIGNED_IN)
def keep(unit: Unit, name: Preference, value: Mapping[str, Any]) -> None:
    """Keep *value* for the person under *name*, in place of what was there.

    Raises:
        NotAllowed: it is longer than `LARGEST_BYTES`.
    """
    if len(json.dumps(value).encode()) > LARGEST_BYTES:
        msg = "This is more than can be kept. Delete a saved view you no longer use."
        raise NotAllowed(msg)
    key = unit.person.handle, name.value
    row = unit.session.get(PreferenceRow, key)
    if row is None:
        row = PreferenceRow(handle=key[0], name=key[1], value={}, at=unit.now)
        unit.session.add(row)
    row.value, row.at = dict(value), unit.now
    unit.tell("preference.kept", unit.person.handle, name=name.value)
