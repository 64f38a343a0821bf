"""A clinician's assessment of the AI's flags as a DICOM structured report (TID 1500).

Codes of the decision itself are ours (`99OSVCF`): IHE's own for assessed results were not to be
had, and conformance to them is not claimed. Source: DICOM PS3.16 TID 1500, 1501, 1002, 1600.
"""

from collections.abc import Iterable, Sequence
from io import BytesIO
from uuid import UUID, uuid5

from pydicom import config
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, Comprehensive3DSRStorage, ExplicitVRLittleEndian

from exports.level_codes import SNOMED
from store.domain.assessment import Assessed, Assessment, Imaged, Ruling, Tracked
from store.domain.clock import LOCAL
from store.domain.genant import Grade
from store.domain.rejection import REASONS
from store.domain.spine import Level

Code = tuple[str, str, str]
"""Value, scheme, meaning."""
OURS = "99OSVCF"
US = "VCF Review"
_IMPLEMENTATION = UID("2.25.190403713093436227034711329206371926546")
_DCM, _SCT = "DCM", "SCT"
_LONGEST_VALUE, _LONGEST_MEANING = 16, 64
"""Letters of a code's value and meaning. Source: DICOM PS3.5 6.2 (SH, LO)."""

DECISION: Code = ("VCF-120", OURS, "Decision on the AI's finding")
REVIEW: Code = ("VCF-121", OURS, "What the clinician did")
REASON: Code = ("VCF-130", OURS, "Reason for rejection")
NEAREST: Code = ("VCF-140", OURS, "Nearest vertebra that has a code")
AGREES: Code = ("122775", _DCM, "Agreement with prior findings")
DIFFERS: Code = ("122776", _DCM, "Disagreement with prior findings")
RULINGS: dict[Ruling, Code] = {
    Ruling.CONFIRMED: ("VCF-122", OURS, "Confirmed"),
    Ruling.REGRADED: ("VCF-123", OURS, "Grade changed"),
    Ruling.RELABELLED: ("VCF-124", OURS, "Level changed"),
    Ruling.REJECTED: ("VCF-125", OURS, "Rejected"),
    Ruling.UNDECIDED: ("VCF-126", OURS, "Left undecided"),
    Ruling.ADDED: ("VCF-127", OURS, "Added by the clinician"),
}
_PRESENCE: dict[bool | None, Code] = {
    True: ("52101004", _SCT, "Present"),
    False: ("272519000", _SCT, "Absent"),
    None: ("373068000", _SCT, "Undetermined"),
}
"""Source: DICOM PS3.16 CID 240."""
_SEVERITY: dict[Grade, Code] = {
    Grade.MILD: ("255604002", _SCT, "Mild"),
    Grade.MODERATE: ("6736007", _SCT, "Moderate"),
    Grade.SEVERE: ("24484000", _SCT, "Severe"),
}
"""Source: DICOM PS3.16 CID 3716."""
_BESIDE = {Level.T13: Level.T12, Level.L6: Level.L5}
_HAS, _CONTAINS = "HAS CONCEPT MOD", "CONTAINS"


def assessment_sr(said: Assessment, scan: Imaged) -> bytes:
    """*said* of *scan* as a DICOM file; the same values always give the same bytes."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = Comprehensive3DSRStorage
    meta.MediaStorageSOPInstanceUID = UID(said.uid)
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    meta.ImplementationClassUID = _IMPLEMENTATION
    made = BytesIO()
    # What the scan's header holds goes back as it is, though longer than the standard allows.
    with config.disable_value_validation():
        ds = FileDataset(made, {}, file_meta=meta, preamble=b"\0" * 128)
        _head(ds, said, scan)
        ds.update(_root(said, scan))
        ds.save_as(made, enforce_file_format=True)
    return made.getvalue()


def _head(ds: Dataset, said: Assessment, scan: Imaged) -> None:
    at = said.closed_at.astimezone(LOCAL)
    ds.SpecificCharacterSet = "ISO_IR 192"
    for word in ("PatientName", "PatientID", "PatientBirthDate", "PatientSex"):
        setattr(ds, word, "")
    for word, text in scan.header.items():
        if text or word != "IssuerOfPatientID":
            setattr(ds, word, text)
    ds.SOPClassUID, ds.SOPInstanceUID = Comprehensive3DSRStorage, said.uid
    ds.Modality, ds.SeriesInstanceUID = "SR", said.series_uid
    ds.SeriesNumber, ds.InstanceNumber = 9001, 1
    ds.SeriesDescription = "Assessment of AI findings"
    ds.Manufacturer = ds.ManufacturerModelName = US
    ds.SoftwareVersions, ds.DeviceSerialNumber = "1", "1"
    ds.ReferencedPerformedProcedureStepSequence = []
    ds.PerformedProcedureCodeSequence = []
    ds.InstanceCreationDate = ds.SeriesDate = ds.ContentDate = f"{at:%Y%m%d}"
    ds.InstanceCreationTime = ds.SeriesTime = ds.ContentTime = f"{at:%H%M%S}"
    ds.CompletionFlag, ds.VerificationFlag, ds.PreliminaryFlag = "COMPLETE", "VERIFIED", "FINAL"
    ds.VerifyingObserverSequence = [
        _set(
            VerifyingObserverName=said.role,
            VerifyingObserverIdentificationCodeSequence=[],
            VerifyingOrganization=said.site[:_LONGEST_MEANING] or US,
            VerificationDateTime=f"{at:%Y%m%d%H%M%S%z}",
        )
    ]
    ds.CodingSchemeIdentificationSequence = [
        _set(CodingSchemeDesignator=OURS, CodingSchemeName="Codes of VCF Review")
    ]
    study = scan.header["StudyInstanceUID"]
    ds.CurrentRequestedProcedureEvidenceSequence = _of_study(
        study, [(scan.series_uid, scan.instances)]
    )
    if said.before:
        earlier = [(series, [(Comprehensive3DSRStorage, uid)]) for series, uid in said.before]
        ds.PredecessorDocumentsSequence = _of_study(study, earlier)


def _of_study(study: str, series: Iterable[tuple[str, Iterable[tuple[str, str]]]]) -> list[Dataset]:
    listed = [
        _set(ReferencedSOPSequence=[_sop(*one) for one in objects], SeriesInstanceUID=uid)
        for uid, objects in series
    ]
    return [_set(ReferencedSeriesSequence=listed, StudyInstanceUID=study)]


def _sop(kind: str, uid: str) -> Dataset:
    return _set(ReferencedSOPClassUID=kind, ReferencedSOPInstanceUID=uid)


def _root(said: Assessment, scan: Imaged) -> Dataset:
    person = (
        _coded("HAS OBS CONTEXT", ("121005", _DCM, "Observer Type"), ("121006", _DCM, "Person")),
        _item("PNAME", "HAS OBS CONTEXT", ("121008", _DCM, "Person Observer Name"), said.role),
        _coded(
            "HAS OBS CONTEXT",
            ("121011", _DCM, "Person Observer's Role in this Procedure"),
            ("121098", _DCM, "Verifying"),
        ),
    )
    devices = sorted({(flag.product, flag.version) for one in said.found for flag in one.flags})
    groups = [_group(one, flag) for one in said.found for flag in (one.flags or (None,))]
    return _container(
        "",
        ("126000", _DCM, "Imaging Measurement Report"),
        [
            _coded(_HAS, ("121049", _DCM, "Language of Content Item and Descendants"), _ENGLISH),
            *person,
            *(item for device in devices for item in _device(*device)),
            _coded(_HAS, ("121058", _DCM, "Procedure reported"), _PROCEDURE),
            _library(scan),
            _container(_CONTAINS, ("126010", _DCM, "Imaging Measurements"), groups),
        ],
        template="1500",
    )


_ENGLISH: Code = ("en-GB", "RFC5646", "English (United Kingdom)")
_PROCEDURE: Code = ("25045-6", "LN", "CT unspecified body region")


def _device(product: str, version: str) -> list[Dataset]:
    context, words = "HAS OBS CONTEXT", " ".join(filter(None, (product, version)))
    return [
        _coded(context, ("121005", _DCM, "Observer Type"), ("121007", _DCM, "Device")),
        _item("UIDREF", context, ("121012", _DCM, "Device Observer UID"), _device_uid(words)),
        _item("TEXT", context, ("121013", _DCM, "Device Observer Name"), product),
        _item("TEXT", context, ("121015", _DCM, "Device Observer Model Name"), words),
    ]


def _device_uid(words: str) -> str:
    """A product's own is not told by every format: one for each version of a product."""
    return f"2.25.{uuid5(_DEVICES, words).int}"


_DEVICES = UUID("f1a3a1d2-5d0e-4f5b-8a52-9bd1f3f04c77")


def _library(scan: Imaged) -> Dataset:
    """The slices that were looked at."""
    images = [_image(kind, uid) for kind, uid in scan.instances]
    kind = _coded("HAS ACQ CONTEXT", ("121139", _DCM, "Modality"), ("CT", _DCM, "CT"))
    group = _container(_CONTAINS, ("126200", _DCM, "Image Library Group"), [kind, *images])
    return _container(_CONTAINS, ("111028", _DCM, "Image Library"), [group])


def _image(kind: str, uid: str) -> Dataset:
    return _set(
        RelationshipType=_CONTAINS, ValueType="IMAGE", ReferencedSOPSequence=[_sop(kind, uid)]
    )


def _group(one: Assessed, flag: Tracked | None) -> Dataset:
    """What is said of one finding, in answer to *flag* where the AI made it."""
    uid = (flag.uid if flag else "") or one.uid
    name = (flag.name if flag else "") or f"VCF {one.level or 'scan'}"
    return _container(
        _CONTAINS,
        ("125007", _DCM, "Measurement Group"),
        [
            _item("TEXT", "HAS OBS CONTEXT", ("112039", _DCM, "Tracking Identifier"), name),
            _item("UIDREF", "HAS OBS CONTEXT", ("112040", _DCM, "Tracking Unique Identifier"), uid),
            _coded(_CONTAINS, ("276214006", _SCT, "Finding category"), _ABNORMAL),
            _coded(_CONTAINS, ("121071", _DCM, "Finding"), _FRACTURE),
            *(_algorithm(flag) if flag else ()),
            *(_site(one.level) if one.level else ()),
            *_verdict(one, asked=flag is not None),
        ],
        template="1501",
    )


_ABNORMAL: Code = ("49755003", _SCT, "Morphologically Abnormal Structure")
_FRACTURE: Code = ("42942008", _SCT, "Compression fracture of vertebral column")


def _algorithm(flag: Tracked) -> list[Dataset]:
    return [
        _item("TEXT", _HAS, ("111001", _DCM, "Algorithm Name"), flag.product),
        _item("TEXT", _HAS, ("111003", _DCM, "Algorithm Version"), flag.version or "not given"),
    ]


def _site(level: Level) -> list[Dataset]:
    """The vertebra; T13 and L6, which have no code, by their name beside the nearest that has."""
    beside = _BESIDE.get(level)
    own: Code = (level.value if beside else SNOMED[level], OURS if beside else _SCT, _words(level))
    site = [_coded(_HAS, ("363698007", _SCT, "Finding Site"), own)]
    if beside is None:
        return site
    return [*site, _coded(_CONTAINS, NEAREST, (SNOMED[beside], _SCT, _words(beside)))]


def _words(level: Level) -> str:
    return f"{level.value} vertebra"


def _verdict(one: Assessed, *, asked: bool) -> list[Dataset]:
    present = one.present
    found = [_coded(_CONTAINS, ("705057003", _SCT, "Presence"), _PRESENCE[present])]
    if asked and present is not None:
        found.append(_coded(_CONTAINS, DECISION, AGREES if present else DIFFERS))
    found += [_coded(_CONTAINS, REVIEW, RULINGS[ruling]) for ruling in one.rulings]
    if one.code:
        found.append(_coded(_CONTAINS, REASON, (one.code, OURS, REASONS[one.code].words)))
    if one.grade:
        genant: Code = (f"VCF-{111 + one.grade}", OURS, f"Genant grade {int(one.grade)}")
        found.append(_coded(_CONTAINS, ("246112005", _SCT, "Severity"), _SEVERITY[one.grade]))
        found.append(_coded(_CONTAINS, ("VCF-110", OURS, "Genant grade"), genant))
    return found


def _container(relation: str, name: Code, items: Sequence[Dataset], template: str = "") -> Dataset:
    made = _named("CONTAINER", relation, name)
    made.ContinuityOfContent = "SEPARATE"
    if template:
        own = _set(MappingResource="DCMR", TemplateIdentifier=template)
        made.ContentTemplateSequence = [own]
    made.ContentSequence = list(items)
    return made


def _coded(relation: str, name: Code, code: Code) -> Dataset:
    made = _named("CODE", relation, name)
    made.ConceptCodeSequence = [_code(code)]
    return made


def _item(kind: str, relation: str, name: Code, value: str) -> Dataset:
    made = _named(kind, relation, name)
    word = {"TEXT": "TextValue", "UIDREF": "UID", "PNAME": "PersonName"}[kind]
    setattr(made, word, value)
    return made


def _named(kind: str, relation: str, name: Code) -> Dataset:
    made = _set(ValueType=kind, ConceptNameCodeSequence=[_code(name)])
    if relation:
        made.RelationshipType = relation
    return made


def _code(code: Code) -> Dataset:
    value, scheme, meaning = code
    word = "CodeValue" if len(value) <= _LONGEST_VALUE else "LongCodeValue"
    meant = meaning[:_LONGEST_MEANING]
    return _set(**{word: value}, CodingSchemeDesignator=scheme, CodeMeaning=meant)


def _set(**values: object) -> Dataset:
    made = Dataset()
    for word, value in values.items():
        setattr(made, word, value)
    return made
