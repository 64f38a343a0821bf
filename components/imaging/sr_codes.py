"""The codes that structured reports and segmentations of the spine are written in."""

import re
from dataclasses import dataclass

from components.imaging.label_tables import level_named
from store.domain.genant import Grade
from store.domain.spine import Level

OURS = "99OSVCF"
"""Scheme of what no standard code says: a loss of height, and Genant's grade."""


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept; equal by value and scheme, as old SRT values are turned into SCT."""

    value: str
    scheme: str
    meaning: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """What tells it from others, whatever its meaning is worded like."""
        if self.scheme in _OLD_SCHEMES:
            return _SRT.get(self.value, self.value), "SCT"
        return self.value, self.scheme


_OLD_SCHEMES = frozenset({"SRT", "SNM3", "99SDM"})
"""Source: DICOM PS3.16 table 8-2: SNOMED-RT identifiers came under each of them."""

_TABLE = """
C1 14806007 T-11610
C2 39976000 T-11620
C3 113205007 T-11630
C4 5329002 T-11640
C5 36978003 T-11650
C6 36054005 T-11660
C7 87391001 T-11670
T1 64864005 T-11710
T2 53733008 T-11720
T3 1626008 T-11730
T4 73071006 T-11740
T5 56401006 T-11750
T6 45296009 T-11760
T7 62487009 T-11770
T8 11068009 T-11780
T9 82687006 T-11790
T10 7610001 T-117A0
T11 12989004 T-117B0
T12 23215003 T-117C0
L1 66794005 T-11910
L2 14293000 T-11920
L3 36470004 T-11930
L4 11994002 T-11940
L5 49668003 T-11950
S1 54735007 T-11AD0
"""
"""Level, SNOMED CT, SNOMED-RT; the sacrum counts as S1.

Source: DICOM PS3.16 CID 7603 Vertebra, annex O.
"""

_ROWS = [line.split() for line in _TABLE.split("\n") if line]
LEVELS: dict[tuple[str, str], Level] = {
    **{(value, "SCT"): Level(name) for name, value, _ in _ROWS},
    ("65985001", "SCT"): Level.S1,
}
"""T13 and L6 have no code: their meaning says what they are."""

FRACTURE = frozenset({("42942008", "SCT")})
FINDING = ("121071", "DCM")
SITE = ("363698007", "SCT")
SEVERITY = ("246112005", "SCT")
GROUP = ("125007", "DCM")
TRACKING_ID, TRACKING_UID = ("112039", "DCM"), ("112040", "DCM")
ALGORITHM, VERSION = ("111001", "DCM"), ("111003", "DCM")
PARAMETERS, FAMILY = ("111002", "DCM"), ("111000", "DCM")
METHOD = ("370129005", "SCT")
HEIGHT = ("121207", "DCM")
PROBABILITY = frozenset({("122157", "DCM"), ("111012", "DCM")})
COMMENT = ("121106", "DCM")
LOSS, GENANT = ("VCF-101", OURS), ("VCF-110", OURS)
REVIEWED = ("VCF-121", OURS)
"""What a clinician did with a finding: only an assessment says so, never an AI."""

GRADES: dict[tuple[str, str], Grade] = {
    ("260413007", "SCT"): Grade.NONE,
    ("255604002", "SCT"): Grade.MILD,
    ("371923003", "SCT"): Grade.MODERATE,
    ("6736007", "SCT"): Grade.MODERATE,
    ("371924009", "SCT"): Grade.SEVERE,
    ("24484000", "SCT"): Grade.SEVERE,
    **{(f"VCF-{111 + grade}", OURS): grade for grade in Grade},
}
"""Between two grades the graver counts. Source: DICOM PS3.16 CID 3716; Genant 0 to 3."""

PRESENT, ABSENT, UNDETERMINED = "present", "absent", "undetermined"
PRESENCE: dict[tuple[str, str], str] = {
    ("52101004", "SCT"): PRESENT,
    ("121053", "DCM"): PRESENT,
    ("272519000", "SCT"): ABSENT,
    ("121054", "DCM"): ABSENT,
    ("373068000", "SCT"): UNDETERMINED,
}
"""Source: DICOM PS3.16 CID 240, and the DCM codes used before it."""

ALL_WITHOUT, ALL_WITH = ("111241", "DCM"), ("111242", "DCM")
FAILURES: dict[tuple[str, str], str] = {
    ("111243", "DCM"): "Not all algorithms succeeded",
    ("111244", "DCM"): "Not all algorithms succeeded",
    ("111245", "DCM"): "No algorithm succeeded",
    ("111223", "DCM"): "The analysis succeeded in part only",
    ("111224", "DCM"): "The analysis failed",
    ("111225", "DCM"): "The analysis was not attempted",
}
"""Source: DICOM PS3.16 CID 6047 and CID 6042."""

FRONT, MIDDLE, BACK = 0, 1, 2
PARTS: dict[tuple[str, str], int] = {
    ("255549009", "SCT"): FRONT,
    ("C25569", "NCIt"): MIDDLE,
    ("255562008", "SCT"): MIDDLE,
    ("255561001", "SCT"): MIDDLE,
    ("255551008", "SCT"): BACK,
}
_WORDED_PARTS = {"anterior": FRONT, "middle": MIDDLE, "mid": MIDDLE, "posterior": BACK}

_SRT = {
    **{old: value for _, value, old in _ROWS},
    "G-C0E3": "363698007",
    "G-A1F8": "106233006",
    "R-404CC": "255549009",
    "R-404CE": "255551008",
    "R-404D5": "255561001",
    "G-C197": "246112005",
    "G-C036": "370129005",
    "R-40775": "260413007",
    "R-404FA": "255604002",
    "G-A002": "6736007",
    "G-A003": "24484000",
    "R-00329": "371923003",
    "R-00330": "371924009",
    "G-A203": "52101004",
    "R-4089B": "272519000",
    "R-0038A": "373068000",
}
"""SNOMED-RT to SNOMED CT. Source: DICOM PS3.16 annex O."""

_FRACTURED = re.compile(
    r"fracture.*\bvertebra|\bvertebra.*fracture|compression fracture|\bvcf\b", re.I
)
_DENIED = re.compile(r"^(no|not|absence of|without)\b", re.I)
_LEVEL_WORD = re.compile(r"\b([CTLS])(\d{1,2})\b(?!\s*/)")


def level_of(code: Code) -> Level | None:
    """The vertebra that *code* means; a private one or one without a code by its wording."""
    found = LEVELS.get(code.key)
    if found is not None:
        return found
    return None if code.scheme in {"SCT", *_OLD_SCHEMES} else level_in(code.meaning)


def level_in(text: str) -> Level | None:
    """The one vertebra that *text* names: "L1", "vertebrae_L1", "L1 vertebra"."""
    whole = level_named(text)
    if whole is not None:
        return whole
    named = {"".join(found) for found in _LEVEL_WORD.findall(text)}
    only = next(iter(named)) if len(named) == 1 else ""
    return Level(only) if only in Level.__members__ else None


def means_fracture(code: Code) -> bool:
    """Whether *code* is a vertebral fracture, or the denial of one."""
    return code.key in FRACTURE or bool(_FRACTURED.search(code.meaning))


def denies(code: Code) -> bool:
    """Whether its wording says that there is none."""
    return code.key not in FRACTURE and bool(_DENIED.search(code.meaning.strip()))


def part_of(code: Code) -> int | None:
    """Which of the three heights of a vertebra *code* means."""
    return PARTS.get(code.key, _WORDED_PARTS.get(code.meaning.strip().lower()))
