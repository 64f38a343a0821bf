"""The referrals of a batch as comma-separated text: the columns of the workbook, a row a line."""

import csv
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime
from io import StringIO

from exports.cells import local
from exports.columns import Value
from exports.fls import columns_of, value_of
from exports.fls_rows import Batch, ReferralRow
from exports.text import safe


def referral_csv(batch: Batch, rows: Sequence[ReferralRow]) -> bytes:
    """*rows* of *batch* in UTF-8 with its mark, so that a spreadsheet reads it as such.

    Every text is guarded as in the workbook; days are written as 03/12/2026.
    """
    text = StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.heading for column in columns_of(ReferralRow)])
    for row in rows:
        labelled = replace(row, batch=batch.label)
        named = [field.name for field in fields(ReferralRow)]
        writer.writerow([_written(value_of(getattr(labelled, name))) for name in named])
    return text.getvalue().encode("utf-8-sig")


def _written(value: Value) -> str:
    match value:
        case None:
            return ""
        case datetime():
            return f"{local(value):%d/%m/%Y %H:%M}"
        case date():
            return f"{value:%d/%m/%Y}"
    return safe(str(value))
