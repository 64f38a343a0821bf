"""What is installed is whole: it runs from the wheel alone, without the checkout."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("app", "components", "exports", "store")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The product's own wheel, built from a clean copy of the checkout."""
    source, goal = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    kept = [*ROOMS, "pyproject.toml", "README.md", "LICENSE"]
    files = subprocess.run(
        ["git", "ls-files", "-z", "--", *kept], cwd=ROOT, capture_output=True, check=True
    ).stdout
    for name in filter(None, files.decode().split("\0")):
        copy = source / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", goal, source]
    subprocess.run(command, check=True, capture_output=True)
    return next(goal.glob("*.whl"))


def test_the_wheel_holds_every_file_of_the_rooms(wheel: Path) -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--", *ROOMS], cwd=ROOT, capture_output=True, text=True, check=True
    )
    with zipfile.ZipFile(wheel) as archive:
        inside = set(archive.namelist())
    assert not set(tracked.stdout.split()) - inside


def test_the_record_opens_from_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    # First on the path, before the checkout that an editable install points to.
    environment = {**os.environ, "PYTHONPATH": str(tmp_path / "installed")}
    command = [sys.executable, "-m", "app.cli", "--data", tmp_path / "data", "staff", "add"]
    done = subprocess.run(
        [*command, "a.lead", "Anna Lead", "METABOLIC_LEAD"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "may sign in" in done.stdout
