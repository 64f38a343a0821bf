from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import realm_desk
from app.cli import main
from app.settings import Settings
from app.wiring import open_site

NOW = datetime(2026, 11, 22, 23, 59, tzinfo=UTC)


def test_the_key_of_the_links_is_made_once_and_read_by_the_service_alone(tmp_path: Path) -> None:
    site = open_site(Settings(tmp_path))
    sealed = realm_desk.seal(site).shut({"case": "c_1"})
    assert realm_desk.seal(site).opened(sealed) == {"case": "c_1"}
    assert "c_1" not in sealed
    assert (tmp_path / "realm.key").stat().st_mode & 0o777 == 0o600
    site.engine.dispose()


def test_a_worker_looks_for_links_to_erase_once_a_day_and_works_on_if_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site, asked = open_site(Settings(tmp_path)), []

    def broken(_site: object) -> int:
        asked.append(True)
        msg = "the database is away"
        raise OSError(msg)

    monkeypatch.setattr(realm_desk, "erase", broken)
    daily = realm_desk.Daily(site)
    assert [daily(NOW), daily(NOW), daily(NOW + timedelta(minutes=2))] == [0, 0, 0]
    assert len(asked) == 2
    site.engine.dispose()


def test_the_command_says_how_many_links_it_erased(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--data", str(tmp_path), "realm", "erase"]) == 0
    assert capsys.readouterr().out == "0 links between REALM cases and scans were erased.\n"
