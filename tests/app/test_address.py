from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.address import ALL, NAMES, OPEN, Address
from store.domain.finding import CaseState
from store.domain.queue import Assigned, Band, Filters, Only, Sort, band
from store.domain.refusal import NotAllowed
from store.domain.spine import REVIEWABLE

TODAY = date(2026, 11, 22)
ADDRESSES = st.builds(
    Address,
    state=st.sampled_from([OPEN, ALL, *(s.value for s in CaseState)]),
    site=st.text(max_size=8),
    grade=st.sampled_from(["", "1", "2", "3"]),
    level=st.sampled_from(["", *(v.value for v in REVIEWABLE)]),
    product=st.text(max_size=8),
    waited=st.sampled_from(["", *(b.value for b in Band)]),
    assigned=st.sampled_from(["", *(a.value for a in Assigned)]),
    only=st.sampled_from(["", *(o.value for o in Only)]),
    sort=st.sampled_from([s.value for s in Sort]),
)


@given(ADDRESSES)
def test_an_address_survives_the_page_and_the_ticket(address: Address) -> None:
    assert Address.of(address.query()) == address
    if "" not in address.query().values():
        assert Address.read(address.text()) == address


def test_the_plain_list_has_a_plain_address() -> None:
    assert Address().query() == {}
    assert Address().filters(TODAY, 14) == Filters()


@pytest.mark.parametrize("name", [n for n in NAMES if n not in {"site", "product"}])
@pytest.mark.parametrize("text", ["surname", "4", "' OR 1=1 --", "rank, id; DROP TABLE trail"])
def test_what_is_not_offered_is_refused_and_not_repeated(name: str, text: str) -> None:
    with pytest.raises(NotAllowed) as refusal:
        Address.of({name: text})
    assert text not in str(refusal.value)


def test_other_names_in_the_address_are_no_filters() -> None:
    assert Address.of({"case": "c_1", "find": "Brien"}) == Address()


@given(st.integers(0, 60), st.integers(5, 30))
def test_the_days_of_a_band_are_those_the_band_is_given_to(days: int, due_days: int) -> None:
    since = date.fromordinal(TODAY.toordinal() - days)
    for each in Band:
        filters = Address(waited=each.value).filters(TODAY, due_days)
        inside = (filters.since is None or since >= filters.since) and (
            filters.before is None or since < filters.before
        )
        assert inside == (band(since, TODAY, due_days) is each)


@pytest.mark.parametrize(
    ("days", "stands"),
    [(0, Band.IN_TIME), (9, Band.IN_TIME), (10, Band.AT_RISK), (14, Band.AT_RISK),
     (15, Band.BREACHED)],
)  # fmt: skip
def test_a_case_is_at_risk_from_the_tenth_day_and_breached_after_the_fourteenth(
    days: int, stands: Band
) -> None:
    assert band(date.fromordinal(TODAY.toordinal() - days), TODAY) is stands
