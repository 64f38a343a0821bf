"""The meeting on slides: picture and question first, the report, and the answer after it."""

from collections.abc import Sequence
from io import BytesIO

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.presentation import Presentation as Deck
from pptx.slide import Slide
from pptx.text.text import TextFrame
from pptx.util import Emu, Inches, Length, Pt

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
    pages,
    plain,
    who,
)
from exports.sealed import sealed
from store.domain.realm_pack import BIASES, EDUCATION_ONLY, CaseSheet, Pack

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
"""Media type of what `realm_slides` gives."""

_WIDE, _TALL = Inches(13.333), Inches(7.5)
_EDGE = Inches(0.6)
_TOP, _BOTTOM = Inches(1.4), Inches(0.75)
_NAVY, _INK, _GREY = (
    RGBColor(0x00, 0x30, 0x87),
    RGBColor(0x21, 0x2B, 0x32),
    RGBColor(0x42, 0x55, 0x63),
)
_FACE = "Arial"
_BODY_PT, _HEAD_PT, _TITLE_PT, _FOOT_PT = 22, 18, 32, 12
_LINES, _WIDTH = 13, 82
"""Wrapped lines of body text on a slide and characters in each, Arial at `_BODY_PT`."""
_FEW_PT, _FEW_LINES, _FEW_WIDTH = 28, 7, 62
"""A slide with little on it is written larger."""
_HALF_LINES, _HALF_WIDTH = 12, 36
_TITLE_ONLY = 5


def realm_slides(pack: Pack) -> bytes:
    """*pack* as a .pptx file. The same pack gives the same bytes, whenever it is written."""
    deck = Presentation()
    deck.slide_width, deck.slide_height = _WIDE, _TALL
    _front(deck, pack)
    _listed(deck, pack, "Agenda", _agenda(pack))
    for number, case in enumerate(pack.cases, 1):
        _case(deck, pack, case, f"Case {number} of {len(pack.cases)}")
    _themes(deck, pack)
    _listed(deck, pack, "Good spots", [_spot(case) for case in pack.good_spots])
    _listed(deck, pack, "Learning points", _points(pack))
    _actions(deck, pack)
    raw = BytesIO()
    deck.save(raw)
    return sealed(raw.getvalue(), pack.made_at, f"{TITLE} {pack.meeting_no}")


def _agenda(pack: Pack) -> list[str]:
    cases = [f"Case {number}: {who(case)}" for number, case in enumerate(pack.cases, 1)]
    return [*pack.agenda, *cases]


def _spot(case: CaseSheet) -> str:
    return f"{case.case_no}: {case.finding}"


def _points(pack: Pack) -> list[str]:
    return [
        *pack.learning_points,
        *(point for case in pack.cases for point in case.learning_points),
    ]


def _slide(deck: Deck, pack: Pack, title: str) -> Slide:
    """An empty slide with its title, and what it is marked with at its foot."""
    slide = deck.slides.add_slide(deck.slide_layouts[_TITLE_ONLY])
    head = slide.shapes.title
    if head is not None:
        head.left, head.top = _EDGE, Inches(0.35)
        head.width, head.height = Emu(_WIDE - 2 * _EDGE), Inches(0.85)
        head.text_frame.vertical_anchor = MSO_ANCHOR.BOTTOM
        head.text_frame.margin_left = Emu(0)
        _write(head.text_frame, [title], _TITLE_PT, _NAVY, bold=True)
    rule = slide.shapes.add_shape(
        MSO_SHAPE.RECTANGLE, _EDGE, Inches(1.22), _WIDE - 2 * _EDGE, Pt(2)
    )
    rule.fill.solid()
    rule.fill.fore_color.rgb = _NAVY
    rule.line.fill.background()
    foot = f"{marking(pack)} · {pack.meeting_no}"
    box = slide.shapes.add_textbox(
        _EDGE, Emu(_TALL - Inches(0.5)), Emu(_WIDE - 2 * _EDGE), Inches(0.35)
    )
    _write(box.text_frame, [foot], _FOOT_PT, _GREY)
    return slide


def _write(
    frame: TextFrame, lines: Sequence[str], size: int, ink: RGBColor, *, bold: bool = False
) -> None:
    frame.word_wrap = True
    for number, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(size / 3)
        run = paragraph.add_run()
        run.text = plain(line)
        run.font.name, run.font.size, run.font.bold = _FACE, Pt(size), bold
        run.font.color.rgb = ink


def _box(slide: Slide, left: Length, top: Length, width: int, height: int) -> TextFrame:
    frame = slide.shapes.add_textbox(left, top, Emu(width), Emu(height)).text_frame
    frame.margin_left = frame.margin_right = Emu(0)
    return frame


def _body(slide: Slide, lines: Sequence[str]) -> None:
    frame = _box(slide, _EDGE, _TOP, _WIDE - 2 * _EDGE, _TALL - _TOP - _BOTTOM)
    few = pages(lines, _FEW_WIDTH, _FEW_LINES)
    _write(frame, lines, _BODY_PT if len(few) > 1 else _FEW_PT, _INK)


def _front(deck: Deck, pack: Pack) -> None:
    slide = _slide(deck, pack, TITLE)
    where = f", {pack.place}" if pack.place else ""
    when = f"{pack.held_on:%d/%m/%Y}{where}"
    _body(slide, [pack.department, when, f"Cases: {pack.period}", "", EDUCATION_ONLY])


def _listed(deck: Deck, pack: Pack, title: str, lines: Sequence[str]) -> None:
    """*lines* on as many slides as they need."""
    for number, page in enumerate(pages([*lines] or [NOTHING], _WIDTH, _LINES - 2)):
        _body(_slide(deck, pack, _continued(title, number)), page)


def _continued(title: str, number: int) -> str:
    return f"{title} (continued)" if number else title


def _case(deck: Deck, pack: Pack, case: CaseSheet, place: str) -> None:
    """Question, report and answer, each on slides of their own."""
    _question(deck, pack, case, f"{place}: {who(case)}")
    said = [case.excerpt or NO_EXCERPT]
    for number, page in enumerate(pages(said, _WIDTH, _LINES - 1)):
        slide = _slide(deck, pack, _continued(f"{place}: what the report said", number))
        _body(slide, page)
    lines = [f"{heading}: {line}" for heading, found in answers(case) for line in found]
    _listed(deck, pack, f"{place}: {case.case_no}", lines)


def _question(deck: Deck, pack: Pack, case: CaseSheet, title: str) -> None:
    slide = _slide(deck, pack, title)
    room = _TALL - _TOP - _BOTTOM
    left, width = _EDGE, _WIDE - 2 * _EDGE
    lines, height = _WIDTH, _LINES - 4
    if case.image is not None:
        wide = _picture(slide, case.image.png, case.image.words, room)
        left, width = Emu(_EDGE + wide + Inches(0.5)), width - wide - Inches(0.5)
        lines, height = _HALF_WIDTH, _HALF_LINES - 4
    asked = pages([case.question or NO_QUESTION], lines, height)
    none = [NO_PICTURE] if case.image is None else []
    _write(_box(slide, left, _TOP, width, room), [*asked[0], *none, "", *ASKED], _BODY_PT, _INK)
    for page in asked[1:]:
        _body(_slide(deck, pack, _continued(title, 1)), page)


def _picture(slide: Slide, png: bytes, words: str, room: int) -> int:
    """The width of the picture, set as large as half the slide allows."""
    shape = slide.shapes.add_picture(BytesIO(png), _EDGE, _TOP)
    most = Inches(6.4)
    scale = min(room / shape.height, most / shape.width)
    shape.width, shape.height = Emu(int(shape.width * scale)), Emu(int(shape.height * scale))
    described = shape._element.nvPicPr.cNvPr
    described.set("descr", plain(words))
    described.set("name", "Key image")
    return int(shape.width)


def _themes(deck: Deck, pack: Pack) -> None:
    lines = [f"Cases: {pack.period}"]
    for theme in pack.themes:
        lines += [f"{theme.title}: {counted(theme)}", f"{left_out(theme)}. {theme.rule}"]
    _listed(deck, pack, "The department as a whole", [*lines, BIASES])


def _actions(deck: Deck, pack: Pack) -> None:
    lines = [
        f"{one.text} - {one.owner_role}{f', by {one.due:%d/%m/%Y}' if one.due else ''}"
        f"{' (done)' if one.done else ''}"
        for one in pack.actions
    ]
    _listed(deck, pack, "Actions", lines)
