import ast
from pathlib import Path

import pytest
from rules_source import ROOT, named, tree

ASKED = {"Reader", "Unit"}
# They make the gate, so they stand outside it.
GATE = {"guard.py", "unit.py", "audit.py"}
MODULES = [path for path in sorted((ROOT / "store").glob("*.py")) if path.name not in GATE]


def first_type(function: ast.FunctionDef) -> str:
    arguments = [*function.args.posonlyargs, *function.args.args]
    note = arguments[0].annotation if arguments else None
    return ast.unparse(note) if note else ""


def marks(function: ast.FunctionDef) -> list[str]:
    return [ast.unparse(mark).split("(")[0] for mark in function.decorator_list]


def public(module: ast.Module) -> list[ast.FunctionDef]:
    return [n for n in module.body if isinstance(n, ast.FunctionDef) and not n.name.startswith("_")]


@pytest.mark.parametrize("path", [p for p in MODULES if p.name[0] != "_"], ids=named)
def test_every_public_function_that_asks_or_changes_names_a_permission(path: Path) -> None:
    for function in public(tree(path)):
        kind = first_type(function)
        if kind in ASKED:
            wanted = "question" if kind == "Reader" else "change"
            assert marks(function) == [wanted], f"{function.name} takes a {kind}"
        else:
            assert not {"question", "change"} & set(marks(function)), function.name
            assert "Session" not in kind, f"{function.name} is a way round the gate"


def test_doors_were_found() -> None:
    doors = [
        function
        for path in MODULES
        for function in public(tree(path))
        if {"question", "change"} & set(marks(function))
    ]
    assert len(doors) > 25


@pytest.mark.parametrize("path", [p for p in MODULES if p.name[0] == "_"], ids=named)
def test_private_modules_open_no_door(path: Path) -> None:
    assert not [function.name for function in public(tree(path)) if marks(function)]
