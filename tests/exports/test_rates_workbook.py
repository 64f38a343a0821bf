from io import BytesIO

from export_dump import goldens
from openpyxl import load_workbook

from store.domain.report import BIAS_NOTE


def test_every_step_has_its_counts_interval_and_meaning() -> None:
    page = load_workbook(BytesIO(goldens()["rates.txt"]))["Rates"]
    rows = {row[0].value: [cell.value for cell in row[1:]] for row in page.iter_rows(min_row=4)}
    numerator, denominator, share, low, high, meaning = rows["Fracture confirmed"]
    assert (numerator, denominator, share) == (90, 150, 0.6)
    assert (round(low, 3), round(high, 3)) == (0.52, 0.675)
    assert meaning == "at least one fragility fracture confirmed, of scans reviewed"
    assert page["D4"].number_format == "0.0%"


def test_a_rate_of_nothing_has_no_value() -> None:
    page = load_workbook(BytesIO(goldens()["rates.txt"]))["Rates"]
    assert [cell.value for cell in page[10]][:6] == ["Referred to the FLS", 0, 0, None, None, None]


def test_the_bias_is_printed_with_the_rates() -> None:
    book = load_workbook(BytesIO(goldens()["rates.txt"]))
    assert BIAS_NOTE in book["Rates"]["A2"].value
    assert BIAS_NOTE in [row[1].value for row in book["About"].iter_rows(min_row=4)]
