"""The tables of what arrived: patients, scans, series, AI results, reports and receipts."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Index, String, Text, UniqueConstraint
from sqlmodel import SQLModel

from store.columns import Utc, plain, what, who


class PatientRow(SQLModel, table=True):
    """A patient as the images named them."""

    __tablename__ = "patient"
    __table_args__ = (UniqueConstraint("site", "hospital_number"),)

    id: str = plain(primary_key=True)
    nhs_number: str | None = who(default=None, unique=True)
    nhs_status: str = what()
    site: str = plain()
    hospital_number: str | None = who(default=None)
    surname: str = who()
    forename: str = who()
    title: str = who(default="")
    born: date | None = who(default=None)
    sex: str = who(default="")
    sex_system: str = plain(default="")
    postcode: str = who(default="")
    phone: str = who(default="")
    gp_practice: str = who(default="")
    died: date | None = who(default=None)
    merged_into: str | None = plain(default=None)


class ScanRow(SQLModel, table=True):
    """One study: the unit that is flagged, reviewed and counted."""

    __tablename__ = "scan"
    __table_args__ = (
        Index("scan_by_accession", "accession"),
        Index("scan_by_ending", "ending", "received_at", "id"),
    )

    id: str = plain(primary_key=True)
    study_uid: str = who(unique=True)
    patient_id: str = plain(foreign_key="patient.id", index=True)
    site: str = plain()
    accession: str = who(default="")
    scanned: date | None = what(default=None)
    exam: str = what(default="")
    requester: str = what(default="")
    specialty: str = what(default="")
    indication: str = what(Text, default="")
    ending: str = what(default="")
    ai_reason: str = what(default="")
    received_at: datetime = plain(Utc, index=True)
    opted_out: bool = what(default=False)


class StudyRow(SQLModel, table=True):
    """A study that came, and the scan it is part of: copies under other UIDs share one.

    `folded` says why it was put to a scan of another study UID; empty for the first of a scan.
    """

    __tablename__ = "study"

    study_uid: str = who(primary_key=True)
    scan_id: str = plain(foreign_key="scan.id", index=True)
    accession: str = who(default="")
    frame_uid: str = who(default="")
    exam: str = what(default="")
    scanned: date | None = what(default=None)
    folded: str = plain(default="")
    at: datetime = plain(Utc)


class SearchKey(SQLModel, table=True):
    """A word of a name, a hospital number or an accession number, as people look for it.

    Compared letter by letter on both databases, so that a prefix is a range of the key.
    """

    __tablename__ = "search_key"

    key: str = who(String().with_variant(String(collation="C"), "postgresql"), primary_key=True)
    kind: str = plain(primary_key=True)
    patient_id: str = plain(primary_key=True, foreign_key="patient.id", index=True)
    scan_id: str = plain(primary_key=True, default="")


class SeriesRow(SQLModel, table=True):
    """One series of a scan, and the picture prepared from it by the newest `job`."""

    __tablename__ = "series"

    id: str = plain(primary_key=True)
    series_uid: str = who(unique=True)
    study_uid: str = who(default="", index=True)
    scan_id: str | None = plain(default=None, foreign_key="scan.id", index=True)
    digest: str = plain(unique=True)
    fate: str = plain()
    reason: str = plain(Text, default="")
    description: str = what(default="")
    manufacturer: str = plain(default="")
    model: str = plain(default="")
    kernel: str = plain(default="")
    instances: int = plain()
    stack: str | None = plain(default=None)
    mask_digest: str = plain(default="")
    refusal: str = plain(Text, default="")
    step_mm: float | None = plain(default=None)
    thickness_mm: float | None = plain(default=None)
    cover_mm: float | None = plain(default=None)
    image_type: str = plain(default="")
    lossy: str = plain(default="")
    tilt_degrees: float = plain(default=0.0)
    pictured_at: datetime | None = plain(Utc, default=None)
    job: str = plain(default="")
    source: str = plain(default="")


class GrowthRow(SQLModel, table=True):
    """A series as it was before more of its slices came; its picture of then stays reachable.

    `measured` holds the heights of then by level, in mm; `told_at` is when its case was told.
    """

    __tablename__ = "growth"

    id: int | None = plain(default=None, primary_key=True)
    series_id: str = plain(foreign_key="series.id", index=True)
    digest: str = plain()
    instances: int = plain()
    stack: str | None = plain(default=None)
    mask_digest: str = plain(default="")
    measured: dict[str, Any] = what(JSON)
    at: datetime = plain(Utc)
    source: str = plain(default="")
    told_at: datetime | None = plain(Utc, default=None)


class MeasurementRow(SQLModel, table=True):
    """The heights of one vertebra as measured on one series."""

    __tablename__ = "measurement"

    series_id: str = plain(primary_key=True, foreign_key="series.id")
    level: str = what(primary_key=True)
    anterior_mm: float | None = what(default=None)
    middle_mm: float | None = what(default=None)
    posterior_mm: float | None = what(default=None)
    unmeasured: str = what(default="")


class ReceiptRow(SQLModel, table=True):
    """Something arrived, and what became of it. Copies are counted from here."""

    __tablename__ = "receipt"
    __table_args__ = (Index("receipt_by_source", "source", "kind", "at"),)

    id: int | None = plain(default=None, primary_key=True)
    at: datetime = plain(Utc)
    kind: str = plain()
    digest: str = plain(index=True)
    fate: str = plain(index=True)
    reason: str = plain(Text, default="")
    scan_id: str | None = plain(default=None, index=True)
    source: str = plain(default="")


class ResultRow(SQLModel, table=True):
    """What an AI product said of a scan; held while the scan is unknown.

    `about` holds whom it names, its family and what it points at.
    """

    __tablename__ = "ai_result"

    digest: str = plain(primary_key=True)
    scan_id: str | None = plain(default=None, foreign_key="scan.id", index=True)
    study_uid: str = who(default="", index=True)
    accession: str = who(default="", index=True)
    product: str = plain()
    version: str = plain()
    format: str = plain()
    ending: str = what()
    reason: str = what(default="")
    threshold_rule: str = plain(default="")
    findings: list[dict[str, Any]] = what(JSON)
    received_at: datetime = plain(Utc)
    source: str = plain(default="")
    about: dict[str, Any] = who(JSON, default_factory=dict)


class ReportRow(SQLModel, table=True):
    """A radiology report as it came; a corrected one is a new row.

    `matched` says by what it was joined to its scan; `words` are those of whoever did it by hand.
    """

    __tablename__ = "report"

    digest: str = plain(primary_key=True)
    scan_id: str | None = plain(default=None, foreign_key="scan.id", index=True)
    study_uid: str = who(default="", index=True)
    accession: str = who(default="", index=True)
    text: str = who(Text)
    status: str = plain()
    reported: date | None = what(default=None)
    received_at: datetime = plain(Utc)
    source: str = plain(default="")
    nhs_number: str = who(default="", index=True)
    hospital_number: str = who(default="", index=True)
    scanned: date | None = what(default=None)
    raw: str = plain(default="")
    site: str = plain(default="")
    patient_class: str = what(default="")
    sex: str = who(default="")
    sex_system: str = plain(default="")
    gp_practice: str = who(default="")
    reported_at: datetime | None = plain(Utc, default=None)
    matched: str = plain(default="")
    words: str = who(Text, default="")


class PreviewRow(SQLModel, table=True):
    """A picture that came with an AI product's answer; `pictures` are its frames made anew.

    It is shown where a result of its scan points at it or is of the same maker, and nowhere else.
    """

    __tablename__ = "preview"

    digest: str = plain(primary_key=True)
    scan_id: str | None = plain(default=None, foreign_key="scan.id", index=True)
    study_uid: str = who(index=True)
    sop_uid: str = who()
    series_uid: str = who(default="")
    maker: str = plain(default="")
    model: str = plain(default="")
    version: str = plain(default="")
    words: str = what(default="")
    place: int = plain(default=0)
    pictures: list[str] = plain(JSON)
    refusal: str = plain(Text, default="")
    about: dict[str, Any] = who(JSON)
    received_at: datetime = plain(Utc)
    source: str = plain(default="")
