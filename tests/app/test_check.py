"""`vcf-review check` over a real listener, a real worker and a real record."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from running import COMMAND
from sending import PEER, Receiving, listener, rows, spooled, until


@pytest.fixture(scope="module")
def one(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiving]:
    data = tmp_path_factory.mktemp("checked") / "data"
    _, text = listener(data)
    with Receiving(data, "listen", text).start("listening on port") as running:
        yield running


def check(one: Receiving, *more: str) -> tuple[int, dict[str, dict[str, str]]]:
    asked = [*COMMAND, "check", "--json", *more]
    done = subprocess.run(
        asked, env={**os.environ, **one.environment}, capture_output=True, text=True, check=False
    )
    assert not done.stderr, done.stderr
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return done.returncode, {line["name"]: line for line in lines}


def test_a_test_study_that_nobody_makes_a_picture_of_is_an_alarm_that_says_what_to_do(
    one: Receiving,
) -> None:
    code, said = check(one, "--through", "ct", "--patience", "8")
    assert code == 11
    assert said["Test study"]["state"] == "ALARM"
    assert "nobody made its picture" in said["Test study"]["words"]
    assert "vcf-review work" in said["Test study"]["words"]


def test_a_test_study_goes_through_the_whole_chain_and_leaves_nothing_but_receipts(
    one: Receiving,
) -> None:
    worker = Receiving(one.data, "work", one.file.read_text())
    with worker.start():
        code, said = check(one, "--through", "ct", "--patience", "60")
        until(lambda: not list((one.data / "files" / "stacks").iterdir()), "its picture to go")
    assert said["Test study"]["state"] == "well", said
    assert f"sent to ct by DICOM as {PEER}" in said["Test study"]["words"]
    assert code == 0, said
    for table in ("patient", "scan", "series", "review_case", "ai_result"):
        assert rows(one.data, f"SELECT count(*) FROM {table}") == [(0,)], table
    told = rows(one.data, "SELECT kind, fate, source FROM receipt ORDER BY id")
    assert told.count(("probe", "accepted", "ct")) >= 1
    assert {kind for kind, _, _ in told} == {"probe"}
    assert not spooled(one.data)
    assert not list((one.data / "files" / "series").iterdir())


def test_a_test_study_goes_through_a_listener_that_hears_certificates_alone(
    tmp_path: Path,
) -> None:
    pem, key = tmp_path / "own.pem", tmp_path / "own.key"
    asked = "openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=pacs.example"
    files = ["-keyout", key, "-out", pem]
    subprocess.run([*asked.split(), *files], check=True, capture_output=True)
    names = {"certificate": pem, "key": key, "peer_ca": pem}
    _, text = listener(tmp_path / "data", **{name: f'"{file}"' for name, file in names.items()})
    with Receiving(tmp_path / "data", "listen", text) as secured:
        secured.start("listening on port")
        with Receiving(tmp_path / "data", "work", text).start():
            _, said = check(secured, "--through", "ct", "--patience", "60")
    assert said["Test study"]["state"] == "well", said
    assert "sent to ct by DICOM" in said["Test study"]["words"]


def test_a_source_that_nothing_came_through_is_named(one: Receiving) -> None:
    code, said = check(one)
    assert code == 0
    assert said["Source ct"]["state"] == "note"
    assert said["Disk"]["words"].endswith("free in the data folder.")


def test_a_test_study_of_another_installation_is_taken_for_a_scan_like_any_other(
    tmp_path: Path,
) -> None:
    from app.intake.probe_seal import signed

    assert signed("2.25.1", b"one key") != signed("2.25.1", b"another key")
    assert len(signed("2.25.1", b"one key")) <= 64
