"""Settings: read once from the environment, explained when one is wrong."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from app import pacs
from app.fls_policy import policy_of
from app.unusable import UnusableSetting as UnusableSetting
from store.domain.codes import NATIONS
from store.domain.meeting import KEPT_DAYS
from store.domain.queue import DUE_DAYS
from store.domain.reading import ReadPolicy
from store.domain.referral import Policy
from store.domain.sampling import DRAWN


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that may differ between two installations."""

    data: Path = field(metadata={"env": "VCF_DATA", "says": "folder of everything that is kept"})
    database: str = field(
        default="",
        metadata={
            "env": "VCF_DATABASE",
            "says": "database address; empty means SQLite in the data folder",
        },
    )
    host: str = field(
        default="127.0.0.1", metadata={"env": "VCF_HOST", "says": "address the server listens on"}
    )
    port: int = field(
        default=8501, metadata={"env": "VCF_PORT", "says": "port the server listens on"}
    )
    lowest_age: int = field(
        default=50,
        metadata={"env": "VCF_LOWEST_AGE", "says": "youngest age at the scan that is referred"},
    )
    fewest_mild: int = field(
        default=1,
        metadata={
            "env": "VCF_FEWEST_MILD",
            "says": "fewer mild fractures than this, and none graver, are held back",
        },
    )
    policy_file: str = field(
        default="",
        metadata={
            "env": "VCF_POLICY",
            "says": "file of what else the local FLS takes; else `policy.toml` in the data folder",
        },
    )
    second_read_share: float = field(
        default=0.1,
        metadata={
            "env": "VCF_SECOND_READ_SHARE",
            "says": "share of all cases that a second person reads blind, 0 to 1",
        },
    )
    second_read_doubtful: int = field(
        default=1,
        metadata={
            "env": "VCF_SECOND_READ_DOUBTFUL",
            "says": "1: mild fractures, and T4 to T9 near a threshold, are read twice; 0: not",
        },
    )
    unaided_share: float = field(
        default=0.0,
        metadata={
            "env": "VCF_UNAIDED_SHARE",
            "says": "share of scans that are first read without the AI's answer, 0 to 1",
        },
    )
    repeat_share: float = field(
        default=0.0,
        metadata={
            "env": "VCF_REPEAT_SHARE",
            "says": "share of closed cases that their first reader is shown again, 0 to 1",
        },
    )
    pacs_link: str = field(
        default="",
        metadata={
            "env": "VCF_PACS_LINK",
            "says": "link to a case in the PACS, naming `{accession}` or `{study_uid}`",
        },
    )
    due_days: int = field(
        default=DUE_DAYS,
        metadata={
            "env": "VCF_DUE_DAYS",
            "says": "days after the scan by which a flag should be decided",
        },
    )
    sources: str = field(
        default="",
        metadata={
            "env": "VCF_SOURCES",
            "says": "file that names where scans, results and reports come from",
        },
    )
    fls_formats: str = field(
        default="xlsx",
        metadata={
            "env": "VCF_FLS_FORMATS",
            "says": "files of a batch for the FLS: some of xlsx, csv, fhir, hl7",
        },
    )
    fls_hl7: str = field(
        default="ref",
        metadata={
            "env": "VCF_FLS_HL7",
            "says": "HL7 template: ref (REF^I12), mdm (MDM^T02), or the path of the site's own",
        },
    )
    codes: str = field(
        default="England",
        metadata={
            "env": "VCF_CODES",
            "says": "whose code sets its systems use beside the standards': England or Wales",
        },
    )
    fls_hl7_folder: str = field(
        default="",
        metadata={
            "env": "VCF_FLS_HL7_FOLDER",
            "says": "folder into which the HL7 messages of each batch are put, each once",
        },
    )
    terms: str = field(
        default="",
        metadata={"env": "VCF_TERMS", "says": "file of the site's own words for reading reports"},
    )
    texts: str = field(
        default="",
        metadata={
            "env": "VCF_TEXTS",
            "says": "folder of the site's letter templates, short code and names",
        },
    )
    workers: int = field(
        default=1,
        metadata={
            "env": "VCF_WORKERS",
            "says": "workers that prepare pictures beside the server; 0: run `work` elsewhere",
        },
    )
    prepare_mb: int = field(
        default=4096,
        metadata={"env": "VCF_PREPARE_MB", "says": "megabytes that one preparation may use"},
    )
    prepare_seconds: int = field(
        default=900,
        metadata={"env": "VCF_PREPARE_SECONDS", "says": "seconds that one preparation may take"},
    )
    lease_seconds: int = field(
        default=60,
        metadata={
            "env": "VCF_LEASE_SECONDS",
            "says": "seconds without a sign of life after which a worker loses its job",
        },
    )

    realm_drawn: int = field(
        default=DRAWN,
        metadata={"env": "VCF_REALM_DRAWN", "says": "discrepancies drawn by lot for a meeting"},
    )
    realm_days: int = field(
        default=KEPT_DAYS,
        metadata={
            "env": "VCF_REALM_DAYS",
            "says": "days after a meeting until nobody can tell whose its cases were",
        },
    )
    realm_places: str = field(
        default="",
        metadata={
            "env": "VCF_REALM_PLACES",
            "says": "file of hospitals, wards and towns to redact, one a line",
        },
    )

    @property
    def policy(self) -> Policy:
        """What the local FLS takes; the file is read anew, so that a change holds at once."""
        base = Policy(lowest_age=self.lowest_age, fewest_mild=self.fewest_mild)
        beside = self.data / "policy.toml"
        path = Path(self.policy_file).expanduser() if self.policy_file else beside
        return policy_of(path, base) if self.policy_file or path.exists() else base

    @property
    def read_policy(self) -> ReadPolicy:
        """What is read twice, by others or by the same reader, and what without the AI's answer."""
        return ReadPolicy(
            share=self.second_read_share,
            doubtful=bool(self.second_read_doubtful),
            unaided_share=self.unaided_share,
            repeat_share=self.repeat_share,
        )

    @property
    def database_address(self) -> str:
        """SQLAlchemy's address of the database."""
        return self.database or f"sqlite:///{self.data / 'record.db'}"

    @property
    def demo(self) -> bool:
        """Whether the data folder holds the invented hospital."""
        return (self.data / "DEMO").exists()


def read(environment: Mapping[str, str] | None = None, data: Path | None = None) -> Settings:
    """The settings in *environment*; *data*, from the command line, goes before ``VCF_DATA``.

    Raises:
        UnusableSetting: one is missing or not what it should be.
    """
    said = os.environ if environment is None else environment
    given: dict[str, Any] = {}
    for each in fields(Settings):
        text = said.get(each.metadata["env"], "")
        if text:
            given[each.name] = _typed(each.metadata["env"], text, each.type)
    if data is not None:
        given["data"] = data
    if "data" not in given:
        msg = "No data folder is named. Set VCF_DATA or give --data FOLDER."
        raise UnusableSetting(msg)
    wrong = pacs.fault(given["pacs_link"]) if "pacs_link" in given else ""
    if wrong:
        msg = f"VCF_PACS_LINK cannot be used: {wrong}"
        raise UnusableSetting(msg)
    if given.get("codes", "England") not in NATIONS:
        msg = f"VCF_CODES is England or Wales, got {given['codes']!r}."
        raise UnusableSetting(msg)
    given["data"] = Path(given["data"]).expanduser().resolve()
    settings = Settings(**given)
    _ = settings.policy  # a wrong file is said at the start, not in the middle of the day
    return settings


def _typed(name: str, text: str, kind: object) -> object:
    if kind not in (int, float):
        return text
    try:
        number = int(text) if kind is int else float(text)
    except ValueError:
        whole = "a whole number" if kind is int else "a number, with a point"
        msg = f"{name} is {whole}, got {text!r}."
        raise UnusableSetting(msg) from None
    if kind is float and not 0.0 <= number <= 1.0:
        msg = f"{name} is a share from 0 to 1, got {text!r}."
        raise UnusableSetting(msg)
    return number


def table() -> str:
    """The settings as the README lists them."""
    rows = ["| setting | default | meaning |", "|---|---|---|"]
    for each in fields(Settings):
        default = "" if each.name == "data" else str(each.default)
        rows.append(f"| `{each.metadata['env']}` | {default} | {each.metadata['says']} |")
    return "\n".join(rows)
