from pathlib import Path

import pytest

from app.cli import main
from app.settings import Settings, UnusableSetting, read
from app.wiring import open_site
from store import known
from store.domain.exclusion import Exclusion
from store.domain.genant import Grade
from store.domain.people import Person, Role

COORDINATOR = Person("f.coord", "Fran Coordinator", Role.FLS_COORD)
ALL = """
lowest_grade = "moderate"
refer_cancer = true
wait_for_answers = false
per_week = 12
area = ["W12345"]
specialties = ["303"]
drugs = ["osteobloc"]
"""


def test_the_file_beside_the_record_says_what_the_fls_takes(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, lowest_age=55)
    assert settings.policy.per_week == 0
    (tmp_path / "policy.toml").write_text(ALL, encoding="utf-8")
    policy = settings.policy
    assert (policy.lowest_age, policy.lowest_grade, policy.per_week) == (55, Grade.MODERATE, 12)
    assert (policy.refer_cancer, policy.ask, policy.area) == (True, False, frozenset({"W12345"}))
    assert policy.words_of == ((Exclusion.ON_TREATMENT, ("osteobloc",)),)
    assert policy.words == (
        "aged 55 and over at the scan; at least one moderate fracture; with a valid NHS number; "
        "scans for cancer referred too; GP practices of the area (1); "
        "at most 12 new referrals a week"
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("per_weak = 3", "'per_weak' means nothing here"),
        ("per_week = -1", "per_week is a whole number"),
        ("refer_cancer = 1", "refer_cancer is true or false"),
        ('lowest_grade = "2"', "lowest_grade is one of mild"),
        ('area = "W1"', "area is a list of texts"),
        ("per_week", "is not TOML"),
    ],
)
def test_a_wrong_file_is_said_at_the_start(tmp_path: Path, line: str, words: str) -> None:
    path = tmp_path / "fls.toml"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(UnusableSetting, match=words):
        read({"VCF_POLICY": str(path)}, tmp_path)


def test_a_file_that_is_not_there_is_said_too(tmp_path: Path) -> None:
    with pytest.raises(UnusableSetting, match="cannot be read"):
        read({"VCF_POLICY": str(tmp_path / "none.toml")}, tmp_path)


def test_the_list_of_the_fls_is_taken_in_row_by_row(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "known.csv"
    rows = "NHS number;since;source\n999 000 0018;01/02/2025;FLS list\n9990000026;;\n123;;\n"
    table.write_text(rows, encoding="utf-8")
    data = tmp_path / "data"
    assert main(["--data", str(data), "known-fls", str(table)]) == 11
    said = capsys.readouterr().out
    assert "2 patients known to the FLS added." in said
    assert "refused: Row 4" in said
    assert "123" not in said
    assert main(["--data", str(data), "known-fls", str(table)]) == 11
    assert "2 were on the list already." in capsys.readouterr().out
    site = open_site(Settings(data=data))
    assert site.ask(COORDINATOR, known.count) == 2
    site.engine.dispose()
