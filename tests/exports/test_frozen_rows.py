import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from export_builders import a_batch, a_row, some_rows
from hypothesis import given, settings
from hypothesis import strategies as st

from exports.fls_rows import Batch, NotReferredRow, ReferralRow, row_from_json, row_to_json
from exports.frozen import UnusableFrozenRow, from_json, to_json
from store.domain.identity import NhsNumber

ROWS = st.builds(
    a_row,
    surname=st.text(),
    comments=st.text(),
    born=st.none() | st.dates(),
    age=st.none() | st.integers(),
    nhs_number=st.none() | st.just(NhsNumber("9434765919")),
    confirmed_at=st.datetimes(
        min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - the zone is drawn beside it
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30))]),
    ),
    report_advised=st.sampled_from([None, True, False]),
)


@settings(deadline=None)  # a busy machine is no fault
@given(ROWS)
def test_a_row_comes_back_as_it_was(row: ReferralRow) -> None:
    assert row_from_json(row_to_json(row)) == row


def test_the_written_form_is_one_and_the_same() -> None:
    for row in some_rows():
        text = row_to_json(row)
        assert row_to_json(row_from_json(text)) == text
        assert list(json.loads(text)) == sorted(json.loads(text))


def test_a_batch_and_the_not_referred_come_back_too() -> None:
    assert from_json(Batch, to_json(a_batch())) == a_batch()
    row = NotReferredRow("c_1", "scanned for cancer")
    assert from_json(NotReferredRow, to_json(row)) == row


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("nhs_number", "9434765918"),
        ("nhs_number", 9434765919),
        ("born", "1950-13-01"),
        ("born", 1950),
        ("fractures", "2"),
        ("fractures", True),
        ("fractures", None),
        ("surname", None),
        ("worst_grade", 4),
        ("report_advised", "Y"),
        ("row_status", "OLD"),
    ],
)
def test_a_value_of_another_type_is_refused_and_not_repeated(field: str, value: object) -> None:
    values = json.loads(row_to_json(a_row())) | {field: value}
    with pytest.raises(UnusableFrozenRow, match="another version") as refused:
        row_from_json(json.dumps(values))
    assert str(value) not in str(refused.value) or value in (4, True, None, "2", "Y")


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"surname": "x"}'])
def test_what_is_no_row_is_refused(text: str) -> None:
    with pytest.raises(UnusableFrozenRow):
        row_from_json(text)


def test_a_column_too_many_is_refused() -> None:
    values = json.loads(row_to_json(a_row(born=date(1950, 1, 1)))) | {"shoe_size": 43}
    with pytest.raises(UnusableFrozenRow):
        row_from_json(json.dumps(values))
