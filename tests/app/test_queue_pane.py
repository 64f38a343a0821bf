"""The queue on the system screen: what is dead is shown, and tried again with words only."""

from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

from app import session
from app.settings import Settings
from app.wiring import open_site
from store.domain.people import INTAKE, Person, Role
from store.tables import JobRow
from store.unit import Unit


def pane() -> None:
    from app.screens import queue_pane

    queue_pane.show()


@pytest.mark.parametrize("role", [Role.ADMIN, Role.CSO])
def test_a_dead_job_is_shown_to_both_and_woken_by_the_administrator_with_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    site = open_site(Settings(data=tmp_path / "data"))
    with Unit(site.engine, INTAKE) as unit:
        dead = {"state": "dead", "tries": 5, "ended_at": unit.now, "reason": "Too much memory."}
        old = {"queued_at": unit.now - timedelta(hours=3), "kind": "prepare", "about": {}}
        unit.session.add(JobRow(id="j_1", key="a", **old, **dead))
        unit.session.add(JobRow(id="j_2", key="b", **old))
    monkeypatch.setattr(session, "person", lambda: Person("s.admin", "Sam", role))
    monkeypatch.setattr(session, "here", lambda: SimpleNamespace(site=site))
    shown = AppTest.from_function(pane, default_timeout=60).run()
    assert "**1** waiting" in shown.markdown[0].value
    assert "**1** dead" in shown.markdown[0].value
    said = " ".join(text.value for text in shown.text)
    assert "the oldest has waited for 3 hours" in said
    assert "given up on" in said
    assert "Too much memory." in said
    if role is Role.ADMIN:
        shown.button[0].click().run()
        assert "Say why" in shown.error[0].value
        shown.text_input[0].input("More memory was put in.")
        shown.button[0].click().run()
        assert "**2** waiting" in shown.markdown[0].value
    else:
        assert not shown.button
    site.engine.dispose()
