"""Noting which version of an AI product speaks."""

from sqlalchemy import select
from sqlmodel import col

from store.tables import VersionRow
from store.unit import Unit


def note_version(unit: Unit, product: str, version: str) -> None:
    """Enter a version that has not spoken before; one of a known product is to be validated."""
    if unit.session.get(VersionRow, (product, version)) is not None:
        return
    others = select(col(VersionRow.version)).where(col(VersionRow.product) == product).limit(1)
    renews = unit.session.execute(others).first() is not None
    unit.session.add(VersionRow(product=product, version=version, first_at=unit.now, renews=renews))
    unit.session.flush()
    unit.tell("ai_version.new", product, version=version, renews=renews)
