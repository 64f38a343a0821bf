"""The meeting as a workbook: cases, themes, learning points and actions; no names, no pictures."""

from exports.columns import Column, Sheet, Value
from exports.realm_words import MARKING, TITLE, counted
from exports.sheet import workbook
from store.domain.realm_pack import BIASES, EDUCATION_ONLY, CaseSheet, Pack

_CASES = (
    Column("Case", "Random; derived from nothing", 14),
    Column("Event", "Discrepancy, good spot, educational or system", 14),
    Column("Examination", width=22),
    Column("Age band", width=10),
    Column("Sex", width=8),
    Column("Clinical question", "Redacted and checked by a person", 44),
    Column("Report excerpt", "Redacted and checked by a person", 60),
    Column("Finding", width=36),
    Column("Report judged as", width=28),
    Column("Kind", width=18),
    Column("Possible causes", width=32),
    Column("Blind vote", width=24),
    Column("Learning points", width=44),
    Column("Outcome", width=22),
)


def realm_workbook(pack: Pack) -> bytes:
    """*pack* as an .xlsx file; the same pack always gives the same bytes."""
    sheets = (
        Sheet("Meeting", EDUCATION_ONLY, _two("What", "Value"), _about(pack)),
        Sheet("Cases", "Anonymous cases of this meeting.", _CASES, [_row(c) for c in pack.cases]),
        Sheet("Themes", BIASES, _theme_columns(), _themes(pack)),
        Sheet(
            "Learning points",
            "To pass on to everybody.",
            _two("From", "Learning point"),
            _points(pack),
        ),
        Sheet("Actions", "Owned by a role, never by a person.", _action_columns(), _actions(pack)),
    )
    return workbook(
        sheets,
        made_at=pack.made_at,
        demo=pack.demo,
        footer=f"{TITLE} {pack.meeting_no}",
        marking=MARKING,
    )


def _two(first: str, second: str) -> tuple[Column, ...]:
    return Column(first, width=24), Column(second, width=100)


def _theme_columns() -> tuple[Column, ...]:
    names = (
        ("Theme", 26),
        ("Count", 9),
        ("Of", 9),
        ("In words", 50),
        ("Shown", 9),
        ("Left out", 9),
    )
    return (*(Column(name, width=width) for name, width in names), Column("Rule", width=70))


def _action_columns() -> tuple[Column, ...]:
    return Column("Action", width=80), Column("Owner", width=26), Column("Due"), Column("State")


def _about(pack: Pack) -> list[tuple[Value, ...]]:
    return [
        ("Meeting", pack.meeting_no),
        ("Held on", pack.held_on),
        ("Place", pack.place),
        ("Department", pack.department),
        ("Cases", pack.period),
        *(("Agenda", item) for item in pack.agenda),
        ("Made at (UK time)", pack.made_at),
    ]


def _row(case: CaseSheet) -> tuple[Value, ...]:
    return (
        case.case_no,
        case.event,
        case.examination,
        case.age_band,
        case.sex,
        case.question,
        case.excerpt,
        case.finding,
        case.report_said,
        ", ".join(case.kinds),
        "; ".join(case.causes),
        "; ".join(f"{choice}: {count}" for choice, count in case.votes),
        "\n".join(case.learning_points),
        case.outcome,
    )


def _themes(pack: Pack) -> list[tuple[Value, ...]]:
    return [
        (one.title, one.count, one.of, counted(one), one.shown, one.left_out, one.rule)
        for one in pack.themes
    ]


def _points(pack: Pack) -> list[tuple[Value, ...]]:
    meeting = [("Meeting", point) for point in pack.learning_points]
    return [
        *meeting,
        *((case.case_no, point) for case in pack.cases for point in case.learning_points),
    ]


def _actions(pack: Pack) -> list[tuple[Value, ...]]:
    return [
        (one.text, one.owner_role, one.due, "done" if one.done else "open") for one in pack.actions
    ]
