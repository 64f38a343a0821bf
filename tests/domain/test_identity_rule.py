from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.domain.codes import System, class_words, sex_words
from store.domain.identity import NhsNumber, NhsNumberStatus, UnusableNhsNumber, age_on

VALID = (
    "9434765919",
    "4010232137",
    "9990000018",
    "9990000026",
    "9990000034",
    "9990000042",
    "9990000050",
    "9990000069",
    "9990000077",
    "9990000085",
    "9990000093",
    "9990000107",
)
WRONG_CHECK = ("9434765918", "9876544321", "9990000000", "1234561234", "4123456879")


@pytest.mark.parametrize("digits", VALID)
def test_a_number_with_its_check_digit_is_taken(digits: str) -> None:
    assert NhsNumber.parse(digits).digits == digits


@pytest.mark.parametrize("digits", WRONG_CHECK)
def test_a_wrong_check_digit_is_refused_without_repeating_it(digits: str) -> None:
    with pytest.raises(UnusableNhsNumber, match="check digit") as refused:
        NhsNumber.parse(digits)
    assert digits not in str(refused.value)


@pytest.mark.parametrize("digit", "0123456789")
def test_one_digit_repeated_is_refused(digit: str) -> None:
    with pytest.raises(UnusableNhsNumber, match="one digit repeated"):
        NhsNumber.parse(digit * 10)


@pytest.mark.parametrize(
    "text", ["943 476 5919", "943-476-5919", " 9434765919\t", "943\u00a04765919"]
)
def test_spaces_and_hyphens_do_no_harm(text: str) -> None:
    assert NhsNumber.parse(text) == NhsNumber("9434765919")


@pytest.mark.parametrize(
    "text",
    ["", "943476591", "94347659190", "943476591X", "٩٤٣٤٧٦٥٩١٩", "9434765919\n", "943_4765919"],
)
def test_anything_but_ten_digits_is_refused(text: str) -> None:
    with pytest.raises(UnusableNhsNumber, match="ten digits"):
        NhsNumber.parse(text)


def test_people_read_it_three_three_four() -> None:
    assert NhsNumber("9990000018").spaced == "999 000 0018"
    assert NhsNumber.parse(NhsNumber("9990000018").spaced).digits == "9990000018"


def test_numbers_from_999_are_never_issued() -> None:
    assert NhsNumber("9990000018").invented
    assert not NhsNumber("9434765919").invented


@given(st.sampled_from(VALID), st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(digits: str, place: int, change: int) -> None:
    wrong = str((int(digits[place]) + change) % 10)
    with pytest.raises(UnusableNhsNumber):
        NhsNumber(digits[:place] + wrong + digits[place + 1 :])


@given(st.text(max_size=12) | st.from_regex(r"[0-9]{10}", fullmatch=True))
def test_whatever_is_taken_obeys_the_rule_of_the_check_digit(text: str) -> None:
    try:
        digits = NhsNumber.parse(text).digits
    except UnusableNhsNumber:
        return
    weighted = sum(
        int(digit) * weight for digit, weight in zip(digits, range(10, 0, -1), strict=True)
    )
    assert weighted % 11 == 0


def test_the_leading_zero_belongs_to_the_status() -> None:
    assert [status.value for status in NhsNumberStatus] == [f"0{number}" for number in range(1, 9)]


@pytest.mark.parametrize(
    ("born", "on", "age"),
    [
        (date(1976, 5, 10), date(2026, 5, 9), 49),
        (date(1976, 5, 10), date(2026, 5, 10), 50),
        (date(1976, 2, 29), date(2026, 2, 28), 49),
        (date(1976, 2, 29), date(2026, 3, 1), 50),
        (date(2026, 1, 1), date(2026, 1, 1), 0),
    ],
)
def test_an_age_is_completed_years(born: date, on: date, age: int) -> None:
    assert age_on(born, on) == age


@pytest.mark.parametrize(
    ("digits", "words"),
    [
        ("9434765919", ""),
        ("4010232137", ""),
        ("9990000018", "never issued"),
        ("0101010105", "Scottish CHI"),
        ("3200000103", "Northern Ireland"),
    ],
)
def test_a_number_of_another_register_is_told_apart(digits: str, words: str) -> None:
    first = digits[:9]
    valid = next(
        number
        for check in range(10)
        for nine in (first, f"{int(first) + 1:09}")
        if (number := _or_none(f"{nine}{check}"))
    )
    assert (words in valid.caution) if words else valid.caution == ""


def _or_none(digits: str) -> NhsNumber | None:
    try:
        return NhsNumber(digits)
    except UnusableNhsNumber:
        return None


def test_codes_are_told_in_the_words_of_their_own_system() -> None:
    assert sex_words("1", System.ENGLAND) == sex_words("M", System.WALES) == "male"
    assert sex_words("1", System.WALES) == "“1” (Wales)"
    assert sex_words("x", "Elsewhere") == "“x” (Elsewhere)"
    assert sex_words("", System.DICOM) == "not given"
    assert (class_words("e"), class_words("Z"), class_words("")) == (
        "emergency department",
        "“Z”",
        "",
    )
