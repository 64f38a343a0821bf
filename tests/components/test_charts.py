import pytest

from components.charts import CONFIG, funnel, per_cent, rate_words
from store.domain.rates import FunnelRow, Rate, Step
from store.domain.report import BIAS_NOTE

ROWS = [FunnelRow(step, Rate(90 - 10 * place, 150)) for place, step in enumerate(Step)]


def shown(words: str) -> str:
    return words.replace("<br>", " ")


def test_every_bar_has_its_counts_rate_interval_and_meaning_in_words() -> None:
    texts = [shown(one.text) for one in funnel(ROWS).layout.annotations]
    for row, text in zip(ROWS, texts, strict=False):
        assert text == f"<b>{rate_words(row.rate)}</b> {row.meaning}"
    assert BIAS_NOTE in texts[-1]


def test_the_bars_are_the_counts_in_the_order_of_the_steps() -> None:
    outline, bar = funnel(ROWS).data
    assert list(outline.x) == [150] * len(ROWS)
    assert list(bar.x) == [row.rate.numerator for row in ROWS]
    assert list(bar.y) == [step.value for step in Step]
    assert funnel(ROWS).layout.yaxis.autorange == "reversed"


@pytest.mark.parametrize(
    ("rate", "words"),
    [
        (Rate(90, 150), "90 of 150: 60.0 % (52.0–67.5 %)"),
        (Rate(0, 300), "0 of 300: 0 % (0–1.3 %)"),
        (Rate(4999, 5000), "4,999 of 5,000: 100.0 % (99.9–100.0 %)"),
        (Rate(0, 0), "0 of 0: no rate"),
    ],
)
def test_a_rate_is_said_with_its_counts_and_interval(rate: Rate, words: str) -> None:
    assert rate_words(rate) == words


def test_only_none_and_all_are_written_as_whole_numbers() -> None:
    assert (per_cent(0.0), per_cent(1.0), per_cent(0.9999), per_cent(0.5)) == (
        "0",
        "100",
        "100.0",
        "50.0",
    )


def test_nothing_is_smaller_than_14_points_and_the_ground_is_the_page() -> None:
    layout = funnel(ROWS).layout
    sizes = [layout.font.size, layout.xaxis.title.font.size]
    assert min([*sizes, *(one.font.size for one in layout.annotations)]) >= 14
    assert layout.paper_bgcolor == layout.plot_bgcolor == "rgba(0, 0, 0, 0)"
    assert CONFIG["displayModeBar"] is False


def test_no_steps_give_an_empty_chart() -> None:
    assert len(funnel([]).layout.annotations) == 1
