"""The system screen tells whoever keeps the system running what somebody must still answer for."""

from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

import app
from app import session
from app.settings import Settings
from app.wiring import open_site
from store.domain.people import INTAKE, Person, Role
from store.tables import VersionRow
from store.unit import Unit

SCREEN = Path(app.__file__).parent / "screens" / "system.py"


def test_a_new_version_of_the_ai_is_told_until_somebody_answers_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = open_site(Settings(data=tmp_path / "data"))
    with Unit(site.engine, INTAKE) as unit:
        for version, renews in (("1.0", False), ("1.1", True)):
            row = VersionRow(product="Seer", version=version, first_at=unit.now, renews=renews)
            unit.session.add(row)
        unit.tell("test", "versions")
    monkeypatch.setattr(session, "person", lambda: Person("s.admin", "Sam", Role.ADMIN))
    monkeypatch.setattr(session, "here", lambda: SimpleNamespace(site=site))
    screen = AppTest.from_file(str(SCREEN), default_timeout=60)
    (notice,) = screen.run().warning
    assert notice.value.startswith("Seer 1.1 is new since ")
    with Unit(site.engine, INTAKE) as unit:
        unit.session.get_one(VersionRow, ("Seer", "1.1")).accepted_at = unit.now
        unit.tell("test", "versions")
    assert not screen.run().warning
    site.engine.dispose()
