"""Kinds of column: each says what it tells of a person, and a test refuses one that does not."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field


class Privacy(StrEnum):
    """What a column tells of a person."""

    IDENTIFIES = "identifies a patient"
    CLINICAL = "clinical, meaningful only with an identity"
    STAFF = "names a member of staff"
    NONE = "nothing"


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse a naive moment; store UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            msg = "A moment needs its time zone."
            raise ValueError(msg)
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """SQLite forgets the zone; it was UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _col(privacy: Privacy, kind: Any = None, **options: Any) -> Any:  # noqa: ANN401 - SQLModel's Field is untyped
    if kind is not None:
        options["sa_type"] = kind
    extra = {**options.pop("sa_column_kwargs", {}), "info": {"privacy": privacy}}
    return Field(**options, sa_column_kwargs=extra)


def who(kind: Any = None, **options: Any) -> Any:  # noqa: ANN401 - as _col
    """A column that identifies a patient."""
    return _col(Privacy.IDENTIFIES, kind, **options)


def what(kind: Any = None, **options: Any) -> Any:  # noqa: ANN401 - as _col
    """A clinical column."""
    return _col(Privacy.CLINICAL, kind, **options)


def staff(kind: Any = None, **options: Any) -> Any:  # noqa: ANN401 - as _col
    """A column that names a member of staff."""
    return _col(Privacy.STAFF, kind, **options)


def plain(kind: Any = None, **options: Any) -> Any:  # noqa: ANN401 - as _col
    """A column that tells of nobody."""
    return _col(Privacy.NONE, kind, **options)
