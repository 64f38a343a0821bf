"""The product's own source, as the rules about it read it."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("app", "components", "store", "exports")


def sources(*suffixes: str, packages: tuple[str, ...] = PACKAGES) -> list[Path]:
    """Files of the packages with one of *suffixes*."""
    return sorted(
        path
        for package in packages
        for path in (ROOT / package).rglob("*")
        if path.suffix in suffixes and path.is_file()
    )


def python(*packages: str) -> list[Path]:
    return sources(".py", packages=packages or PACKAGES)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node
