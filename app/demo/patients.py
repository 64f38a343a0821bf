"""The invented patients of the demo hospital, each with a reason to be there."""

from app.demo.visits import (
    ABDOMEN,
    CHEST,
    LUMBAR,
    TRUNK,
    Answer,
    Build,
    Flag,
    Form,
    Patient,
    Visit,
)
from components.imaging.phantom import (
    CANON,
    GE,
    PHILIPS,
    SIEMENS,
    Curve,
    Fracture,
    Mimic,
    Packing,
    Scanning,
)
from store.domain.arrival import Ending
from store.domain.genant import FractureType
from store.domain.report import ReportStatus as Says
from store.domain.spine import Level

T6, T7, T8, T9, T10, T11, T12 = (Level(f"T{n}") for n in range(6, 13))
L1, L2, L3, L4, L5 = (Level(f"L{n}") for n in range(1, 6))


def _wedge(loss: float) -> Fracture:
    return Fracture(FractureType.WEDGE, loss)


def _biconcave(loss: float) -> Fracture:
    return Fracture(FractureType.BICONCAVE, loss)


def _crush(loss: float) -> Fracture:
    return Fracture(FractureType.CRUSH, loss)


def _says(form: Form, *flags: Flag | Level) -> Answer:
    found = tuple(flag if isinstance(flag, Flag) else Flag(flag) for flag in flags)
    return Answer(form, found, Ending.POSITIVE if found else Ending.NEGATIVE)


_THIN = Build(GE, 2, (1.0, 0.72, 0.72), 512, 34.0)
_SIEMENS = Build(SIEMENS, 1, (2.0, 0.9, 0.9), 320, 16.0)
_PHILIPS = Build(PHILIPS, 0, (2.5, 1.05, 1.05), 320, 12.0)
_CANON = Build(CANON, 1, (2.0, 1.0, 1.0), 300, 20.0)
_GE = Build()
_SMALL = Build(GE, 0, (2.0, 1.2, 1.2), 256, 14.0)

CATALOGUE: tuple[Patient, ...] = (
    Patient(1, "Demo-Hazel^Ann", "F", 74, (
        Visit(6, "CT chest", CHEST, _says(Form.SPINE_REPORT, T8), Says.NOT_MENTIONED,
              {T8: _wedge(0.31)}, build=_THIN, indication="Chronic cough, ex-smoker",
              specialty="Respiratory medicine"),
    )),
    Patient(2, "Demo-Rowan^Peter", "M", 81, (
        Visit(9, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, T12), Says.AMBIGUOUS_TERM,
              {T12: _wedge(0.23), L1: _crush(0.46)}, build=_SIEMENS, contrast_hu=170.0,
              indication="Weight loss", specialty="Gastroenterology"),
    )),
    Patient(3, "Demo-Willow^Grace", "F", 69, (
        Visit(11, "CT chest abdomen pelvis", TRUNK, _says(Form.JSON, T12), Says.REPORTED_FULL,
              {T12: _biconcave(0.31)}, build=_PHILIPS, contrast_hu=190.0,
              indication="Colorectal cancer follow-up", specialty="Oncology", site="DEMO2"),
    )),
    Patient(4, "Demo-Alder^Thomas", "M", 77, (
        Visit(3, "CT chest abdomen pelvis", TRUNK, _says(Form.SPINE_REPORT, T7, T8, T11),
              Says.REPORTED_PARTIAL,
              {T7: _wedge(0.30), T8: _wedge(0.43), T11: _biconcave(0.24), L2: _crush(0.33)},
              build=_PHILIPS, kyphosis=1.15, stature=1.04, contrast_hu=160.0,
              indication="Staging", specialty="Urology"),
    )),
    Patient(5, "Demo-Maple^Susan", "F", 66, (
        Visit(14, "CT urinary tract", ABDOMEN, _says(Form.CSV, L3), Says.NEGATIVE_STATEMENT,
              {L3: _biconcave(0.22)}, build=_SMALL, indication="Loin pain, ?stone",
              specialty="Emergency medicine", site="DEMO2"),
    )),
    Patient(6, "Demo-Linden^Margaret", "F", 84, (
        Visit(14, "CT pulmonary angiogram", CHEST,
              _says(Form.CSV, Flag(T6, really=T7), T9), Says.BONES_COMMENTED_NO_VF,
              {T7: _wedge(0.45), T9: _wedge(0.23)}, build=_SIEMENS, kyphosis=1.2,
              contrast_hu=320.0, indication="Breathless, raised D-dimer",
              specialty="Acute medicine", site="DEMO2"),
    )),
    Patient(7, "Demo-Elder^George", "M", 72, (
        Visit(5, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, Flag(L4, 0.23)),
              Says.NEGATIVE_STATEMENT, mimics={L3: Mimic.CUPID_BOW, L4: Mimic.CUPID_BOW},
              build=_CANON, stature=1.05, stout=1.1, contrast_hu=150.0,
              indication="Altered bowel habit", specialty="General practice"),
    )),
    Patient(8, "Demo-Ash^Helen", "F", 58, (
        Visit(4, "CT chest", CHEST, _says(Form.SPINE_REPORT, Flag(T7, 0.23)), Says.NOT_MENTIONED,
              mimics=dict.fromkeys((T6, T7, T8, T9), Mimic.PHYSIO_WEDGE), build=_CANON,
              indication="Nodule follow-up", specialty="Respiratory medicine"),
    )),
    Patient(9, "Demo-Birch^David", "M", 52, (
        Visit(8, "CT chest", CHEST, _says(Form.JSON, Flag(T8, 0.22), Flag(T9, 0.24)),
              Says.BONES_COMMENTED_NO_VF, build=_GE, kyphosis=1.35,
              mimics=dict.fromkeys((T7, T8, T9, T10), Mimic.SCHEUERMANN), stature=1.06,
              indication="Haemoptysis", specialty="Respiratory medicine"),
    )),
    Patient(10, "Demo-Cedar^Joan", "F", 79, (
        Visit(14, "CT abdomen and pelvis", ABDOMEN, _says(Form.CSV, Flag(L2, 0.24)),
              Says.BONES_COMMENTED_NO_VF, mimics={L2: Mimic.SCHMORL}, build=_SMALL,
              indication="Abdominal pain", specialty="General surgery", site="DEMO2"),
    )),
    Patient(11, "Demo-Hawthorn^Eric", "M", 88, (
        Visit(2, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, Flag(L3, 0.21)),
              Says.BONES_COMMENTED_NO_VF,
              mimics={L1: Mimic.OSTEOPHYTES, L2: Mimic.OSTEOPHYTES, L3: Mimic.OSTEOPHYTES},
              build=_SIEMENS, stout=1.08, indication="Aneurysm surveillance",
              specialty="Vascular surgery", contrast_hu=280.0),
    )),
    Patient(12, "Demo-Juniper^Mary", "F", 63, (
        Visit(3, "CT chest", CHEST, _says(Form.JSON), Says.NEGATIVE_STATEMENT, build=_SMALL,
              indication="Persistent cough", specialty="General practice"),
    )),
    Patient(13, "Demo-Laurel^Ian", "M", 55, (
        Visit(14, "CT urinary tract", ABDOMEN, _says(Form.CSV), Says.NOT_MENTIONED, build=_SMALL,
              stature=1.06, indication="Renal colic", specialty="Emergency medicine",
              site="DEMO2"),
    )),
    Patient(14, "Demo-Myrtle^Doris", "F", 91, (
        Visit(7, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, Flag(None)),
              Says.REPORTED_UNCERTAIN, {T12: _crush(0.235)}, build=_GE, stature=0.93,
              indication="Fall, abdominal pain", specialty="Emergency medicine"),
    )),
    Patient(15, "Demo-Olive^Frank", "M", 70, (
        Visit(10, "CT pelvis", (L4, Level.S1), Answer(
            Form.JSON, (), Ending.FAILED, "Fewer than 4 vertebrae lie in the field of view."),
            Says.NOT_MENTIONED, build=_SMALL, mask=False, indication="Hip pain",
            specialty="Orthopaedics"),
    )),
    Patient(16, "Demo-Poplar^Edna", "F", 83, (
        Visit(12, "CT abdomen and pelvis", ABDOMEN, Answer(
            Form.JSON, (), Ending.FAILED, "Slices are 5.0 mm thick; at most 3.0 mm are analysed."),
            Says.NOT_MENTIONED, {L1: _wedge(0.33)},
            build=Build(PHILIPS, 0, (5.0, 1.05, 1.05), 320, 9.0), mask=False,
            indication="Anaemia", specialty="Care of the elderly"),
    )),
    Patient(17, "Demo-Sorrel^Beryl", "F", 76, (
        Visit(372, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, T11), Says.REPORTED_FULL,
              {T11: _wedge(0.22)}, build=_SIEMENS, indication="Diverticular disease",
              specialty="General surgery"),
        Visit(7, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, T11, L1), Says.KNOWN_PRIOR,
              {T11: _wedge(0.23), L1: _wedge(0.34)}, build=_SIEMENS,
              indication="Diverticular disease, new back pain", specialty="General surgery"),
    )),
    Patient(18, "Demo-Tansy^Claire", "F", 47, (
        Visit(5, "CT urinary tract", ABDOMEN, _says(Form.JSON, L2), Says.REPORTED_FULL,
              {L2: _wedge(0.29)}, build=_CANON, indication="Haematuria", specialty="Urology"),
        # The same fracture a year and more before: unchanged.
        Visit(431, "CT urinary tract", LUMBAR, _says(Form.JSON, L2), Says.NOT_MENTIONED,
              {L2: _wedge(0.28)}, build=_SMALL, indication="Renal colic", specialty="Urology"),
    )),
    Patient(19, "Demo-Bramble^Ivy", "F", 80, (
        Visit(9, "CT chest", CHEST, _says(Form.SPINE_REPORT, T12), Says.NOT_MENTIONED,
              {T12: _wedge(0.44)}, build=_GE, stature=0.95, indication="?Interstitial disease",
              specialty="Rheumatology"),
    ), false_digit=True),
    Patient(20, "Demo-<b>Fern</b>^@SUM(1+1)", "F", 78, (
        Visit(6, "CT chest <script>alert(1)</script>", CHEST, _says(Form.JSON, T10),
              Says.NOT_MENTIONED, {T10: _biconcave(0.43)}, build=_SMALL,
              indication='=HYPERLINK("https://demo.invalid","Details")', specialty="<i>ENT</i>"),
    )),
    Patient(21, "Demo-Teasel^Walter", "M", 73, (
        Visit(13, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, T12), Says.REPORTED_FULL,
              {T12: _wedge(0.28)}, build=_CANON, mask=False, contrast_hu=150.0,
              indication="Pancreatitis", specialty="General surgery"),
    )),
    Patient(22, "Demo-Vetch^Norah", "F", 86, (
        Visit(2, "CT chest", CHEST, _says(Form.JSON, T9), Says.NO_REPORT, {T9: _wedge(0.35)},
              build=Build(GE, 1, (3.0, 1.2, 1.2), 256, 14.0, missing=frozenset(range(40, 46))),
              indication="Pneumonia", specialty="Acute medicine"),
    )),
    Patient(23, "Demo-Yarrow^Hugh", "M", 68, (
        Visit(1, "CT chest", CHEST, _says(Form.JSON, T8), Says.NO_REPORT, {T8: _wedge(0.27)},
              build=_SMALL, indication="Nodule", specialty="Respiratory medicine"),
    ), known=False),
    Patient(24, "Demo-Clover^Pat", "O", 75, (
        Visit(4, "CT abdomen and pelvis", LUMBAR, _says(Form.JSON, L1), Says.NOT_MENTIONED,
              {L1: _biconcave(0.33)}, build=_SMALL, copies=3, contrast_hu=160.0,
              indication="Jaundice", specialty="Hepatology"),
    )),
    Patient(25, "Demo-Thistle^Agnes", "F", 92, (
        Visit(1, "CT chest abdomen pelvis", TRUNK,
              _says(Form.SPINE_REPORT, T6, T8, L1, L3), Says.REPORTED_PARTIAL,
              {T6: _wedge(0.32), T8: _biconcave(0.41), T12: _crush(0.45), L1: _wedge(0.24),
               L3: _biconcave(0.30)},
              build=Build(SIEMENS, 2, (2.0, 0.9, 0.9), 384, 30.0), kyphosis=1.3, stature=0.92,
              stout=0.92, indication="Fall from standing", specialty="Emergency medicine"),
    )),
    Patient(26, "Demo-Briar^Malcolm", "M", 67, (
        Visit(8, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, Flag(L2, 0.22)),
              Says.BONES_COMMENTED_NO_VF,
              build=Build(CANON, 2, (1.0, 0.7, 0.7), 512, 36.0), scoliosis_mm=30.0,
              indication="Renal mass", specialty="Urology"),
    )),
    Patient(27, "Demo-Heather^Sheila", "F", 71, (
        Visit(15, "CT abdomen and pelvis", ABDOMEN, _says(Form.SPINE_REPORT, Flag(L1, 0.22)),
              Says.NEGATIVE_STATEMENT, mimics=dict.fromkeys((T12, L1, L2), Mimic.SHORT),
              build=_GE, indication="Ovarian cyst", specialty="Gynaecology"),
    )),
    Patient(28, "Demo-Sedge^Colin", "M", 78, (
        Visit(14, "CT abdomen and pelvis", ABDOMEN, _says(Form.CSV, T11), Says.KNOWN_PRIOR,
              {T11: _wedge(0.27)}, {L2: Mimic.HAEMANGIOMA},
              build=Build(PHILIPS, 1, (3.0, 1.0, 1.0), 300, 12.0, Packing.JPEG_LS),
              indication="Lymphoma follow-up", specialty="Haematology", site="DEMO2"),
    )),
    Patient(29, "Demo-Rush^Vera", "F", 82, (
        Visit(16, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, Flag(L1, 0.26)),
              Says.REPORTED_FULL, {L1: _wedge(0.30)}, {L1: Mimic.CEMENT},
              build=Build(SIEMENS, 1, (3.0, 1.1, 1.1), 256, 14.0, Packing.JPEG_2000),
              indication="Gallstones", specialty="General surgery", site="DEMO2"),
    )),
    Patient(30, "Demo-Aspen^Irene", "F", 79, (
        Visit(6, "CT chest abdomen pelvis", TRUNK, _says(Form.JSON, T12), Says.NOT_MENTIONED,
              {T12: _wedge(0.34)}, build=_CANON, curve=Curve(T8, L2, 40.0, 12.0),
              indication="Lung nodule", specialty="Respiratory medicine"),
    )),
    Patient(31, "Demo-Hornbeam^Leonard", "M", 84, (
        Visit(9, "CT lumbar spine", LUMBAR, _says(Form.JSON, L2), Says.REPORTED_FULL,
              {L2: _wedge(0.33)},
              build=Build(PHILIPS, 1, (2.0, 0.8, 0.8), 256, 12.0,
                          scanning=Scanning(tilt_degrees=16.0)),
              indication="Back pain", specialty="Rheumatology"),
        # A mild one at the same level before: worse since.
        Visit(540, "CT lumbar spine", LUMBAR, _says(Form.JSON, L2), Says.REPORTED_FULL,
              {L2: _wedge(0.21)}, build=_SMALL, indication="Back pain",
              specialty="Rheumatology"),
    )),
    Patient(32, "Demo-Quince^Olga", "F", 77, (
        Visit(11, "CT abdomen and pelvis", ABDOMEN, _says(Form.JSON, L1), Says.NOT_MENTIONED,
              {L1: _wedge(0.36)}, build=Build(GE, 0, (5.0, 1.1, 1.1), 256, 10.0),
              also=Build(GE, 1, (1.5, 1.1, 1.1), 256, 20.0),
              indication="Jaundice", specialty="Gastroenterology"),
    )),
)  # fmt: skip
"""Every patient; surnames begin with Demo, so that nobody takes one for a person."""
