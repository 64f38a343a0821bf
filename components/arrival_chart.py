"""What came through one way in, day by day."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta

import plotly.graph_objects as go

DAYS = 70
_BLUE, _INK, _CLEAR = "#1f7ad1", "#212b32", "rgba(0, 0, 0, 0)"


def per_day(hours: Sequence[tuple[datetime, int]]) -> dict[date, int]:
    """How much came on each local day on which anything came, the newest first."""
    days: Counter[date] = Counter()
    for hour, count in hours:
        days[hour.astimezone().date()] += count
    return dict(sorted(days.items(), reverse=True))


def daily(hours: Sequence[tuple[datetime, int]], today: date) -> go.Figure:
    """A bar for each of the last `DAYS` days up to *today*; a day without a bar brought nothing."""
    came = per_day(hours)
    days = [today - timedelta(days=back) for back in range(DAYS - 1, -1, -1)]
    figure = go.Figure(go.Bar(x=days, y=[came.get(day, 0) for day in days], marker_color=_BLUE))
    figure.update_layout(
        height=170,
        bargap=0.2,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        plot_bgcolor=_CLEAR,
        paper_bgcolor=_CLEAR,
        font={"family": "Frutiger, Arial, sans-serif", "size": 14, "color": _INK},
        dragmode=False,
    )
    figure.update_xaxes(fixedrange=True, showgrid=False, tickformat="%d/%m", nticks=11)
    figure.update_yaxes(
        fixedrange=True,
        rangemode="tozero",
        nticks=4,
        tickformat=",d",
        automargin=True,
        gridcolor="rgba(118, 134, 146, 0.4)",
    )
    return figure
