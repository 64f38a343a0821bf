"""What a sentence says of the skeleton as a whole: nothing wrong, or something else."""

import re

_SUBJECT = (
    r"(?:bon(?:e|es|y)(?:\s+structures?)?|osseous(?:\s+structures?)?|skelet(?:on|al)(?:\s+structures?"
    r"|\s+survey)?|spine|vertebra(?:e|l)?(?:\s+(?:bodies|body|column))?|musculoskeletal|msk)"
)
_HEADED = re.compile(rf"(?:\w+[\s,/&]+)*{_SUBJECT}(?:[\s,/&]+\w+)*$")
_SOUND = (
    r"(?:within\s+normal\s+limits|unremarkable|normal(?!\s+(?:alignment|for|variant|bone\s+density))"
    r"|intact|nil\s+of\s+note|nad|nil(?!\s+\w)|nil\s+(?:acute|significant|focal|sig)\b|clear$"
    r"|no\s+(?:\w+\s+)?(?:abnormalit(?:y|ies)|pathology)|no\s+(?:acute|significant)\s+finding"
    r"|satisfactory)"
)
_NEGATIVE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), why)
    for pattern, why in (
        (
            rf"\b{_SUBJECT}\b(?:\W+(?!disc|level|canal)\w+){{0,6}}?\W*\b{_SOUND}",
            "calls the bones normal",
        ),
        (
            r"\b(?:no|nil|without)\b(?:\s+(?:\w+\s+){0,5}?)(?:bony|bone|osseous|skeletal|vertebral"
            r"|spinal)\s+(?:\w+\s+)?(?:abnormalit(?:y|ies)|injur(?:y|ies)|trauma|pathology|findings?)",
            "finds no abnormality of bone",
        ),
        (r"\bnil\s+bony\b(?!\s+(?:met|les|dep))", "finds no abnormality of bone"),
        (
            r"\bno\s+(?:\w+\s+)?abnormality\s+(?:of|in)\s+(?:the\s+)?(?:\w+\s+)?(?:spine|bones"
            r"|vertebra\w*|skeleton)",
            "finds no abnormality of the spine",
        ),
        (
            r"\b(?:vertebra\w*|bod(?:y|ies)|spin(?:e|al))\b(?:\W+(?!disc)\w+){0,5}?\W+heights?\b"
            r"(?:\W+\w+){0,4}?\W+(?:maintained|preserved|normal|intact|satisfactory|well)",
            "says that heights are kept",
        ),
        (
            r"\b(?:maintained|preserved|normal)(?:\W+(?!disc)\w+){0,4}?\W+vertebra\w*\W+(?:body\W+)?"
            r"heights?\b",
            "says that heights are kept",
        ),
        (
            r"\bvertebra\w*(?:\W+(?!disc)\w+){0,4}?\W+(?:preserved\s+in|of\s+normal|normal\s+in)"
            r"\s+height",
            "says that heights are kept",
        ),
        (
            r"\b(?:[tl]1?\d|vertebra\w*(?:\s+bod(?:y|ies))?)\s+(?:is|are|appears?|remains?)\s+intact",
            "calls the vertebra intact",
        ),
    )
)
_NOT_SO = re.compile(
    r"\b(?:not|otherwise|rest\s+of|remain\w+|except|apart|but|elsewhere)\b(?:\s+\w+){0,4}?\s+"
    r"(?:normal|unremarkable|intact|within|preserved|maintained)"
)
_COMMENT = re.compile(
    r"\b(?:bones?|bony|osseous|skelet\w+|spine|spinal|vertebra\w*|spondyl\w+|scolio\w+|kypho\w+"
    r"|lordo\w+|degenerative|facets?|schmorl\w*|osteop\w+|osteoarth\w+|osteoly\w+|end\s+plates?|ribs?"
    r"|stern(?:um|al)|hips?|femora(?!l\s+(?:vein|arter|vessel|hernia|nerve))|femur|femoral\s+(?:neck"
    r"|head)|sacr(?:um|al)|sacroiliac|pubic|acetabul\w+|iliac\s+(?:wing|crest|bone)|humer\w+"
    r"|clavic\w+|scapul\w+|laminectomy|vertebroplasty|kyphoplasty|fixation|syndesmophyt\w*|pars"
    r"|limbus|discs?|disk|arthropl\w+|fractur\w+|lumbar|thoracic\s+(?:spine|disc|curv)"
    r"|transverse\s+process|dextrosc\w+)\b"
)
_OF_LEVEL = re.compile(r"\b(?:haemangioma|hemangioma|lytic|sclero\w+|metasta\w+|cement)\b")
_NO_COMMENT = re.compile(
    r"\blumbar\s+(?:arter\w+|vein\w*|hernia|puncture|drain|plexus|nodes?)\b|\bspinal\s+(?:cord|canal"
    r"|anaesth\w+|needle|tap|level)\b|\bosteoporosis\s+(?:clinic|service)\b|\bdevice\b"
)


def negative(plain: str, heading: str) -> str:
    """Why a sentence denies any abnormality of bone, in words; empty where it does not.

    *heading* is that of its part: below "Bones", "nil of note" is said of bones.
    """
    about = f"{heading}: {plain}" if heading and _HEADED.fullmatch(heading) else plain
    if _NOT_SO.search(about):
        return ""
    return next((why for pattern, why in _NEGATIVE if pattern.search(about)), "")


def commented(plain: str, *, level: bool) -> bool:
    """Whether a sentence says anything of bones; *level* where it names a vertebra."""
    text = _NO_COMMENT.sub(" ", plain)
    return bool(_COMMENT.search(text) or (level and _OF_LEVEL.search(text)))
