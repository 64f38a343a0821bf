"""The cells of a workbook as text, for the golden files.

After a wanted change: ``python tests/exports/export_dump.py`` writes them anew.
"""

import sys
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"


def dump(content: bytes) -> str:
    """Every cell with its place, type, format and value, and what the sheet does with them."""
    lines = []
    for page in load_workbook(BytesIO(content)).worksheets:
        lines.append(f"== {page.title}: frozen {page.freeze_panes}, filter {page.auto_filter.ref}")
        lines += [
            f"{cell.coordinate} {cell.data_type} {cell.number_format} {cell.value!r}"
            for row in page.iter_rows()
            for cell in row
            if cell.value is not None
        ]
        lines += [
            f"list {one.sqref} {one.formula1}" for one in page.data_validations.dataValidation
        ]
        lines += [
            f"tint {area.sqref} {rule.formula} {rule.dxf.fill.bgColor.rgb}"
            for area in page.conditional_formatting
            for rule in area.rules
        ]
    return "\n".join(lines) + "\n"


def goldens() -> dict[str, bytes]:
    """The name of each golden file, and the workbook it is of."""
    from export_builders import EXPORTED, a_batch, a_funnel, some_not_referred, some_rows

    from exports.fls import referral_workbook
    from exports.rates import rates_workbook

    return {
        "referrals.txt": referral_workbook(a_batch(), some_rows(), some_not_referred(), True),
        "rates.txt": rates_workbook(
            a_funnel(),
            "April to June 2026",
            made_at=EXPORTED,
            made_by="A Lead",
            demo=False,
            trail_sequence=412,
            trail_hash="9f" * 32,
        ),
    }


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    for name, content in goldens().items():
        (GOLDEN / name).write_text(dump(content), encoding="utf-8")
