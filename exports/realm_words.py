"""What the files of a meeting say in the same words, and text cut to fit a page."""

import textwrap
from collections.abc import Iterator, Sequence

from store.domain.realm_pack import CaseSheet, Pack, Theme

MARKING = "OFFICIAL-SENSITIVE: for education only"
DEMO = "Invented patients"
TITLE = "Radiology events and learning meeting"
ASKED = ("What do you see?", "Would you report it?", "Which level, which grade?")
NO_PICTURE = "No picture was released for this case."
NO_QUESTION = "No clinical question was released."
NO_EXCERPT = "No excerpt of the report was released."
NOTHING = "None was recorded."

_CONTROL = {code: 0x2400 + code for code in range(0x20) if chr(code) != "\n"}
_UNWRITABLE = dict.fromkeys((*range(55296, 57344), 65534, 65535), 65533)


def plain(text: str) -> str:
    """*text* as any file can hold it: what cannot be written becomes a sign for it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return lines.translate(_CONTROL | _UNWRITABLE)


def marking(pack: Pack) -> str:
    """What stands on every page."""
    return f"{MARKING} - {DEMO}" if pack.demo else MARKING


def who(case: CaseSheet) -> str:
    """Examination, age band and sex in one line."""
    return ", ".join(
        part for part in (case.examination, f"aged {case.age_band}", case.sex) if part.strip()
    )


def counted(theme: Theme) -> str:
    """The numerator and the denominator of *theme*, in words."""
    share = f" ({theme.count / theme.of * 100:.0f} %)" if theme.of else ""
    return f"{theme.count} of {theme.of} {theme.of_words}{share}"


def left_out(theme: Theme) -> str:
    """How many of *theme* are shown and how many are not."""
    return f"{theme.shown} shown at this meeting, {theme.left_out} counted and left out"


def answers(case: CaseSheet) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Heading and lines of what is told after the picture."""
    votes = ", ".join(f"{choice} {count}" for choice, count in case.votes)
    table = (
        ("Finding", (case.finding,)),
        ("The report was judged", (case.report_said,)),
        ("Kind", (", ".join(case.kinds),)),
        ("Blind vote", (votes,)),
        ("Possible causes", ("; ".join(case.causes),)),
        ("Learning points", case.learning_points),
        ("Outcome", (case.outcome,)),
    )
    for heading, lines in table:
        said = tuple(plain(line) for line in lines if line.strip())
        if said:
            yield heading, said


def _wrapped(line: str, width: int) -> list[str]:
    return textwrap.wrap(line, width, break_on_hyphens=False) or [""]


def pages(lines: Sequence[str], width: int, height: int) -> list[list[str]]:
    """*lines* on pages of *height* wrapped lines of *width* characters; at least one page.

    A line that is longer than a page goes on where the page ends.
    """
    found: list[list[str]] = [[]]
    room = height
    for line in lines:
        wrapped = [part for one in plain(line).split("\n") for part in _wrapped(one, width)]
        while wrapped:
            if not room:
                found.append([])
                room = height
            found[-1].append(" ".join(wrapped[:room]).strip())
            wrapped, room = wrapped[room:], room - min(room, len(wrapped))
    return found
