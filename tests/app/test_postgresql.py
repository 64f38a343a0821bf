"""The same product on PostgreSQL, by one setting."""

from pathlib import Path

import httpx
import pytest
from postgres import Postgres
from running import Server, received, run


@pytest.mark.postgresql
def test_one_setting_puts_the_record_into_postgresql(
    postgres: Postgres, tmp_path: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VCF_DATABASE", postgres.database())
    data = tmp_path / "data"
    assert run(data, "staff", "add", "a.lead", "Anna Lead", "METABOLIC_LEAD").returncode == 0
    outcomes = [one["outcome"] for one in received(data, delivery)]
    assert set(outcomes) == {"accepted"}
    assert not (data / "record.db").exists()
    server = Server(data).start()
    try:
        form = {"handle": "a.lead", "next": "/"}
        headers = {"Origin": server.address}
        answer = httpx.post(f"{server.address}/sign-in", data=form, headers=headers)
        assert answer.status_code == 303
        assert answer.headers["location"] == "/"
    finally:
        server.stop()
    assert "continues the one before" in run(data, "trail", "verify").stdout
