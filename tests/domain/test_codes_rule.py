"""Codes as systems send them: each is told, and none means what its system does not say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.codes import (
    NATIONS,
    NO_PRACTICE,
    SEX,
    SEXES,
    System,
    practice_words,
    sex_system,
    sex_words,
)

CODES = st.sampled_from(sorted({code for table in SEX.values() for code in table}))
ANYTHING = CODES | st.text(st.characters(exclude_categories=["C", "Z"]), min_size=1, max_size=16)


@given(ANYTHING, st.sampled_from(System), st.sampled_from(sorted(NATIONS)))
def test_every_code_is_told_and_none_is_inferred(value: str, sent_by: System, nation: str) -> None:
    whose = sex_system(value, sent_by, nation)
    told = sex_words(value, whose)
    if value.upper() in SEX[sent_by]:
        assert whose is sent_by
    if told in SEXES:
        assert whose in (sent_by, *NATIONS[nation])
        assert SEX[whose][value.upper()] == told
    else:
        assert (whose, told) == (sent_by, f"“{value}” ({sent_by})")


@pytest.mark.parametrize(
    ("value", "sent_by", "nation", "whose", "told"),
    [
        ("M", System.DICOM, "Wales", System.DICOM, "male"),
        ("U", System.DICOM, "Wales", System.WALES, "not known"),
        ("U", System.DICOM, "England", System.DICOM, "“U” (DICOM)"),
        ("U", System.HL7, "England", System.HL7, "not known"),
        ("2", System.DICOM, "England", System.ENGLAND, "female"),
        ("2", System.DICOM, "Wales", System.DICOM, "“2” (DICOM)"),
        ("9", System.HL7, "England", System.ENGLAND, "not specified"),
        ("9", System.PHENOTYPIC, "England", System.PHENOTYPIC, "indeterminate"),
        ("X", System.HL7, "England", System.PHENOTYPIC, "not known"),
        ("Z", System.HL7, "Wales", System.WALES, "not specified"),
    ],
)
def test_a_code_is_of_its_senders_standard_before_it_is_of_the_nations_sets(
    value: str, sent_by: System, nation: str, whose: System, told: str
) -> None:
    assert sex_system(value, sent_by, nation) is whose
    assert sex_words(value, whose) == told


def test_codes_in_the_place_of_a_practice_are_told_with_what_they_mean() -> None:
    assert [practice_words(code) for code in NO_PRACTICE] == [
        "V81997 (no registered practice)",
        "V81998 (not applicable)",
        "V81999 (not known)",
    ]
    assert (practice_words("C84023"), practice_words("")) == ("C84023", "")
