"""A sex code is kept as it came, with whose it is, whichever way it came."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pydicom
import pytest
from arriving import a_scan
from hl7_builders import PID, message
from sending import write_scan
from sqlalchemy import text

from app.case_json import paint
from app.intake.receive import Delivery, receive
from app.intake.report_messages import take
from app.settings import Settings, UnusableSetting, read
from app.wiring import Site, open_site
from store import arrivals, cases, worklist
from store.domain.arrival import AiResult, Ending
from store.domain.people import INTAKE, Person, Role
from store.domain.queue import Filters

LEAD = Person("l", "Lead", Role.METABOLIC_LEAD)
NONE = arrivals.Picture(None, {}, {})


@contextmanager
def site_of(folder: Path, nation: str = "England", sources: str = "") -> Iterator[Site]:
    named = folder / "sources.toml"
    named.write_text(sources)
    site = open_site(Settings(data=folder / "data", codes=nation, sources=str(named)))
    yield site
    site.engine.dispose()


def rows(site: Site, columns: str, table: str = "patient") -> list[tuple[Any, ...]]:
    with site.engine.connect() as record:
        return [tuple(row) for row in record.execute(text(f"SELECT {columns} FROM {table}"))]


def scanned(site: Site, sex: str) -> None:
    """A flagged scan with accession number A1 of the patient whom HL7 messages name."""
    header = a_scan(1)
    who = replace(header.patient, hospital_number="H000123", sex=sex)
    header = replace(header, patient=who, accession="A1")
    site.submit(INTAKE, arrivals.receive_series, header, NONE)
    flag = AiResult("AI", "1", Ending.POSITIVE, (), "test", "f" * 64, accession="A1")
    site.submit(INTAKE, arrivals.receive_result, flag)


def shown(site: Site) -> str:
    (line,) = site.ask(LEAD, worklist.page, Filters()).lines
    return str(paint(site.ask(LEAD, cases.case, line.key.id), demo=False)["patient"]["sex"])


@pytest.mark.parametrize(
    ("nation", "code", "system"),
    [("England", "1", "England"), ("Wales", "Z", "Wales"), ("Wales", "1", "DICOM")],
)
def test_a_scan_brings_the_code_of_its_nation(
    tmp_path: Path, nation: str, code: str, system: str
) -> None:
    for path in write_scan(tmp_path / "ct", 1):
        ds = pydicom.dcmread(path)
        ds.PatientSex = code
        ds.save_as(path)
    with site_of(tmp_path, nation) as site:
        receive(site, Delivery((tmp_path / "ct",)))
        assert rows(site, "sex, sex_system") == [(code, system)]


def test_a_message_adds_sex_and_practice_where_the_scan_gave_none(tmp_path: Path) -> None:
    raw = message("OBX|1|TX|R||x").replace(
        PID.encode(), f"{PID[:-1]}2\rPD1|||Demo^^^^^^^^^V81999".encode()
    )
    with site_of(tmp_path) as site:
        assert take(site, raw, "ris").code == "AA"
        scanned(site, "")
        assert rows(site, "sex, sex_system, gp_practice") == [("2", "England", "V81999")]
        assert shown(site) == "Female"


def test_a_message_that_says_another_sex_changes_nothing_and_is_told(tmp_path: Path) -> None:
    with site_of(tmp_path) as site:
        scanned(site, "O")
        take(site, message("OBX|1|TX|R||x").replace(PID.encode(), f"{PID[:-1]}Q".encode()))
        assert rows(site, "sex, sex_system") == [("O", "DICOM")]
        assert rows(site, "sex, sex_system", "report") == [("Q", "HL7")]
        assert shown(site) == "Other; the report says “Q” (HL7)"


def test_a_message_that_names_nobody_by_a_number_adds_nothing(tmp_path: Path) -> None:
    raw = message("OBX|1|TX|R||x").replace(PID.encode(), b"PID|1||||DEMO^Ann||19500201|M")
    with site_of(tmp_path) as site:
        scanned(site, "")
        assert take(site, raw).outcomes[0].fate == "accepted"
        assert rows(site, "sex, sex_system") == [("", "")]


def test_a_table_says_whose_codes_its_column_holds(tmp_path: Path) -> None:
    mapping, table = tmp_path / "ris.toml", tmp_path / "weekly.csv"
    fields = "[fields]\ntext = 'T'\naccession = 'A'\nhospital_number = 'H'\nsex = 'S'\n"
    source = f'[[source]]\nname = "ris"\nkind = "ris-csv"\nmapping = "{mapping}"\n'
    table.write_text("T,A,H,S\nNo fracture.,A1,H000123,9\n")
    with site_of(tmp_path, sources=source) as site:
        scanned(site, "")
        mapping.write_text(fields)
        with pytest.raises(UnusableSetting, match="Say whose codes it holds: sex_codes ="):
            receive(site, Delivery((table,)))
        mapping.write_text(f'sex_codes = "phenotypic"\n{fields}')
        receive(site, Delivery((table,)))
        assert rows(site, "sex, sex_system") == [("9", "phenotypic")]
        assert shown(site) == "Indeterminate"


def test_a_nation_without_code_sets_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(UnusableSetting, match="England or Wales"):
        read({"VCF_DATA": str(tmp_path), "VCF_CODES": "Mercia"})
