from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.exclusion import Exclusion, check_evidence
from store.domain.hint import Hint, Known, Texts, hints
from store.domain.referral import Policy
from store.domain.refusal import NotAllowed

DAY = date(2026, 10, 3)
CANCER, DRUG, END = Exclusion.CANCER_CT, Exclusion.ON_TREATMENT, Exclusion.END_OF_LIFE
ENERGY = Exclusion.HIGH_ENERGY


def found(policy: Policy | None = None, **said: str) -> tuple[Hint, ...]:
    return hints(Known(), [Texts(DAY, **said)], policy or Policy())


def codes(**said: str) -> set[Exclusion]:
    return {hint.code for hint in found(**said)}


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("Known breast cancer, restaging", CANCER),
        ("?malignancy", CANCER),
        ("Ca prostate, PSA rising", CANCER),
        ("2WW: weight loss", CANCER),
        ("On alendronic acid since 2019", DRUG),
        ("Prolia 6-monthly", DRUG),
        ("Palliative, pain", END),
        ("RTC this morning", ENERGY),
        ("Fell from a ladder", ENERGY),
        ("Cough for three weeks", None),
        ("No known malignancy. Cough", None),
        ("No history of cancer", None),
        ("Never had cancer", None),
        ("Not on alendronate", None),
        ("Thickened terminal ileum", None),
        ("Fall from standing height", None),
        ("Subcutaneous tissue", None),
    ],
)
def test_a_request_hints_at_what_it_says(asked: str, code: Exclusion | None) -> None:
    assert codes(indication=asked) == ({code} if code else set())


def test_what_a_report_finds_is_no_reason_of_the_request() -> None:
    text = "Clinical details: cough.\nLung carcinoma found. On denosumab."
    assert codes(report=text) == {DRUG}
    assert codes(report="Clinical details: lung cancer follow-up.\nStable.") == {CANCER}


@pytest.mark.parametrize(
    ("specialty", "hinted"),
    [("370", True), ("800 Clinical oncology", True), ("Medical Oncology", True), ("340", False)],
)
def test_an_oncologist_scans_for_cancer(specialty: str, hinted: bool) -> None:
    assert codes(specialty=specialty) == ({CANCER} if hinted else set())


def test_a_site_that_refers_cancer_scans_is_not_asked_about_them() -> None:
    said = {"indication": "Breast cancer on denosumab", "specialty": "370"}
    assert {h.code for h in found(replace(Policy(), refer_cancer=True), **said)} == {DRUG}


def test_a_site_may_add_its_own_words() -> None:
    policy = Policy(words_of=((DRUG, ("osteobloc (trial)",)),))
    (hint,) = found(policy, indication="On Osteobloc (trial), back pain")
    assert (hint.code, [hint.text[a:b] for a, b in hint.marks]) == (DRUG, ["Osteobloc (trial)"])


def test_lists_hint_as_texts_do() -> None:
    policy = Policy(area=frozenset({"W12345"}))
    known = Known("W99999", "on the FLS's own list since 01/02/2025 (list)")
    said = hints(known, [Texts(DAY, old="every fracture was known before this scan")], policy)
    assert [hint.code for hint in said] == [
        Exclusion.KNOWN_FLS,
        Exclusion.OUT_OF_AREA,
        Exclusion.OLD_KNOWN,
    ]
    assert hints(Known("W12345"), [], policy) == hints(Known(""), [], policy) == ()


def test_an_answered_hint_asks_again_with_other_words_alone() -> None:
    (first,) = found(indication="Breast cancer")
    (same,) = found(indication="Breast cancer")
    (other,) = found(indication="Lung cancer")
    assert first.id == same.id != other.id


@given(st.text(max_size=200), st.text(max_size=200))
def test_every_mark_lies_in_its_sentence(request: str, report: str) -> None:
    for hint in found(indication=f"{request} cancer {request}", report=f"{report} denosumab."):
        assert hint.marks
        assert all(0 <= a < b <= len(hint.text) for a, b in hint.marks)


def test_every_exclusion_has_a_key_of_its_own() -> None:
    keys = [code.key for code in Exclusion]
    assert len(set(keys)) == len(keys)
    assert not {"r", "c"} & set(keys), "these keys are the page's own"


@pytest.mark.parametrize(
    ("code", "day", "source", "refusal"),
    [
        (Exclusion.DECEASED, None, "PDS", "the day it was checked"),
        (Exclusion.DECEASED, DAY, " ", "where it was checked"),
        (Exclusion.DECEASED, date(2026, 10, 4), "PDS", "in the future"),
        (Exclusion.OUT_OF_AREA, None, "", "gp practice"),
        (Exclusion.DECEASED, DAY, "PDS", ""),
        (Exclusion.KNOWN_FLS, None, "", ""),
    ],
)
def test_some_exclusions_need_evidence(
    code: Exclusion, day: date | None, source: str, refusal: str
) -> None:
    if not refusal:
        check_evidence(code, day, source, DAY)
        return
    with pytest.raises(NotAllowed, match=refusal):
        check_evidence(code, day, source, DAY)
