"""Charts of rates: every number stands beside its bar, so that no colour has to be read."""

from collections.abc import Mapping, Sequence
from textwrap import wrap

import plotly.graph_objects as go

from store.domain.queue import Band
from store.domain.rates import FunnelRow, Rate
from store.domain.report import BIAS_NOTE

CONFIG = {"displayModeBar": False, "responsive": True}
"""How a screen is to draw the charts: without plotly's row of buttons."""

MARKS = {Band.BREACHED: "▲", Band.AT_RISK: "◆", Band.IN_TIME: "●"}
"""The shape of each band of waiting, so that no colour has to be told from another."""

_BLUE, _GREY, _INK, _CLEAR = "#1f7ad1", "#768692", "#212b32", "rgba(0, 0, 0, 0)"
"""Bars and outlines keep 3:1 on the light page and on the dark one; the page turns the ink."""

_FACE = "Frutiger, Arial, sans-serif"
_SIZE = 16
_BAR_SHARE = 0.4
"""Part of the width that the bars take; the words stand in the rest."""
_ROW_PX, _FRAME_PX = 72, 130
_WORDS_WIDE, _NOTE_WIDE = 43, 66
"""Characters in a line, so that all can be read on a screen 800 pixels wide."""


def funnel(rows: Sequence[FunnelRow]) -> go.Figure:
    """Scans at each step: a full bar for those counted, an outline for those they are a part of."""
    figure = go.Figure([_bars(rows, whole=True), _bars(rows, whole=False)])
    figure.update_layout(
        barmode="overlay",
        bargap=0.45,
        showlegend=False,
        plot_bgcolor=_CLEAR,
        paper_bgcolor=_CLEAR,
        font={"family": _FACE, "size": _SIZE, "color": _INK},
        height=_ROW_PX * len(rows) + _FRAME_PX,
        margin={"l": 10, "r": 10, "t": 10, "b": 110},
        modebar={"remove": ["zoom", "pan", "select", "lasso", "autoscale", "toimage"]},
        dragmode=False,
        annotations=[*(_words(row) for row in rows), _note()],
    )
    largest = max((row.rate.denominator for row in rows), default=0)
    figure.update_xaxes(
        domain=[0, _BAR_SHARE],
        range=[0, max(1, largest) * 1.02],
        title={"text": "Scans", "font": {"size": _SIZE}},
        showgrid=False,
        zeroline=False,
        fixedrange=True,
        tickformat=",d",
        nticks=5,
    )
    figure.update_yaxes(
        autorange="reversed", automargin=True, fixedrange=True, ticksuffix="  ", showgrid=False
    )
    return figure


def rate_words(rate: Rate) -> str:
    """*rate* as counts, per cent and interval, such as ``90 of 150: 60.0 % (52.0–67.5 %)``."""
    counts = f"{rate.numerator:,} of {rate.denominator:,}"
    if rate.value is None or rate.interval is None:
        return f"{counts}: no rate"
    low, high = rate.interval
    return f"{counts}: {per_cent(rate.value)} % ({per_cent(low)}–{per_cent(high)} %)"


def per_cent(fraction: float) -> str:
    """*fraction* in per cent; only none and all of it are written as whole numbers."""
    return f"{100 * fraction:.0f}" if fraction in (0, 1) else f"{100 * fraction:.1f}"


def _bars(rows: Sequence[FunnelRow], *, whole: bool) -> go.Bar:
    return go.Bar(
        y=[row.step.value for row in rows],
        x=[row.rate.denominator if whole else row.rate.numerator for row in rows],
        orientation="h",
        marker={
            "color": _CLEAR if whole else _BLUE,
            "line": {"color": _GREY, "width": 2 if whole else 0},
        },
        hovertext=[f"{rate_words(row.rate)}<br>{row.meaning}" for row in rows],
        hoverinfo="text",
    )


def _words(row: FunnelRow) -> dict[str, object]:
    return {
        "xref": "paper",
        "x": _BAR_SHARE + 0.02,
        "y": row.step.value,
        "text": f"<b>{rate_words(row.rate)}</b><br>{_broken(row.meaning, _WORDS_WIDE)}",
        "showarrow": False,
        "xanchor": "left",
        "align": "left",
        "font": {"size": _SIZE - 1},
    }


def _broken(text: str, wide: int) -> str:
    return "<br>".join(wrap(text, wide))


def _note() -> dict[str, object]:
    return {
        "xref": "paper",
        "yref": "paper",
        "x": 0,
        "y": 0,
        "yshift": -62,
        "yanchor": "top",
        "xanchor": "left",
        "align": "left",
        "text": _broken(f"{BIAS_NOTE} In brackets: Wilson 95 % interval.", _NOTE_WIDE),
        "showarrow": False,
        "font": {"size": 14},
    }


_BANDS = {
    Band.BREACHED: ("#b3261e", "#ffffff"),
    Band.AT_RISK: ("#ffb81c", _INK),
    Band.IN_TIME: ("#005eb8", "#ffffff"),
}
"""Ground and ink of each part of the bar."""


def ageing_bar(counts: Mapping[Band, int]) -> str:
    """How the open cases divide into bands of waiting, as a small picture with its words."""
    words = ", ".join(f"{counts[band]:,} {band.value}" for band in _BANDS)
    parts = "".join(
        f'<span style="flex:{counts[band]} 1 0;background:{colour};color:{ink};overflow:hidden">'
        f"{MARKS[band]}</span>"
        for band, (colour, ink) in _BANDS.items()
        if counts[band]
    )
    return (
        f'<div role="img" aria-label="Open cases: {words}" style="display:flex;gap:2px;width:160px;'
        f'height:24px;font:14px/24px {_FACE};text-align:center;background:{_GREY}">{parts}</div>'
    )
