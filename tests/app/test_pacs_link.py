"""The link to the PACS: refused at the start, or an address of one case."""

from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import pacs
from app.settings import UnusableSetting, read

GOOD = "https://pacs.rx1.nhs.uk/open?acc={accession}&study={study_uid}"


@pytest.mark.parametrize(
    "template",
    [
        GOOD,
        "http://127.0.0.1:8080/#/viewer/{study_uid}",
        "sectra://search?accession={accession}",
        "pacs+open:{accession}",
    ],
)
def test_a_link_of_a_web_page_or_of_the_pacs_own_scheme_is_taken(template: str) -> None:
    assert pacs.fault(template) == ""
    assert read({"VCF_DATA": "x", "VCF_PACS_LINK": template}).pacs_link == template


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("https://pacs.example/", "no field"),
        ("https://pacs.example/{nhs_number}", r"names \{nhs_number\}"),
        ("https://pacs.example/{}?a={accession}", r"names \{\}"),
        ("https://pacs.example/{{accession}}", "brace is left over"),
        ("https://pacs.example/{accession", "brace is left over"),
        ("javascript:alert('{accession}')", "may run"),
        ("JavaScript:alert('{accession}')", "may run"),
        ("java\tscript:alert('{accession}')", "control character"),
        (" javascript:alert('{accession}')", "space"),
        ("data:text/html,{accession}", "may run"),
        ("vbscript:{accession}", "may run"),
        ("file:///c:/{accession}", "may run"),
        ("x{accession}:open", "a field stands for the scheme"),
        ("{accession}:open", "a field stands for the scheme"),
        ("{accession}", "no scheme"),
        ("/open?acc={accession}", "no scheme"),
        ("https://{accession}/x", "field stands for the server"),
        ("https://{accession}.pacs.example/x", "field stands for the server"),
        ("https:///open?acc={accession}", "no server"),
        ("https:{accession}", "no server"),
        ("https://[::1/{accession}", "no server"),
    ],
)
def test_any_other_link_stops_the_start_with_a_sentence(template: str, words: str) -> None:
    with pytest.raises(
        UnusableSetting, match=rf"^VCF_PACS_LINK cannot be used: .*{words}.*alone\."
    ):
        read({"VCF_DATA": "x", "VCF_PACS_LINK": template})


def test_without_a_template_or_without_what_it_needs_there_is_no_link(tmp_path: Path) -> None:
    assert read({"VCF_DATA": str(tmp_path)}).pacs_link == ""
    assert pacs.link("", accession="A1", study_uid="1.2") == ""
    assert pacs.link(GOOD, accession="", study_uid="1.2") == ""
    assert pacs.link("x:{study_uid}", accession="", study_uid="1.2") == "x:1.2"


@given(st.text(min_size=1), st.text(min_size=1))
def test_whatever_stands_in_the_images_stays_one_value_of_the_address(
    accession: str, study_uid: str
) -> None:
    made = urlsplit(pacs.link(GOOD, accession=accession, study_uid=study_uid))
    assert (made.scheme, made.netloc, made.path) == ("https", "pacs.rx1.nhs.uk", "/open")
    assert made.fragment == ""
    assert parse_qs(made.query) == {"acc": [accession], "study": [study_uid]}


def test_a_value_that_looks_like_a_field_is_not_filled_in() -> None:
    made = pacs.link(GOOD, accession="{study_uid}", study_uid="1.2")
    assert made == "https://pacs.rx1.nhs.uk/open?acc=%7Bstudy_uid%7D&study=1.2"
