"""What came before its scan, and is given to it now."""

from sqlalchemy import ColumnElement, select
from sqlmodel import col

from store import _flags
from store._doubted import doubted
from store._folding import scans_with
from store._previewed import join_previews
from store._reports import join_reports
from store.tables import ResultRow, ScanRow, StudyRow
from store.unit import Unit


def join_waiting(unit: Unit, scan: ScanRow, share: float) -> None:
    """Give *scan* the results, pictures and reports that came before it."""
    unit.session.flush()
    studies = list(
        unit.session.execute(select(StudyRow).where(col(StudyRow.scan_id) == scan.id)).scalars()
    )
    named: ColumnElement[bool] = col(ResultRow.study_uid).in_([one.study_uid for one in studies])
    numbers = {one.accession for one in studies} - {""}
    # Of several scans with one number none may be guessed.
    sure = [one for one in numbers if len(scans_with(unit.session, one)) == 1]
    if sure:
        named = named | ((col(ResultRow.study_uid) == "") & col(ResultRow.accession).in_(sure))
    waiting = unit.session.execute(select(ResultRow).where(col(ResultRow.scan_id).is_(None), named))
    for row in waiting.scalars().all():
        if doubted(unit, row, scan):
            continue
        row.scan_id = scan.id
        _flags.enter(unit, scan, row, share)
    join_previews(unit, [one.study_uid for one in studies])
    join_reports(unit, scan)
