"""Which files a batch is made into, as the site's settings say."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from app.settings import Settings, UnusableSetting
from exports import hl7_message
from exports.sheet import XLSX
from store.domain.refusal import Unusable

NAMES = frozenset(
    {
        *("site", "exported", "message", "referral", "status", "hl7_status", "said", "batch"),
        *("nhs_number", "hospital_number", "surname", "forename", "title", "born", "sex"),
        *("postcode", "phone", "gp_practice", "accession", "exam", "scanned", "indication"),
        *("levels", "detail", "confirmed_by", "index_date", "due"),
    }
)
"""What an HL7 template may name beside what is of one fracture."""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of file: how it is called, its end, and its media type."""

    words: str
    suffix: str
    media: str


KINDS: Mapping[str, Kind] = {
    "xlsx": Kind("Workbook", ".xlsx", XLSX),
    "csv": Kind("CSV", ".csv", "text/csv; charset=utf-8"),
    "fhir": Kind("FHIR", ".json", "application/fhir+json"),
    "hl7": Kind("HL7", ".hl7.zip", "application/zip"),
}


def made_with(settings: Settings) -> dict[str, object]:
    """The settings of now that the files of a batch depend on.

    Raises:
        UnusableSetting: a format is not known, or the HL7 template or folder cannot be used.
    """
    formats = formats_of(settings.fls_formats)
    if settings.fls_hl7_folder and "hl7" not in formats:
        msg = "VCF_FLS_HL7_FOLDER is set and VCF_FLS_FORMATS makes no HL7. Add hl7 to the formats."
        raise UnusableSetting(msg)
    told: dict[str, object] = {"formats": formats, "demo": settings.demo}
    if "hl7" in formats:
        told["hl7"] = template_of(settings.fls_hl7)
        told["hl7_folder"] = bool(settings.fls_hl7_folder)
    return told


def formats_of(said: str) -> list[str]:
    """The kinds of file that *said* names, the workbook first."""
    named = [word.strip().lower() for word in said.split(",") if word.strip()]
    odd = [word for word in named if word not in KINDS]
    if odd or not named:
        msg = f"VCF_FLS_FORMATS names what is not known. Write some of: {', '.join(KINDS)}."
        raise UnusableSetting(msg)
    return [kind for kind in KINDS if kind in named]


def template_of(said: str) -> str:
    """The HL7 template that *said* names: one built in, or a file."""
    template = hl7_message.BUILT_IN.get(said)
    try:
        text = template if template is not None else Path(said).read_text("utf-8")
        hl7_message.check_template(text, NAMES)
    except (OSError, UnicodeDecodeError):
        msg = "VCF_FLS_HL7 names no readable file. Write ref, mdm, or the path of a template."
        raise UnusableSetting(msg) from None
    except Unusable as refusal:
        msg = f"VCF_FLS_HL7: {refusal}"
        raise UnusableSetting(msg) from None
    return text
