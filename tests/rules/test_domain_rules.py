import ast
import runpy
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DOMAIN = sorted((ROOT / "store" / "domain").rglob("*.py"))
CLOCKS = {"now", "utcnow", "today", "time", "monotonic"}


def named(path: Path) -> str:
    return path.stem


@pytest.mark.parametrize("path", DOMAIN, ids=named)
def test_a_rule_imports_the_standard_library_and_other_rules_only(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        if isinstance(node, ast.ImportFrom):
            names = [node.module or "."]
        for name in names:
            known = name.partition(".")[0] in sys.stdlib_module_names
            assert known or name.startswith("store.domain."), name


@pytest.mark.parametrize("path", DOMAIN, ids=named)
def test_a_rule_has_no_clock_and_no_input_or_output(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            assert not (isinstance(called, ast.Attribute) and called.attr in CLOCKS)
            assert not (isinstance(called, ast.Name) and called.id in {"open", "print", "input"})


def test_the_drawing_of_states_is_that_of_the_rules() -> None:
    script = runpy.run_path(str(ROOT / "docs" / "generate_states.py"))
    written = (ROOT / "docs" / "states.md").read_text(encoding="utf-8")
    assert written == script["page"](), "Run python docs/generate_states.py."
