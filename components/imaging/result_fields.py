"""The values an AI result or a report is made of, each checked where it comes in."""

import re
from datetime import date, datetime
from math import isfinite

from store.domain.arrival import AiFinding, AiResult, Ending
from store.domain.genant import Grade
from store.domain.morphometry import Heights
from store.domain.refusal import Unusable
from store.domain.spine import REVIEWABLE, Level

SHORT, LONG = 64, 500
"""Characters of a name or number, and of a sentence."""

_UID = re.compile(r"[0-9.]{1,64}")
_NUMBER = re.compile(r"[0-9]{1,9}(\.[0-9]{1,15})?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LEVELS = {level.value: level for level in REVIEWABLE}


class UnusableResult(Unusable):
    """An AI result or a report that cannot be taken in, or one row of a table of them."""


class NotOurs(UnusableResult):
    """A sound file of a kind that is sent as a matter of course and holds nothing for us."""


def text(value: object, name: str, longest: int = LONG, *, needed: bool = False) -> str:
    """*value* as trimmed text; None is empty.

    Raises:
        UnusableResult: no text, too long, with control characters, or empty though needed.
    """
    if value is None:
        value = ""
    if not isinstance(value, str):
        msg = f"“{name}” is not text. Put it in quotation marks."
        raise UnusableResult(msg)
    trimmed = value.strip()
    if len(trimmed) > longest:
        msg = f"“{name}” has {len(trimmed)} characters; {longest} fit. Shorten it."
        raise UnusableResult(msg)
    if _CONTROL.search(trimmed):
        msg = f"“{name}” holds control characters. Send plain text."
        raise UnusableResult(msg)
    if needed and not trimmed:
        msg = f"“{name}” is empty and is needed. Fill it in."
        raise UnusableResult(msg)
    return trimmed


def uid(value: object, name: str) -> str:
    """A DICOM UID, or empty.

    Raises:
        UnusableResult: not 1 to 64 digits and points.
    """
    found = text(value, name, 2 * SHORT)
    if found and not _UID.fullmatch(found):
        msg = f"“{name}” is no DICOM UID: 1 to 64 digits and points. Send it as the scan has it."
        raise UnusableResult(msg)
    return found


def ending(value: object) -> Ending:
    """How the analysis ended.

    Raises:
        UnusableResult: none of the three words.
    """
    if value in tuple(Ending):
        return Ending(str(value))
    msg = f"“ending” is one of {', '.join(Ending)}, written just so. Correct it."
    raise UnusableResult(msg)


def level(value: object) -> Level | None:
    """A level a finding may carry; None for an exam-level flag.

    Raises:
        UnusableResult: anything but T1 to T13 or L1 to L6.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str) and value in _LEVELS:
        return _LEVELS[value]
    msg = "“level” is T1 to T13 or L1 to L6, or empty for a flag on the whole scan. Correct it."
    raise UnusableResult(msg)


def number(value: object, name: str) -> float | None:
    """A finite number, from JSON or from a cell; None for nothing.

    Raises:
        UnusableResult: no number.
    """
    if value is None or value == "":
        return None
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and _finite(value):
        return float(value)
    msg = f"“{name}” is not a number such as 0.32. Correct it."
    raise UnusableResult(msg)


def _finite(value: float) -> bool:
    return abs(value) < 1e9 and isfinite(value)


def loss(value: object, name: str = "loss") -> float | None:
    """A loss of height as a fraction.

    Raises:
        UnusableResult: outside 0.0 to 1.0, as a percentage is.
    """
    found = number(value, name)
    if found is not None and not 0.0 <= found <= 1.0:
        msg = (
            f"“{name}” is a fraction from 0.0 to 1.0, got {found:g}. Was a percentage passed? "
            "Divide it by 100."
        )
        raise UnusableResult(msg)
    return found


def grade(value: object) -> Grade | None:
    """Genant's grade, 0 to 3.

    Raises:
        UnusableResult: any other number.
    """
    found = number(value, "grade")
    if found is None:
        return None
    if found not in (0, 1, 2, 3):
        msg = f"“grade” is 0, 1, 2 or 3, got {found:g}. Correct it."
        raise UnusableResult(msg)
    return Grade(int(found))


def heights(three: tuple[object, object, object]) -> Heights | None:
    """Anterior, middle and posterior height in mm; all three or none.

    Raises:
        UnusableResult: only some are given, or one is no height a vertebra has.
    """
    found = [number(value, "heights") for value in three]
    given = [value for value in found if value is not None]
    if not given:
        return None
    if len(given) < len(found):
        msg = f"{len(given)} of the three heights are given. Send all three, or none."
        raise UnusableResult(msg)
    try:
        return Heights(*given)
    except ValueError as error:
        raise UnusableResult(str(error)) from None


def day(value: str, name: str) -> date | None:
    """A day written 2026-10-03 or 03/10/2026; None for nothing.

    Raises:
        UnusableResult: written otherwise, or no day of the calendar.
    """
    if not value:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y"):
        try:
            return datetime.strptime(value, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    msg = f"“{name}” is a day written 2026-10-03 or 03/10/2026. Correct it."
    raise UnusableResult(msg)


def check_result(result: AiResult) -> AiResult:
    """*result*, if what it says holds together.

    A positive result without findings is one flag on the whole scan: it must be looked at.

    Raises:
        UnusableResult: findings on a scan that is not positive, one level twice, or a failure
            without a reason.
    """
    levels = [finding.level for finding in result.findings]
    if result.ending is not Ending.POSITIVE and levels:
        msg = f"{len(levels)} findings, but the ending is {result.ending}. Correct one of them."
        raise UnusableResult(msg)
    if len(set(levels)) < len(levels):
        msg = "One level is flagged twice. Send each level once."
        raise UnusableResult(msg)
    if result.ending is Ending.FAILED and not result.reason:
        msg = "The analysis failed, but “reason” is empty. Say why it failed."
        raise UnusableResult(msg)
    return result


def or_whole_scan(ended: Ending, findings: tuple[AiFinding, ...]) -> tuple[AiFinding, ...]:
    """*findings*, or one flag on the whole scan where a positive result names none."""
    return findings or ((AiFinding(None),) if ended is Ending.POSITIVE else ())
