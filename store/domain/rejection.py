"""Why a flag is rejected: a controlled list in two classes, with what to look for."""

from dataclasses import dataclass
from enum import StrEnum


class Class(StrEnum):
    """The two different answers to a flag, never one."""

    NOT_FRACTURE = "NOT_FRACTURE"
    NOT_FRAGILITY = "FRACTURE_NOT_FRAGILITY"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a flag is rejected.

    Attributes:
        hint: What speaks for it on CT, for the reader who chooses. Common knowledge of the
            field, to be confirmed by the site's clinical lead.
        route: Where the case must go instead; empty for nowhere.
    """

    code: str
    kind: Class
    words: str
    hint: str = ""
    route: str = ""
    needs_text: bool = False


_TODAY = "Urgent: alert the radiologist and the clinical team today; "
_MALIGNANT = (
    f"{_TODAY}consider the pathway for metastatic spinal cord compression. Not a matter for the "
    "FLS."
)
_INFECTION = f"{_TODAY}not a matter for the FLS."
_QUALITY = "Goes to the AI quality log."
_KNOWN = "Known; check the FLS record."
_NF, _FNF = Class.NOT_FRACTURE, Class.NOT_FRAGILITY
REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason(
            "DEGEN",
            _NF,
            "Degenerative change",
            "Disc loss, osteophytes, wedging beside the bad disc",
        ),
        Reason(
            "PHYSIO_WEDGE",
            _NF,
            "Physiological wedging, neighbours alike",
            "Mild anterior wedging at T5–T9 or T12–L1, neighbours alike, end-plates intact",
        ),
        Reason("SCHMORL", _NF, "Schmorl's node", "Focal pit of an end-plate with a sclerotic rim"),
        Reason(
            "SHORT_VERT",
            _NF,
            "Short vertebra, end-plates intact",
            "Low height, no end-plate break, neighbours alike",
        ),
        Reason(
            "SCHEUERMANN",
            _NF,
            "Scheuermann's disease",
            "Three or more adjacent bodies wedged by 5° or more, irregular end-plates, Schmorl's "
            "nodes, long from front to back",
        ),
        Reason(
            "SCOLIOSIS_OBLIQUE",
            _NF,
            "Cut obliquely in scoliosis",
            "The plane cuts the vertebra obliquely; look again on the coronal picture",
        ),
        Reason(
            "SEG_ERROR",
            _NF,
            "Wrong mask or outline",
            "The outline takes in a disc or a neighbour, or leaves out bone",
            _QUALITY,
        ),
        Reason(
            "PARTIAL_FOV",
            _NF,
            "Vertebra cut by the field of view",
            "Part of the body lies outside the scan",
            _QUALITY,
        ),
        Reason(
            "CUPID_BOW",
            _NF,
            "Cupid's bow end-plate",
            "Smooth paired concavity at the back of the lower end-plate, usually L3–L5",
        ),
        Reason(
            "BELOW_POLICY",
            _NF,
            "Real change below the local threshold",
            "A true but minor deformity; counted apart from the mimics",
        ),
        Reason("LIMBUS", _NF, "Limbus vertebra", "Corticated fragment at the upper front corner"),
        Reason("CONGENITAL", _NF, "Congenital variant", "Hemi-, butterfly or block vertebra"),
        Reason(
            "HAEMANGIOMA",
            _NF,
            "Haemangioma, height kept",
            "Coarse vertical trabeculae, dotted on axial slices; height kept",
        ),
        Reason(
            "ARTEFACT",
            _NF,
            "Motion or metal artefact",
            "Doubled edges, or streaks from metal, across the body",
            _QUALITY,
        ),
        Reason(
            "WRONG_SERIES",
            _NF,
            "Wrong series analysed",
            "The AI answered for another reconstruction or body part",
            _QUALITY,
        ),
        Reason(
            "OTHER_NOT_FRACTURE",
            _NF,
            "Other, not a fracture",
            "Say what it is",
            needs_text=True,
        ),
        Reason(
            "MALIGNANT",
            _FNF,
            "Malignant fracture suspected",
            "Convex posterior wall, pedicle or posterior elements destroyed, soft-tissue or "
            "epidural mass, lytic bone",
            _MALIGNANT,
        ),
        Reason(
            "INFECTION",
            _FNF,
            "Infection suspected",
            "Both end-plates and the disc between them eroded, paravertebral change",
            _INFECTION,
        ),
        Reason(
            "TRAUMA_HIGH",
            _FNF,
            "High-energy trauma",
            "A history of high energy, other injuries",
            "Trauma team; FLS by local rule.",
        ),
        Reason(
            "PAGET",
            _FNF,
            "Paget's disease",
            "Thick trabeculae and cortex, enlarged body",
            "Metabolic bone clinic.",
        ),
        Reason(
            "METABOLIC_OTHER",
            _FNF,
            "Other metabolic bone disease",
            "Bone changed throughout the scan, not at one level alone",
            "Metabolic bone clinic.",
        ),
        Reason("POST_SURG", _FNF, "After surgery", "Fixation: a fracture treated before", _KNOWN),
        Reason(
            "CEMENT",
            _FNF,
            "Cemented (vertebroplasty)",
            "Cement in the body: a fracture treated before",
            _KNOWN,
        ),
        Reason(
            "OTHER_NOT_FRAGILITY",
            _FNF,
            "Other, not a fragility fracture",
            "Say what it is",
            needs_text=True,
        ),
    )
}
"""The controlled list; it drives the positive predictive value by cause.

The ten commonest mimics come first and so fall on the digits; which those are is our default.
"""
