import ast
import re
import subprocess
import sys
import tomllib
from collections import Counter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from rules_source import PACKAGES, ROOT, functions, named, python, sources, tree

LONGEST_FILE = 310
BANNED_WORDS = ("utils", "helpers", "manager", "handler")
BANNED_NAMES = ("unsafe_allow_html", "components.v1", "st.cache_data", "st.cache_resource")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACT = "What is shown and what leaves see only the rules of the store"


def test_there_is_something_to_look_at() -> None:
    assert {named(path).split("/")[0] for path in python()} == set(PACKAGES)
    assert sources(".js")


# A migration that was released is never divided: it says what was done.
WRITTEN = [path for path in sources(".py", ".js") if path.parent.name != "versions"]


@pytest.mark.parametrize("path", WRITTEN, ids=named)
def test_no_file_is_long(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST_FILE, f"{named(path)} has {lines} lines. Divide it by verb."


@pytest.mark.parametrize("path", sources(".py", ".js"), ids=named)
def test_no_file_has_a_name_that_says_nothing(path: Path) -> None:
    parts = re.split(r"[/_.\-]", named(path))
    assert not set(BANNED_WORDS) & set(parts)


@pytest.mark.parametrize("path", python(), ids=named)
def test_no_name_says_nothing(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            words = re.findall(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])", node.name)
            assert not set(BANNED_WORDS) & {word.lower() for word in words}, node.name


@pytest.mark.parametrize("path", python(), ids=named)
def test_no_function_gets_or_processes(path: Path) -> None:
    # What SQLAlchemy itself calls keeps the name SQLAlchemy calls it by.
    foreign = {"process_bind_param", "process_result_value"}
    said = {function.name for function in functions(path)} - foreign
    assert not [name for name in said if name.lstrip("_").startswith(("get_", "process_"))]


@pytest.mark.parametrize("path", python("app", "components"), ids=named)
def test_no_screen_lets_markup_in_or_keeps_patients_in_a_cache(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not [name for name in BANNED_NAMES if name in text]
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("streamlit"):
            imported = {alias.name for alias in node.names}
            assert not imported & {"cache_data", "cache_resource", "v1"}


def test_no_folder_of_pages_goes_round_the_sign_in() -> None:
    assert not [path for path in (ROOT / "app").rglob("pages") if path.is_dir()]


@pytest.mark.parametrize("path", python(), ids=named)
def test_no_test_double_or_debugger_is_shipped(path: Path) -> None:
    imported = top_level_imports(path)
    assert not imported & {"unittest", "pytest", "pdb", "mock"}


def test_the_import_contracts_hold() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    run = subprocess.run(
        [program, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert "0 broken" in run.stdout


def test_every_module_of_the_record_is_closed_to_what_is_shown_and_what_leaves() -> None:
    (contract,) = (c for c in PROJECT["tool"]["importlinter"]["contracts"] if c["name"] == CONTRACT)
    entries = (ROOT / "store").iterdir()
    modules = {
        f"store.{path.stem}"
        for path in entries
        if (path.suffix == ".py" or (path / "__init__.py").is_file())
        and path.stem not in {"__init__", "domain"}
    }
    assert modules
    closed = {name for name in contract["forbidden_modules"] if name.startswith("store.")}
    assert modules - closed == set(), "name these in the contract"
    assert closed - modules == set(), "these are gone"


def top_level_imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add((node.module or "").split(".")[0])
    return found


def canonical(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.split(r"[\s\[<>=!~;]", requirement)[0]).lower()


DECLARED = {canonical(requirement) for requirement in PROJECT["project"]["dependencies"]}
DISTRIBUTIONS = packages_distributions()
# SQLModel is SQLAlchemy with pydantic; neither exists here without it.
BROUGHT = {"sqlalchemy": "sqlmodel", "pydantic": "sqlmodel"}


@pytest.mark.parametrize("path", python(), ids=named)
def test_every_package_that_is_imported_is_declared(path: Path) -> None:
    own = {*PACKAGES, *sys.stdlib_module_names}
    for name in top_level_imports(path) - own:
        provided = {canonical(given) for given in DISTRIBUTIONS.get(name, [name])}
        provided |= {BROUGHT[given] for given in provided & set(BROUGHT)}
        assert provided & DECLARED, f"{name} is imported and not declared"


def kept_text() -> list[Path]:
    """Every text of the repository that git keeps or would keep."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("This is not a checkout; git cannot list its files.")
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def test_nothing_names_a_place_on_the_machine_it_was_written_on() -> None:
    # Written in two halves, so that this rule does not find itself.
    places = re.compile(rb"/(?:wo" + rb"rk|tmp/w)(?:/|\b)|/(?:root|home)/\w")
    found = [named(path) for path in kept_text() if places.search(path.read_bytes())]
    assert found == []


def test_no_two_tests_share_a_file_name() -> None:
    """Test folders are no packages: of two modules with one name pytest collects one."""
    names = Counter(path.name for path in (ROOT / "tests").rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
