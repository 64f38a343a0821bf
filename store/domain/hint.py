"""What speaks for an exclusion: found by rule, marked as the machine's, decided by a person.

Words are looked for in the request and the report. A hint is no more than that: it shows the
sentence, and a coordinator says whether it applies.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache
from hashlib import sha256

from store.domain.codes import NO_PRACTICE
from store.domain.exclusion import Exclusion
from store.domain.referral import Policy

_DRUGS = (
    r"alendron\w+", "fosamax", "fosavance", r"risedron\w+", "actonel", r"ibandron\w+", "bonviva",
    r"zoledron\w+", "aclasta", r"pamidron\w+", "denosumab", "prolia", "teriparatide", "forsteo",
    "movymia", "terrosa", "romosozumab", "evenity", "abaloparatide", "eladynos", "raloxifene",
    "evista", "strontium ranelate", "bisphosph?onates?", "osteoporosis (?:treatment|medication)",
)  # fmt: skip
_CANCER = (
    "cancers?", r"carcino\w+", r"malignan\w+", "lymphoma", r"metasta\w+", "mets", "myeloma",
    r"leuka?emia", "melanoma", "sarcoma", r"neoplas\w+", r"tumou?rs?", r"oncolog\w+",
    "chemotherapy", "chemo", "radiotherapy", "staging", "restaging", "2ww", "two week wait",
    "usc pathway", r"ca (?:breast|lung|prostate|colon|rectum|ovary|bladder|pancreas)",
)  # fmt: skip
_END = (
    r"palliat\w+", "end of life", r"terminal(?:ly)? (?:ill|illness|care|phase|cancer|disease)",
    "hospice", "best supportive care", "last (?:days|weeks) of life", "fast track discharge",
    "life expectancy", "not for active treatment",
)  # fmt: skip
_ENERGY = (
    "rtc", "rta", "road traffic", r"fall from (?:a )?(?:height|ladder|roof|horse|scaffold\w*)",
    r"fell from (?:a )?(?:height|ladder|roof|horse|scaffold\w*)", "polytrauma", "major trauma",
    "trauma call", "high[- ]energy", "motorbike", "motorcycle",
)  # fmt: skip
_RULES = {
    Exclusion.ON_TREATMENT: _DRUGS,
    Exclusion.CANCER_CT: _CANCER,
    Exclusion.END_OF_LIFE: _END,
    Exclusion.HIGH_ENERGY: _ENERGY,
}
_REQUEST_ONLY = frozenset({Exclusion.CANCER_CT, Exclusion.HIGH_ENERGY})
"""A report may find a cancer that nobody looked for; what the scan was for stands in the request.

Source: the list of exclusions, "scan for cancer assessment or treatment": indication words.
"""
_NOT = re.compile(
    r"\b(?:no|not|nil|without|denies|never(?: had)?)\s"
    r"(?:(?:known|current|previous|prior|evidence|history|hx|signs?|h/o|of|on|any|for|a|taking|"
    r"been)\s)*$",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"^\s*(?:clinical (?:details|information|history|indications?)|indications?|history|request)"
    r"\s*:(.*?)$",
    re.IGNORECASE | re.MULTILINE,
)
_SENTENCE = re.compile(r"[^.;\n]*[.;\n]?")
REMEMBERED = 10_000
"""Scans whose texts were searched already: a room is looked at many times, its texts stay."""
LONGEST = 300
"""Characters of a sentence shown around its word."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What speaks for an exclusion.

    Attributes:
        where: Which text or list says so, such as ``request of 03/10/2026``.
        text: What it says: a sentence, or words of the rule.
        marks: Parts of *text* that the rule found, from and to.
    """

    code: Exclusion
    where: str
    text: str
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def id(self) -> str:
        """The same for the same words: once answered, only other words ask again."""
        said = sha256(f"{self.code}|{self.where}|{self.text}".encode()).hexdigest()
        return f"{self.code.value}:{said[:12]}"


@dataclass(frozen=True, slots=True)
class Texts:
    """What is written of one scan.

    Attributes:
        old: Words on why its fractures were known before; empty where they were not.
    """

    scanned: date | None
    exam: str = ""
    indication: str = ""
    specialty: str = ""
    report: str = ""
    old: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What lists say of the patient.

    Attributes:
        practice: Code of the GP practice.
        listed: Words on how the FLS knows the patient; empty where no list names them.
    """

    practice: str = ""
    listed: str = ""


def hints(known: Known, texts: Sequence[Texts], policy: Policy) -> tuple[Hint, ...]:
    """Everything that speaks for an exclusion, each sentence once, the newest scan first."""
    found = [*_of_lists(known, policy)]
    for one in reversed(texts):
        found += _of_scan(one, policy)
    return tuple({hint.id: hint for hint in found}.values())


def _of_lists(known: Known, policy: Policy) -> Iterator[Hint]:
    if known.listed:
        yield Hint(Exclusion.KNOWN_FLS, "list", known.listed, ((0, len(known.listed)),))
    told = known.practice and known.practice not in NO_PRACTICE
    if policy.area and told and known.practice not in policy.area:
        words = f"GP practice {known.practice} is not on the list of the area"
        yield Hint(Exclusion.OUT_OF_AREA, "list", words, ((0, len(words)),))


@lru_cache(maxsize=REMEMBERED)
def _of_scan(one: Texts, policy: Policy) -> tuple[Hint, ...]:
    return tuple(_said(one, policy))


def _said(one: Texts, policy: Policy) -> Iterator[Hint]:
    day = f" of {one.scanned:%d/%m/%Y}" if one.scanned else ""
    if one.old:
        yield Hint(Exclusion.OLD_KNOWN, f"comparison{day}", one.old, ((0, len(one.old)),))
    wanted = [code for code in _RULES if not (code is Exclusion.CANCER_CT and policy.refer_cancer)]
    if Exclusion.CANCER_CT in wanted and _oncology(one.specialty, policy):
        words = f"requested by specialty {one.specialty}"
        yield Hint(Exclusion.CANCER_CT, f"request{day}", words, ((0, len(words)),))
    asked = "\n".join(filter(None, (one.exam, one.indication, *_request_of(one.report))))
    rest = _REQUEST.sub("", one.report)
    for code in wanted:
        terms = _pattern(code, dict(policy.words_of).get(code, ()))
        yield from _in(code, terms, asked, f"request{day}")
        if code not in _REQUEST_ONLY:
            yield from _in(code, terms, rest, f"report{day}")


def _oncology(specialty: str, policy: Policy) -> bool:
    said = specialty.strip().lower()
    return said.split(" ")[0] in policy.specialties or "oncolog" in said


def _request_of(report: str) -> Iterable[str]:
    return (found.group(1).strip() for found in _REQUEST.finditer(report))


@cache
def _pattern(code: Exclusion, local: tuple[str, ...]) -> re.Pattern[str]:
    words = (*_RULES[code], *(re.escape(word) for word in local))
    return re.compile(rf"(?<!\w)(?:{'|'.join(words)})(?!\w)", re.IGNORECASE)


def _in(code: Exclusion, terms: re.Pattern[str], text: str, where: str) -> Iterator[Hint]:
    if not terms.search(text):
        return
    for sentence in _SENTENCE.finditer(text):
        # The same words with and without a full stop are one sentence, asked about once.
        said = sentence.group().strip().rstrip(".;")[:LONGEST]
        marks = tuple(
            found.span() for found in terms.finditer(said) if not _NOT.search(said[: found.start()])
        )
        if marks:
            yield Hint(code, where, said, marks)
