"""A real Orthanc with DICOMweb, in a network of its own: it would listen on every address."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

from needed import absent

WEB, DICOM = 18042, 14242
PLUGIN = Path("/usr/share/orthanc/plugins/libOrthancDicomWeb.so")


class Orthanc:
    """One server in one network namespace; `within` begins a command that runs inside it."""

    def __init__(self, folder: Path) -> None:
        if not (shutil.which("Orthanc") and PLUGIN.exists() and shutil.which("nsenter")):
            absent("Orthanc with DICOMweb is not installed (Debian: orthanc orthanc-dicomweb).")
        self.folder = folder
        quiet = ["unshare", "-n", "sh", "-c", "ip link set lo up && echo up && exec sleep 3600"]
        self._room = subprocess.Popen(quiet, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert self._room.stdout
        if self._room.stdout.readline() != b"up\n":
            self.stop()
            absent("A network namespace cannot be made here (root is needed).")
        self.within = ("nsenter", "-t", str(self._room.pid), "-n")
        self._server: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The root of its DICOMweb service, as seen from within."""
        return f"http://127.0.0.1:{WEB}/dicom-web"

    def start(self, users: dict[str, str] | None = None) -> "Orthanc":
        """Start it, and wait until it answers; *users* by name and password may ask, or all."""
        said = {
            "Plugins": [str(PLUGIN)], "HttpPort": WEB, "DicomPort": DICOM, "DicomAet": "ORTHANC",
            "StorageDirectory": str(self.folder / "db"), "IndexDirectory": str(self.folder / "db"),
            "UnknownSopClassAccepted": True, "StableAge": 1, "RemoteAccessAllowed": False,
            "AuthenticationEnabled": bool(users), "RegisteredUsers": users or {},
        }  # fmt: skip
        file = self.folder / "orthanc.json"
        file.write_text(json.dumps(said))
        with (self.folder / "orthanc.log").open("ab") as log:
            self._server = subprocess.Popen(
                [*self.within, "Orthanc", file], stdout=log, stderr=log,
                env={**os.environ, "TCP_NODELAY": "1"},
            )  # fmt: skip
        end = time.monotonic() + 60
        while self.ran("curl", "-s", "-o", "/dev/null", f"http://127.0.0.1:{WEB}/system"):
            assert time.monotonic() < end, (self.folder / "orthanc.log").read_text()
            time.sleep(0.1)
        return self

    def ran(self, *command: str | Path) -> int:
        """The exit code of a command run within."""
        return subprocess.run(
            [*self.within, *command], capture_output=True, check=False,
            env={**os.environ, "TCP_NODELAY": "1"},
        ).returncode  # fmt: skip

    def given(self, folder: Path) -> None:
        """Store every DICOM file of *folder* in it."""
        where = ["-aec", "ORTHANC", "127.0.0.1", str(DICOM)]
        assert self.ran("/usr/bin/storescu", "+sd", "+r", "-R", *where, folder) == 0

    def halt(self) -> None:
        """End the server; its network stays."""
        if self._server:
            self._server.terminate()
            self._server.wait(20)
            self._server = None

    def stop(self) -> None:
        """End everything."""
        self.halt()
        self._room.kill()
        self._room.wait()
        assert self._room.stdout
        self._room.stdout.close()
