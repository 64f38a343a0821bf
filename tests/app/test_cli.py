"""The command line explains itself."""

import os
import re
import socket
import subprocess
from pathlib import Path

from running import COMMAND, run

from app.settings import table

ROOT = Path(__file__).resolve().parents[2]


def test_the_readme_lists_the_settings_as_the_code_has_them() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    listed = re.search(r"<!-- settings -->\n(.*)\n<!-- /settings -->", readme, re.DOTALL)
    assert listed
    assert listed.group(1) == table()


def test_a_missing_data_folder_is_said_with_what_to_do(tmp_path: Path) -> None:
    plain = {k: v for k, v in os.environ.items() if not k.startswith("VCF_")}
    done = subprocess.run(
        [*COMMAND, "serve"], env=plain, cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 10
    assert "Set VCF_DATA or give --data" in done.stderr


def test_the_server_does_not_listen_to_the_network(tmp_path: Path) -> None:
    environment = {**os.environ, "VCF_DATA": str(tmp_path / "data"), "VCF_HOST": "0.0.0.0"}
    done = subprocess.run(
        [*COMMAND, "serve"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 10
    assert "127.0.0.1" in done.stderr


def test_a_taken_port_is_said_with_what_to_do(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        environment = {**os.environ, "VCF_DATA": str(tmp_path / "data"), "VCF_PORT": port}
        done = subprocess.run(
            [*COMMAND, "serve"], env=environment, capture_output=True, text=True, check=False
        )
    assert done.returncode == 10
    assert f"Port {port} is taken" in done.stderr


def test_a_port_that_is_no_number_is_named(tmp_path: Path) -> None:
    environment = {**os.environ, "VCF_DATA": str(tmp_path / "data"), "VCF_PORT": "http"}
    done = subprocess.run(
        [*COMMAND, "serve"], env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 10
    assert "VCF_PORT is a whole number" in done.stderr


def test_a_changed_line_of_the_trail_is_found_by_the_command(data: Path) -> None:
    import sqlite3

    assert run(data, "trail", "verify").returncode == 0
    with sqlite3.connect(data / "record.db") as record:
        record.execute("DROP TRIGGER trail_keeps_update")
        record.execute("UPDATE trail SET actor = 'nobody' WHERE seq = 3")
        record.execute(
            "CREATE TRIGGER trail_keeps_update BEFORE UPDATE ON trail "
            "BEGIN SELECT RAISE(ABORT, 'trail is append-only'); END"
        )
    done = run(data, "trail", "verify")
    assert done.returncode == 11
    assert "Line 3 was changed" in done.stdout


def test_a_record_without_its_guards_is_not_opened(data: Path) -> None:
    import sqlite3

    with sqlite3.connect(data / "record.db") as record:
        record.execute("DROP TRIGGER trail_keeps_delete")
    done = run(data, "receive", ROOT / "docs")
    assert done.returncode != 0
    assert "guards of the trail are gone" in done.stderr
