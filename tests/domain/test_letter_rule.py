import re
from datetime import date

import pytest

from app.texts.site import Texts
from store.domain.describe import Novelty
from store.domain.genant import FractureType, Grade
from store.domain.letter import PLACEHOLDERS, Letter, Told, UnusableTemplate, check, filled, said_of
from store.domain.spine import Level

ONE = (Told(Level.T12, Grade.MODERATE, FractureType.WEDGE, Novelty.NEW, date(2026, 10, 3)),)
TWO = (Told(Level.T7, Grade.MILD), Told(Level.L1, Grade.SEVERE, FractureType.CRUSH))


def made(kind: Letter, told: tuple[Told, ...], **more: str) -> str:
    values = {**dict.fromkeys(PLACEHOLDERS, ""), **said_of(told, approximate=False), **more}
    return filled(Texts().templates[kind].words, values)


def test_the_addendum_says_what_is_pasted_into_a_report() -> None:
    text = made(Letter.ADDENDUM, ONE, service="Fracture Liaison Service", short_code="VFX1")
    assert text == (
        "VERTEBRAL FRACTURE: moderate (Genant 2) wedge fracture of T12. New since 03/10/2026. "
        "Appearances suggest fragility fracture. Recommend Fracture Liaison Service / "
        "osteoporosis assessment. VFX1\n"
    )


def test_what_is_not_known_leaves_no_gap() -> None:
    text = made(Letter.ADDENDUM, TWO, service="FLS")
    assert "severe (Genant 3) fractures of T7 and L1. Appearances" in text
    assert text.endswith("assessment.\n")


def test_levels_that_nobody_counted_are_approximate() -> None:
    assert said_of(ONE, approximate=True)["levels"] == "approximately T12"


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("Dear {patient}\n{surnam}", r"line 2 names \{surnam\}, which nothing fills\. Known are"),
        ("{levels", "line 1 has a brace that stands alone"),
        ("{}", r"line 1 names \{\}"),
        ("{0.__class__}", "line 1 names"),
    ],
)
def test_a_template_that_nobody_can_fill_is_refused_by_line_and_name(
    template: str, words: str
) -> None:
    with pytest.raises(UnusableTemplate, match=words):
        check(template)


def test_braces_in_a_name_stay_as_they_are() -> None:
    assert filled("Dear {patient}", {"patient": "{nhs_number}"}) == "Dear {nhs_number}\n"


def test_the_patient_s_letter_is_in_short_sentences_and_plain_words() -> None:
    text = made(Letter.PATIENT, TWO, patient="Mrs Demo", service="The bone team", contact="01234")
    assert "two of the bones in your back have lost some of their height" in text
    assert not re.search(r"vertebra|Genant|T7|L1|osteoporotic|deformity|grade", text)
    sentences = [one.split() for one in re.split(r"[.?!]\s|\n\n", text) if one.strip()]
    assert max(map(len, sentences)) <= 26
    assert sum(map(len, sentences)) / len(sentences) < 14
