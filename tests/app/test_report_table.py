import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from app.intake.receive import Delivery, receive
from app.settings import Settings, UnusableSetting
from app.wiring import open_site
from components.imaging.report_mapping import mapped_reports, read_report_mapping
from components.imaging.result_fields import UnusableResult
from store import reports
from store.domain.arrival import Fate, RadiologyReport
from store.domain.people import Person, Role

DOCS = Path(__file__).parents[2] / "docs" / "reports.md"
LEAD = Person("l", "Lead", Role.METABOLIC_LEAD)


def example(name: str) -> str:
    """The block of the manual that is marked *name*."""
    found = re.search(rf"<!-- {name} -->\n```\w+\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


@pytest.fixture
def written(tmp_path: Path) -> tuple[Path, Path]:
    """The mapping and the table of the manual."""
    mapping, table = tmp_path / "ris.toml", tmp_path / "weekly.csv"
    mapping.write_text(example("mapping"), encoding="utf-8")
    table.write_bytes(example("table").replace("30 %", "30 °").encode("cp1252"))
    return mapping, table


def test_the_example_of_the_manual_is_read_as_it_says(written: tuple[Path, Path]) -> None:
    mapping, table = written
    first, second, third = mapped_reports(read_report_mapping(mapping), table)
    assert isinstance(first, RadiologyReport)
    assert isinstance(second, RadiologyReport)
    assert first.text == "Loss of height of L1, 30 °.\nNo other lesion."
    assert (first.accession, first.status, first.nhs_number) == ("A100", "F", "9990000018")
    assert first.reported_at == datetime(2026, 10, 4, 9, 30, tzinfo=UTC)
    assert (second.status, second.scanned, second.reported) == ("P", date(2026, 10, 3), None)
    assert isinstance(third, UnusableResult)
    assert str(third).startswith("Row 4: Its status is not named")


def test_a_table_of_a_configured_ris_is_known_by_its_columns(
    written: tuple[Path, Path], tmp_path: Path
) -> None:
    mapping, table = written
    sources = tmp_path / "sources.toml"
    sources.write_text(f'[[source]]\nname = "ris"\nkind = "ris-csv"\nmapping = "{mapping}"\n')
    site = open_site(Settings(data=tmp_path / "data", sources=str(sources)))
    done = receive(site, Delivery((table,)))
    assert [fate for _, fate, _ in done.others] == [Fate.HELD, Fate.HELD, Fate.REFUSED]
    assert {one.source for one in site.ask(LEAD, reports.waiting).oldest} == {"ris"}
    again = receive(site, Delivery((table,)))
    assert [fate for _, fate, _ in again.others][:2] == [Fate.DUPLICATE, Fate.DUPLICATE]
    mapping.write_text("[fields]\naccession = 'A'\n")
    with pytest.raises(UnusableSetting, match="text"):
        receive(site, Delivery((table,)))
    site.engine.dispose()


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ("[fields]\ntext = 'T'\n", "none of accession"),
        ("[fields]\ntext = 'T'\naccession = 'A'\n[statuses]\nx = 'Z'\n", "none of P, F, C and A"),
        ("encoding = 'klingon'\n[fields]\ntext = 'T'\naccession = 'A'\n", "encoding"),
        ("wrong = 1\n[fields]\ntext = 'T'\naccession = 'A'\n", "wrong.* means nothing"),
        ("][", "TOML"),
    ],
)
def test_a_mapping_that_says_nothing_useful_is_refused(tmp_path: Path, said: str, why: str) -> None:
    (tmp_path / "m.toml").write_text(said)
    with pytest.raises(UnusableResult, match=why):
        read_report_mapping(tmp_path / "m.toml")
