"""A PostgreSQL server of our own, for tests: started on the loopback address, thrown away after."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from running import free_port

ACCOUNT = "postgres"


@dataclass(frozen=True)
class Postgres:
    """A running server."""

    programs: Path
    folder: Path
    port: int

    def database(self) -> str:
        """The address of a new, empty database."""
        name = f"t{uuid4().hex[:12]}"
        _run([self.programs / "createdb", "-h", "127.0.0.1", "-p", str(self.port), name])
        return f"postgresql+psycopg://{ACCOUNT}@127.0.0.1:{self.port}/{name}"

    def stop(self) -> None:
        """Stop the server at once; its data go with the test's folder."""
        _run([self.programs / "pg_ctl", "-D", self.folder / "data", "-m", "immediate", "stop"])


def _programs() -> Path | None:
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if debian:
        return debian[-1].parent
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def _run(command: Sequence[str | Path]) -> None:
    # PostgreSQL refuses to run as root, so root steps down to the account Debian made for it.
    as_root = os.geteuid() == 0
    subprocess.run(
        [str(part) for part in command],
        check=True,
        capture_output=True,
        user=ACCOUNT if as_root else None,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "PGUSER": ACCOUNT, "LC_ALL": "C.UTF-8"},
    )


def start(folder: Path) -> Postgres | None:
    """A new server in *folder*, or None where PostgreSQL is not installed."""
    programs = _programs()
    if programs is None:
        return None
    if os.geteuid() == 0:
        account = pwd.getpwnam(ACCOUNT)
        os.chown(folder, account.pw_uid, account.pw_gid)
    port = free_port()
    data = folder / "data"
    _run([programs / "initdb", "-D", data, "-U", ACCOUNT, "-A", "trust", "-N"])
    options = f"-c listen_addresses=127.0.0.1 -p {port} -c unix_socket_directories={folder}"
    # No test cuts the power: commits stay as they are, only the disk is not waited for.
    options += " -c fsync=off -c full_page_writes=off"
    log = folder / "log"
    _run([programs / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start"])
    return Postgres(programs, folder, port)
