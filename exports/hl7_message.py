"""Referrals as HL7 v2 messages, written by a template of the site's.

A template is text: one segment a line, with names in braces. A line that names something of a
fracture is repeated for each. Values are escaped, so that nothing in a name or a comment can
become another field. Source: HL7 v2.5 chapter 2.10 (escapes), 11 (REF), 9 (MDM).
"""

import re
from collections.abc import Mapping, Sequence

from store.domain.refusal import Unusable

_MSH = (
    "MSH|^~\\&|VCFREVIEW|{site}|FLS|{site}|{exported}||%s|{message}|P|2.5|||AL|NE|GBR|UNICODE UTF-8"
)
_PID = (
    "PID|1||{nhs_number}^^^NHS^NH~{hospital_number}^^^{site}^MR||{surname}^{forename}^^^{title}"
    "||{born}|{sex}|||^^^^{postcode}||{phone}"
)
REF_I12 = "\n".join(
    (
        _MSH % "REF^I12^REF_I12",
        "RF1|{hl7_status}^{status}^HL70283|R^Routine^HL70280|||{referral}|{exported}",
        "PRD|RP^Referring provider^HL70286|{confirmed_by}||^^^^^^^^{site}",
        "PRD|RT^Referred to provider^HL70286|Fracture liaison service",
        _PID,
        "DG1|{n}||{snomed}^{level} vertebral fracture, grade {grade}^SCT||{scanned}|F",
        "OBR|1|{referral}|{accession}|CT^{exam}|||{scanned}",
        "NTE|1||{said}",
    )
)
MDM_T02 = "\n".join(
    (
        _MSH % "MDM^T02^MDM_T02",
        "EVN||{exported}",
        _PID,
        "PV1|1|N",
        "TXA|1|RR|TX|{exported}||||||||{referral}||||{accession}|LA",
        "OBX|1|TX|REF^Referral to the fracture liaison service||"
        "{status}. {levels}. {detail}||||||F",
        "OBX|2|TX|NOTE^Comment||{said}||||||F",
    )
)
BUILT_IN = {"ref": REF_I12, "mdm": MDM_T02}
OF_FRACTURE = frozenset({"n", "level", "grade", "shape", "loss", "snomed"})
_NAME = re.compile(r"\{([^{}\s]*)\}")
_ESCAPES = {
    "\\": "\\E\\", "|": "\\F\\", "^": "\\S\\", "&": "\\T\\", "~": "\\R\\", "\n": "\\.br\\",
}  # fmt: skip
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


def check_template(template: str, names: frozenset[str]) -> None:
    """Raise `Unusable` unless *template* is one of HL7 that names only *names*."""
    lines = template.strip().splitlines()
    if not lines or not lines[0].startswith("MSH|^~\\&|"):
        msg = "The HL7 template does not begin with “MSH|^~\\&|”. Write one segment a line."
        raise Unusable(msg)
    odd = [line for line in lines if not re.match(r"[A-Z][A-Z0-9]{2}\|", line)]
    if odd:
        msg = f"Line {lines.index(odd[0]) + 1} of the HL7 template is no segment, like “PID|…”."
        raise Unusable(msg)
    for name in _NAME.findall(template):
        if name not in names | OF_FRACTURE:
            known = ", ".join(sorted(names | OF_FRACTURE))
            msg = f"The HL7 template names {{{name}}}, which is not known. Known are: {known}."
            raise Unusable(msg)


def message(
    template: str, values: Mapping[str, str], fractures: Sequence[Mapping[str, str]]
) -> bytes:
    """One message of *template*, its segments ended by CR, in UTF-8."""
    lines = []
    for line in template.strip().splitlines():
        of_each = any(name in OF_FRACTURE for name in _NAME.findall(line))
        each = fractures if of_each else ({},)
        lines += [_written(line, {**values, **given}) for given in each]
    return "".join(f"{line}\r" for line in lines).encode()


def _written(line: str, values: Mapping[str, str]) -> str:
    return _NAME.sub(lambda found: escaped(values.get(found[1], "")), line)


def escaped(text: str) -> str:
    """*text* so that it stays one field."""
    plain = _UNSEEN.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_ESCAPES.get(sign, sign) for sign in plain)
