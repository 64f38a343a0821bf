"""A picture that changes beneath whoever has the case on the screen."""

from store._flags import case_of
from store._pictures import shown_series
from store.tables import ReviewCase
from store.unit import Unit


def tell_readers(unit: Unit, scan_id: str, seen: str | None) -> None:
    """Whoever has the case on the screen must see its new picture before deciding on it.

    The suggestion on their button came from the picture they had, *seen*.
    """
    unit.session.flush()
    shown, case_id = shown_series(unit.session, scan_id), case_of(unit.session, scan_id)
    if case_id is None or shown is None or shown.stack == seen:
        return
    unit.session.get_one(ReviewCase, case_id).version += 1
    unit.tell("case.picture_changed", case_id, before=seen, after=shown.stack)
