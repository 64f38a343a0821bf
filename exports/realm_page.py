"""The meeting on paper: case sheets with the answer overleaf, learning points, attendance."""

from base64 import b64encode
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape

from exports.realm_words import (
    ASKED,
    NO_EXCERPT,
    NO_PICTURE,
    NO_QUESTION,
    NOTHING,
    TITLE,
    answers,
    counted,
    left_out,
    marking,
    plain,
    who,
)
from store.domain.realm_pack import BIASES, EDUCATION_ONLY, Action, CaseSheet, Pack, Theme

HTML = "text/html; charset=utf-8"
"""Media type of what the pages here are."""
BLANK_LINES = 12
"""Empty lines on the attendance sheet, for those who were not asked."""

_STYLE = """
@page { size: A4; margin: 16mm 15mm 18mm; }
* { box-sizing: border-box; }
body { font: 12pt/1.45 Arial, Helvetica, sans-serif; color: #212b32; max-width: 180mm; }
body { margin: 0 auto; }
h1 { font-size: 22pt; color: #003087; margin: 0 0 4mm; line-height: 1.2; }
h2 { font-size: 16pt; color: #003087; margin: 0 0 3mm; }
h3 { font-size: 12pt; margin: 5mm 0 1mm; }
.mark { font-size: 9pt; font-weight: bold; color: #aa1e12; margin: 0 0 5mm; padding-bottom: 1mm; }
.mark { border-bottom: 0.4mm solid #aeb7bd; }
.sheet { break-before: page; padding-top: 2mm; }
figure { margin: 4mm 0; break-inside: avoid; }
img { display: block; max-width: 100%; max-height: 165mm; }
figcaption { font-size: 9pt; color: #425563; margin-top: 1mm; }
.said { white-space: pre-wrap; border-left: 1mm solid #005eb8; padding: 1mm 0 1mm 4mm; }
p, li, td { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; border: 0.2mm solid #aeb7bd; padding: 2mm; }
th { background: #e8edee; }
td:first-child { min-width: 32mm; }
h2 { margin-top: 6mm; break-after: avoid; }
.sign td { height: 11mm; }
"""
_DIGEST = b64encode(sha256(_STYLE.encode()).digest()).decode()
CSP = (
    f"default-src 'none'; style-src 'sha256-{_DIGEST}'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)
"""No script, nothing from elsewhere, this one style."""


def realm_page(pack: Pack) -> str:
    """The agenda, every case with the answer on the page after it, and what came of the meeting."""
    parts = [
        _front(pack),
        *(part for n, case in enumerate(pack.cases, 1) for part in _case(pack, n, case)),
    ]
    after = (
        _part("Good spots", _list(_spots(pack))),
        _part("Learning points", _list(_points(pack))),
        _part("Actions", _actions(pack.actions)),
    )
    parts += [_themes(pack), *after]
    return _page(pack, TITLE, parts)


def learning_page(pack: Pack) -> str:
    """One sheet for those who did not attend: themes, learning points, good spots, actions."""
    parts = [
        f"<h1>What we learned: {_date(pack)}</h1><p>{escape(pack.department)}</p>",
        f"<p>{escape(EDUCATION_ONLY)}</p>",
        _part("Learning points", _list(_points(pack))),
        _part("Good spots", _list(_spots(pack))),
        _part("The department as a whole", _theme_table(pack.themes)),
        _part("Actions", _actions(pack.actions)),
    ]
    return _page(pack, "Learning points", parts)


def attendance_page(pack: Pack) -> str:
    """A sheet to sign, the only one with names of staff; no case stands on it."""
    rows = [
        *(_row((name, "")) for name in pack.attendees),
        *(_row(("", "")) for _ in range(BLANK_LINES)),
    ]
    table = f'<table class="sign">{_heads(("Name", "Signature"))}{"".join(rows)}</table>'
    return _page(
        pack,
        "Attendance",
        [f"<h1>Attendance: {_date(pack)}</h1>", f"<p>{escape(pack.department)}</p>", table],
    )


def _page(pack: Pack, title: str, parts: Iterable[str]) -> str:
    """A whole document; *parts* are markup already."""
    return (
        '<!DOCTYPE html>\n<html lang="en-GB"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(CSP)}">'
        f"<title>{escape(title)} {escape(pack.meeting_no)}</title><style>{_STYLE}</style></head>"
        f'<body><p class="mark">{escape(marking(pack))} · {escape(pack.meeting_no)}</p>'
        f"<main>{''.join(parts)}</main></body></html>\n"
    )


def _date(pack: Pack) -> str:
    return f"{pack.held_on:%d/%m/%Y}"


def _front(pack: Pack) -> str:
    cases = [f"Case {number}: {who(case)}" for number, case in enumerate(pack.cases, 1)]
    where = f", {pack.place}" if pack.place else ""
    return (
        f"<h1>{TITLE}</h1><p>{_text(pack.department)}<br>{_date(pack)}{_text(where)}<br>"
        f"Cases: {_text(pack.period)}</p><p>{escape(EDUCATION_ONLY)}</p>"
        f"{_part('Agenda', _list([*pack.agenda, *cases]))}"
    )


def _case(pack: Pack, number: int, case: CaseSheet) -> Iterator[str]:
    place = f"Case {number} of {len(pack.cases)}"
    asked = _list(ASKED)
    yield _sheet(
        f"{place}: {who(case)}",
        f"{_figure(case)}<h3>Clinical question</h3>"
        f'<p class="said">{_text(case.question or NO_QUESTION)}</p>{asked}',
    )
    told = "".join(f"<h3>{escape(heading)}</h3>{_lines(lines)}" for heading, lines in answers(case))
    yield _sheet(
        f"{place}: the answer",
        f"<p>{_text(case.case_no)}</p><h3>What the report said</h3>"
        f'<p class="said">{_text(case.excerpt or NO_EXCERPT)}</p>{told}',
    )


def _lines(lines: Sequence[str]) -> str:
    return _list(lines) if len(lines) > 1 else f"<p>{_text(lines[0])}</p>"


def _figure(case: CaseSheet) -> str:
    if case.image is None:
        return f"<p>{escape(NO_PICTURE)}</p>"
    words = _text(case.image.words)
    source = f"data:image/png;base64,{b64encode(case.image.png).decode()}"
    return f'<figure><img src="{source}" alt="{words}"><figcaption>{words}</figcaption></figure>'


def _themes(pack: Pack) -> str:
    title = f"The department as a whole: {pack.period}"
    return _sheet(title, f"{_theme_table(pack.themes)}<p>{escape(BIASES)}</p>")


def _theme_table(themes: Sequence[Theme]) -> str:
    if not themes:
        return _list(())
    rows = (_row((one.title, counted(one), left_out(one), one.rule)) for one in themes)
    return _table(("Theme", "Counted", "Shown", "How cases were chosen"), rows)


def _table(heads: Sequence[str], rows: Iterable[str]) -> str:
    return f"<table>{_heads(heads)}{''.join(rows)}</table>"


def _actions(actions: Sequence[Action]) -> str:
    if not actions:
        return _list(())
    rows = (
        _row(
            (
                one.text,
                one.owner_role,
                f"{one.due:%d/%m/%Y}" if one.due else "",
                "done" if one.done else "",
            )
        )
        for one in actions
    )
    return _table(("Action", "Owner", "Due", "State"), rows)


def _spots(pack: Pack) -> list[str]:
    return [f"{case.case_no}: {case.finding}" for case in pack.good_spots]


def _points(pack: Pack) -> list[str]:
    return [
        *pack.learning_points,
        *(point for case in pack.cases for point in case.learning_points),
    ]


def _sheet(title: str, content: str) -> str:
    return f'<section class="sheet"><h2>{_text(title)}</h2>{content}</section>'


def _part(title: str, content: str) -> str:
    return f"<section><h2>{_text(title)}</h2>{content}</section>"


def _list(lines: Sequence[str]) -> str:
    return f"<ul>{''.join(f'<li>{_text(line)}</li>' for line in lines or [NOTHING])}</ul>"


def _heads(names: Sequence[str]) -> str:
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"


def _row(cells: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<td>{_text(cell)}</td>' for cell in cells)}</tr>"


def _text(words: str) -> str:
    return escape(plain(words))
