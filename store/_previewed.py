"""Pictures that AI products sent with their answers: which are a scan's, and which are shown."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlmodel import Session, col

from store._doubted import contradiction
from store._folding import scan_named
from store.domain.preview import Preview, claims
from store.tables import PatientRow, PreviewRow, ResultRow, ScanRow
from store.unit import Unit

MOST_SHOWN = 20
WHOSE = "patient"
"""Key of `PreviewRow.about`: whom the picture names."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One picture of an AI product as it is shown.

    Attributes:
        maker: Who made it, and with what, in words.
        words: What the product calls it.
        pictures: Names in the archive of its frames.
        refusal: Why it is not shown; empty where it is.
    """

    maker: str
    words: str
    pictures: tuple[str, ...]
    refusal: str


def previews_on(session: Session, scan_id: str) -> tuple[Sent, ...]:
    """The pictures of a scan that one of its results points at, or whose maker made one."""
    rows = (
        session.execute(
            select(PreviewRow)
            .where(col(PreviewRow.scan_id) == scan_id)
            .order_by(
                col(PreviewRow.series_uid), col(PreviewRow.place), col(PreviewRow.received_at)
            )
        )
        .scalars()
        .all()
    )
    if not rows:
        return ()
    results = results_of(session, (), scan_id)
    meant = [row for row in rows if claimed(results, preview_of(row))]
    return tuple(_sent(row) for row in meant[:MOST_SHOWN])


def results_of(session: Session, studies: Collection[str], scan_id: str | None) -> list[ResultRow]:
    """Results of the scan, and those that name one of *studies* and wait for theirs."""
    waits = col(ResultRow.scan_id).is_(None) & col(ResultRow.study_uid).in_(studies)
    mine = col(ResultRow.scan_id) == scan_id
    which = waits if scan_id is None else or_(mine, waits)
    return list(session.execute(select(ResultRow).where(which)).scalars())


def claimed(results: Iterable[ResultRow], one: Preview) -> bool:
    """Whether the picture belongs to any of *results*."""
    return any(claims(row.product, row.about.get("references", ()), one) for row in results)


def preview_of(row: PreviewRow) -> Preview:
    """What of *row* tells whose picture it is."""
    return Preview(
        digest=row.digest,
        sop_uid=row.sop_uid,
        study_uid=row.study_uid,
        series_uid=row.series_uid,
        modality="",
        maker=row.maker,
        model=row.model,
    )


def scan_for(session: Session, row: PreviewRow) -> tuple[ScanRow | None, str]:
    """The scan the picture is of; None, and why, where it is not here or is somebody else's."""
    scan, why = scan_named(session, row.study_uid, "")
    if scan is None:
        return None, why
    owner = session.get_one(PatientRow, scan.patient_id)
    differs = contradiction(row.about.get(WHOSE, {}), owner)
    if differs:
        return (
            None,
            f"The picture names {differs} than its scan has. Ask the PACS team whose it is.",
        )
    return scan, ""


def join_previews(unit: Unit, studies: Collection[str]) -> None:
    """Give the pictures that came before their scan to it, now that it is here."""
    waiting = select(PreviewRow).where(
        col(PreviewRow.scan_id).is_(None), col(PreviewRow.study_uid).in_(studies)
    )
    for row in unit.session.execute(waiting).scalars().all():
        scan, _ = scan_for(unit.session, row)
        row.scan_id = scan.id if scan else None


def _sent(row: PreviewRow) -> Sent:
    maker = " ".join(filter(None, (row.maker, row.model))) or "a product that does not name itself"
    return Sent(
        maker=f"{maker}, version {row.version}" if row.version else maker,
        words=row.words,
        pictures=tuple(row.pictures),
        refusal=row.refusal,
    )
