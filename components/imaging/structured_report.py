"""AI results in DICOM structured reports: TID 1500 with its groups, as products really send it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pydicom

from components.imaging import result_fields
from components.imaging import sr_codes as codes
from components.imaging.forgiving import unquoted
from components.imaging.patient import patient_of, words
from components.imaging.result_fields import LONG, SHORT, NotOurs, UnusableResult
from components.imaging.sr_groups import Group, group_of, merged
from components.imaging.sr_tree import CT_CLASSES, Node, items_of, tree_of
from store.domain.arrival import AiFinding, AiResult, Ending
from store.domain.spine import REVIEWABLE, Level

FORMAT = "DICOM SR"
_EVIDENCE = ("CurrentRequestedProcedureEvidenceSequence", "PertinentOtherEvidenceSequence")
_OURS = re.compile(r"vertebra|\bspin(?:e|al)\b|fracture|osteopor|\bvcf\b", re.I)


@dataclass(slots=True)
class _Report:
    """What a report says, group by group, and of the scan as a whole."""

    groups: list[Group]
    whole: Group
    failures: list[str] = field(default_factory=list)
    said_with: bool = False
    said_without: bool = False
    comment: str = ""

    @property
    def flagged(self) -> list[Group]:
        """Groups that must be looked at: a fracture that is there, or that may be."""
        return [one for one in self.groups if one.flags]


def read_report(path: Path, digest: str) -> AiResult:
    """What the structured report at *path* says of its scan.

    Raises:
        NotOurs: it says nothing of vertebral fractures.
        UnusableResult: it cannot be read, or does not say whether a vertebra is fractured.
    """
    with unquoted():
        try:
            ds = pydicom.dcmread(path, stop_before_pixels=True)
            root = tree_of(ds)
        except UnusableResult:
            raise
        except RecursionError:
            msg = "The report is nested deeper than any that is meant to be read. Send it anew."
            raise UnusableResult(msg) from None
        except Exception as error:  # noqa: BLE001 - pydicom raises many kinds over foreign files
            msg = f"The report cannot be read ({type(error).__name__}). Send it again."
            raise UnusableResult(msg) from None
        return _result(ds, root, digest)


def _result(ds: pydicom.Dataset, root: Node, digest: str) -> AiResult:
    if any(node.name.key == codes.REVIEWED for node in root.walk()):
        # It came back from the PACS: taken for an AI's, it would reopen the case it is about.
        msg = "A clinician's assessment of AI findings, no AI result. It is left aside."
        raise NotOurs(msg)
    product, version, family, rule = _product(ds, root)
    said = _said(root)
    if not _is_ours(root, said, product):
        msg = "A structured report that says nothing of vertebral fractures. It is left aside."
        raise NotOurs(msg)
    ending, reason = _ending(said)
    study, series = _scan(ds)
    patient = patient_of(ds)
    return result_fields.check_result(
        AiResult(
            product=product,
            version=version,
            ending=ending,
            findings=_findings(said) if ending is Ending.POSITIVE else (),
            format=FORMAT,
            digest=digest,
            study_uid=study,
            series_uid=series,
            accession=words(ds, "AccessionNumber")[:SHORT],
            reason=reason,
            threshold_rule=rule,
            family=family,
            patient=patient,
            references=_references(root),
        )
    )


def _said(root: Node) -> _Report:
    """The groups of the report, and what stands outside of them."""
    nodes, outside = _parted(root)
    said = _Report([group_of(node.walk()) for node in nodes], group_of(outside))
    for node in outside:
        key = node.code.key if node.code else ("", "")
        if key in codes.FAILURES:
            said.failures.append(codes.FAILURES[key])
        said.said_with |= key == codes.ALL_WITH
        said.said_without |= key == codes.ALL_WITHOUT
        if node.name.key == codes.COMMENT and node.text:
            said.comment = said.comment or node.text[:LONG]
    return said


def _parted(root: Node) -> tuple[list[Node], list[Node]]:
    """The measurement groups, whatever they lie in, and every item that lies in none."""
    groups: list[Node] = []
    outside: list[Node] = []
    waiting = [root]
    while waiting:
        node = waiting.pop()
        if node.kind == "CONTAINER" and node is not root and _is_group(node):
            groups.append(node)
        else:
            outside.append(node)
            waiting.extend(reversed(node.children))
    return groups, outside


def _is_group(node: Node) -> bool:
    """A group by its name; or by what it holds, as some leave the name out."""
    if node.name.key == codes.GROUP:
        return True
    return any(one.name.key in {codes.TRACKING_ID, codes.TRACKING_UID} for one in node.children)


def _is_ours(root: Node, said: _Report, product: str) -> bool:
    if any(one.ours for one in (*said.groups, said.whole)):
        return True
    if any(node.code and codes.means_fracture(node.code) for node in root.walk()):
        return True
    # A failed or empty analysis names no fracture: then the product's own name must tell.
    summed_up = said.failures or said.said_with or said.said_without
    return bool(summed_up and _OURS.search(product))


def _ending(said: _Report) -> tuple[Ending, str]:
    """How the analysis ended, and why where it failed. A failure is never a negative."""
    failed = "; ".join(dict.fromkeys(said.failures))
    if said.flagged or said.whole.flags or said.said_with:
        return Ending.POSITIVE, failed
    if failed:
        return Ending.FAILED, ": ".join(filter(None, (failed, said.comment)))[:LONG]
    told = [one for one in (*said.groups, said.whole) if one.ours]
    groups = [one for one in told if one.fracture or one.grade is not None]
    if any(one.presence == codes.UNDETERMINED for one in groups):
        return Ending.FAILED, said.comment or "The product could not tell."
    if groups or said.said_without:
        return Ending.NEGATIVE, ""
    msg = "It measures vertebrae, but says of none whether it is fractured. Send that as well."
    raise UnusableResult(msg)


def _findings(said: _Report) -> tuple[AiFinding, ...]:
    """A finding for each flagged level, with all that any group says of that level."""
    flagged = said.flagged or [said.whole]
    found: dict[str, AiFinding] = {}
    for group in flagged:
        readable = [level for level in group.levels if level in REVIEWABLE]
        levels: list[Level | None] = [*readable] or [None]
        for level in levels:
            same = [one for one in said.groups if level in one.levels and one is not group]
            finding = merged(level, [group, *same])
            found.setdefault(level or "", finding)
    return tuple(found.values())


def _product(ds: pydicom.Dataset, root: Node) -> tuple[str, str, str, str]:
    """Name, version, family and rule of the algorithm; else the device that wrote the report."""
    told: dict[tuple[str, str], list[str]] = {}
    for node in root.walk():
        said = node.text or (node.code.meaning if node.code else "")
        if said and said not in told.setdefault(node.name.key, []):
            told[node.name.key].append(said)

    def of(name: tuple[str, str], longest: int = SHORT) -> str:
        return " + ".join(told.get(name, ()))[:longest]

    device = " ".join(filter(None, (words(ds, "Manufacturer"), words(ds, "ManufacturerModelName"))))
    product = of(codes.ALGORITHM) or device[:SHORT] or "Unnamed product"
    version = of(codes.VERSION) or words(ds, "SoftwareVersions")[:SHORT]
    return product, version, of(codes.FAMILY), of(codes.PARAMETERS, LONG)


def _scan(ds: pydicom.Dataset) -> tuple[str, str]:
    """Study and series that were analysed: by the evidence, else by the report's own study.

    Raises:
        UnusableResult: the evidence is of several studies and none of them is the report's own.
    """
    own = words(ds, "StudyInstanceUID")
    evidence = [
        (words(study, "StudyInstanceUID"), series)
        for keyword in _EVIDENCE
        for study in items_of(ds, keyword)
        for series in items_of(study, "ReferencedSeriesSequence")
    ]
    studies = {study for study, _ in evidence if study}
    if len(studies) > 1 and own not in studies:
        msg = f"It was made from {len(studies)} studies, none of them its own. Send one for each."
        raise UnusableResult(msg)
    chosen = own if own in studies or not studies else next(iter(studies))
    of_ct = {
        words(series, "SeriesInstanceUID")
        for study, series in evidence
        if study == chosen and _is_ct(items_of(series, "ReferencedSOPSequence"))
    }
    series = of_ct.pop() if len(of_ct) == 1 else ""
    uid = result_fields.uid(chosen, "Study Instance UID")
    return uid, result_fields.uid(series, "Series Instance UID")


def _is_ct(referred: Iterable[pydicom.Dataset]) -> bool:
    return any(words(one, "ReferencedSOPClassUID") in CT_CLASSES for one in referred)


def _references(root: Node) -> tuple[str, ...]:
    """SOP Instance UIDs of the images and segmentations that the report points at."""
    found = dict.fromkeys(uid for node in root.walk() for uid in node.refers if uid)
    return tuple(found)[:200]
