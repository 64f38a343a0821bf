"""The file the FLS sends back, read by its headings: values only, nothing is run or guessed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from exports.cell_values import FORMULA, day_of, digits_of, text_of
from exports.fls import columns_of
from exports.fls_rows import ReferralRow
from exports.return_file import Numbered, Page, pages_of
from store.domain.outcome import Advice, Answer, Outcome, Returned, folded
from store.domain.refusal import Unusable

E = TypeVar("E", bound=StrEnum)
_DEEPEST_HEADING = 30
_NAMES = ("referral_id", "batch", "nhs_number", "surname", "born", "outcome", "outcome_date")
_ALL = {
    name: column.heading
    for name, column in zip(ReferralRow.__dataclass_fields__, columns_of(ReferralRow), strict=True)
}
_HEADINGS = {name: _ALL[name] for name in (*_NAMES, "advice")}
_NEEDED = ("referral_id", "outcome")
_WHOM = ("nhs_number", "surname", "born")


@dataclass(frozen=True, slots=True)
class Return:
    """What a file says.

    Attributes:
        rows: Every row with anything in it, in the order of the file.
        left_aside: Sheets that were not read, and why, in words.
        batches: The batches that its rows name.
    """

    rows: tuple[Returned, ...]
    left_aside: tuple[str, ...]
    batches: tuple[str, ...]


def read_return(content: bytes) -> Return:
    """What stands in the file *content*: an .xlsx workbook, or comma-separated text.

    Raises:
        Unusable: it is no such file, is too large, or has no sheet with the needed columns.
    """
    rows: list[Returned] = []
    aside: list[str] = []
    missing: list[str] = []
    for page in pages_of(content):
        found = _headed(page)
        if found is None:
            continue
        places, body = found
        lacking = [_HEADINGS[name] for name in _NEEDED if name not in places]
        if lacking or not any(name in places for name in _WHOM):
            missing.append(_lacking(lacking))
        elif page.hidden:
            aside.append(f"{page.title}: a hidden sheet, {len(body)} rows not read")
        else:
            rows += _rows(page, places, body)
    if not rows and missing:
        msg = f"{missing[0]} Ask for the file with all its columns."
        raise Unusable(msg)
    if not rows and not aside:
        msg = (
            "No row of a referral was found. The sheet needs the headings "
            f"“{_HEADINGS['referral_id']}” and “{_HEADINGS['outcome']}” above its rows."
        )
        raise Unusable(msg)
    batches = dict.fromkeys(row.batch for row in rows if row.batch)
    return Return(tuple(rows), tuple(aside), tuple(batches))


def _lacking(headings: Sequence[str]) -> str:
    if headings:
        return f"The column “{headings[0]}” is not there."
    return "NHS number, surname and date of birth are all not there; one of them is needed."


def _headed(page: Page) -> tuple[dict[str, int], tuple[Numbered, ...]] | None:
    """Where each known column stands on *page*, and the rows below; None without headings."""
    for place, (number, cells) in enumerate(page.rows):
        if number > _DEEPEST_HEADING:
            return None
        places = _places(cells)
        if "referral_id" in places or "outcome" in places:
            return places, page.rows[place + 1 :]
    return None


def _places(cells: Sequence[object]) -> dict[str, int]:
    wanted = {folded(heading): name for name, heading in _HEADINGS.items()}
    places: dict[str, int] = {}
    for number, cell in enumerate(cells):
        name = wanted.get(folded(cell)) if isinstance(cell, str) else None
        if name in places:
            msg = f"Two columns are headed “{_HEADINGS[name]}”. Take one away."
            raise Unusable(msg)
        if name:
            places[name] = number
    return places


def _rows(page: Page, places: dict[str, int], body: Iterable[Numbered]) -> Iterator[Returned]:
    for number, cells in body:
        found = {name: cells[at] if at < len(cells) else None for name, at in places.items()}
        yield _row(f"{page.title} row {number}", found, page.epoch)


def _row(place: str, cells: dict[str, object], epoch: datetime) -> Returned:
    faults: list[str] = []
    outcome = _choice(cells, "outcome", Outcome, faults)
    advice = _choice(cells, "advice", Advice, faults)
    on = _day(cells, "outcome_date", epoch, faults)
    if outcome is None and (on or advice) and not faults:
        faults.append(f"“{_HEADINGS['outcome']}” is empty, but what follows it is not")
    answer = Answer(outcome, on, advice) if outcome and not faults else None
    return Returned(
        place=place,
        referral=text_of(cells["referral_id"]).upper()[:40],
        batch=text_of(cells.get("batch")).split(" / ")[0][:40],
        whom={_HEADINGS[name]: _who(name, cells[name], epoch) for name in _WHOM if name in cells},
        answer=answer,
        faults=tuple(faults),
    )


def _who(name: str, cell: object, epoch: datetime) -> str:
    if name == "nhs_number":
        return digits_of(cell)
    if name == "surname":
        return folded(text_of(cell))
    day = day_of(cell, epoch, earliest=date(1890, 1, 1))
    return day.isoformat() if day else text_of(cell)


def _choice(cells: dict[str, object], name: str, kind: type[E], faults: list[str]) -> E | None:
    cell = cells.get(name)
    said = folded(text_of(cell))
    if not said:
        return None
    found = next((one for one in kind if folded(one.value) == said), None)
    if found is None:
        what = "a formula; paste it as a value" if cell is FORMULA else _strange(said)
        faults.append(f"“{_HEADINGS[name]}” holds {what}")
    return found


def _strange(said: str) -> str:
    return f"{len(said)} characters that are none of the list"


def _day(cells: dict[str, object], name: str, epoch: datetime, faults: list[str]) -> date | None:
    cell = cells.get(name)
    if not text_of(cell):
        return None
    found = day_of(cell, epoch)
    if found is None:
        what = "a formula; paste it as a value" if cell is FORMULA else "no day like 03/12/2026"
        faults.append(f"“{_HEADINGS[name]}” holds {what}")
    return found
