"""Every patient in the lane they stand in, and who goes to the FLS this week."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import func, select
from sqlmodel import Session, col

from store._episodes import Episode, episodes
from store.domain.clock import LOCAL
from store.domain.exclusion import Exclusion
from store.domain.referral import Policy
from store.domain.triage import Lane, Ready, fits, in_order, week_of
from store.tables import ReferralRow


@dataclass(frozen=True, slots=True)
class Lanes:
    """Everybody, by lane; in the lanes of the ready, in the order they go.

    Attributes:
        gone: New referrals made this week, which the week's number counts.
    """

    of: Mapping[Lane, tuple[Episode, ...]]
    gone: int

    @property
    def held(self) -> tuple[Episode, ...]:
        """Those whom something holds back, whatever it is."""
        lanes = (Lane.DECIDE, Lane.HELD, Lane.NOT, Lane.REFERRED)
        return tuple(one for lane in lanes for one in self.of[lane])


def lanes_of(session: Session, policy: Policy, today: date) -> Lanes:
    """Everybody as they stand on *today*, a day of the site's own clock."""
    found: dict[Lane, list[Episode]] = defaultdict(list)
    for one in episodes(session, policy):
        found[_lane(one, policy)].append(one)
    ready = {one.id: one for one in found.pop(Lane.WEEK, [])}
    ordered = [ready[each] for each in in_order(_ready(one) for one in ready.values())]
    gone = _gone(session, today)
    now = fits(ordered, policy.per_week, gone)
    lanes = {lane: tuple(found[lane]) for lane in Lane}
    return Lanes({**lanes, Lane.WEEK: tuple(ordered[:now]), Lane.LATER: tuple(ordered[now:])}, gone)


def _lane(one: Episode, policy: Policy) -> Lane:
    """Of those who are ready, the first: capacity divides them."""
    gone = any(code is Exclusion.DUPLICATE_OPEN for code, _ in one.facts)
    table = (
        (gone, Lane.REFERRED),
        (bool(one.facts or one.exclusions), Lane.NOT),
        (bool(one.hints) and policy.ask, Lane.DECIDE),
        (bool(one.waits), Lane.HELD),
    )
    return next((lane for applies, lane in table if applies), Lane.WEEK)


def _ready(one: Episode) -> Ready:
    first = one.standing.first
    return Ready(one.id, one.worst, one.index_date or date.max, first.at if first else None)


def _gone(session: Session, today: date) -> int:
    monday = datetime.combine(week_of(today), time.min, tzinfo=LOCAL)
    made = select(func.count()).select_from(ReferralRow).where(col(ReferralRow.at) >= monday)
    return int(session.execute(made).scalar_one())
