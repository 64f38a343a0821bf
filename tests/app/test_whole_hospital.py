"""A hospital from end to end: scanner, PACS, AI and RIS send, and one case has all of it."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom
import pytest
from orthanc import Orthanc
from running import enrolled, free_port, run
from sending import Receiving, listener, rows, spooled, storescu, until
from sr_builders import Flag, dicom_errors, write_seg, write_sr

from app.settings import Settings
from app.wiring import open_site
from components.imaging.label_tables import TABLES
from components.imaging.phantom import (
    GE,
    Identity,
    Study,
    plan,
    render,
    uid,
    write_dicom,
    write_mask,
)
from store import cases, worklist
from store.domain.genant import Grade
from store.domain.people import Person, Role
from store.domain.queue import Filters
from store.domain.spine import Level

LEAD = Person("a.lead", "Anna Lead", Role.METABOLIC_LEAD)
REPORT = (
    "MSH|^~\\&|RIS|RX1|VCF|VCF|20261122||ORU^R01^ORU_R01|42|P|2.5||||||UNICODE UTF-8\r"
    "PID|1||TS0001^^^RX1^MR||LUMBAR^CONVERTED\r"
    "OBR|1||TSACC001|CTLSP^CT lumbar spine|||20240115091500|||||||||||||||20240116103000|||F\r"
    "OBX|1|TX|R||No fracture is seen.\r"
)
PICTURED = "SELECT count(*) FROM series WHERE stack <> '' AND pictured_at IS NOT NULL"
SEGMENTED = (Level.T12, Level.L1, Level.L2, Level.L3)


@dataclass(frozen=True, slots=True)
class Scans:
    """Folders of slices: what the scanner sends, and what the PACS has; `mask` is of *lumbar*."""

    chest: Path
    lumbar: Path
    pacs: Path
    mask: Path


@pytest.fixture(params=["made up", pytest.param("real", marks=pytest.mark.realdata)])
def scans(request: pytest.FixtureRequest, tmp_path: Path) -> Scans:
    """Three scans of three patients, invented or real."""
    if request.param == "real":
        data: Path = request.getfixturevalue("shared_data")
        lumbar = data / "02_totalseg_lumbar_ct"
        return Scans(
            data / "01_lidc0001_chest_ct" / "dicom",
            lumbar / "dicom_converted",
            data / "04_verse014_lumbar" / "dicom_converted",
            lumbar / "totalseg_vertebrae.nii.gz",
        )
    made = render(plan(Level.T11, Level.L4, seed=4), spacing_mm=(2.5, 1.2, 1.2), size=240)
    found = Scans(*(tmp_path / name for name in ("chest", "lumbar", "pacs", "mask.nii.gz")))
    # Small ones beside it, each of other pixels: the same pixels would be a copy of one scan.
    others = [
        render(plan(Level.L1, Level.L2, seed=seed), spacing_mm=(5.0, 2.0, 2.0), size=120)
        for seed in (5, 6)
    ]
    write_mask(made, found.mask, named=True, table="totalsegmentator_v2")
    for scan, folder, patient, accession in (
        (others[0], found.chest, "CHEST", ""),
        (made, found.lumbar, "TS0001", "TSACC001"),
        (others[1], found.pacs, "VS014", "VSACC014"),
    ):
        who = Identity("LUMBAR^CONVERTED", patient, "", date(1950, 5, 5), "F")
        uids = uid(f"study {patient}"), uid(f"series {patient}")
        study = Study(*uids, accession, date(2024, 1, 15), "CT", "Demo", GE, "STANDARD")
        write_dicom(scan, folder, who, study)
    return found


@pytest.fixture
def orthanc(tmp_path: Path, scans: Scans) -> Iterator[Orthanc]:
    server = Orthanc(tmp_path).start()
    server.given(scans.pacs)
    yield server
    server.stop()


def answered(folder: Path, scan: Path, mask: Path) -> list[Path]:
    """An SR and a SEG of the AI on the scan in *scan*, and no fault in either."""
    slices = sorted(
        scan.iterdir(),
        key=lambda one: float(
            pydicom.dcmread(one, stop_before_pixels=True).ImagePositionPatient[2]
        ),
    )
    image = nib.load(mask)
    held = np.asarray(image.dataobj)
    # To slice, row, column from foot to head, each rising towards left and back.
    for axis, rising in enumerate((-1, -1, 1)):
        held = np.flip(held, axis) if np.sign(image.affine[axis, axis]) != rising else held
    table = {level: number for number, level in TABLES["totalsegmentator_v2"].items()}
    ids = np.zeros(held.T.shape, np.uint8)
    for number, level in enumerate(SEGMENTED, 1):
        ids[table[level] == held.T] = number
    folder.mkdir()
    made = [
        write_sr(folder / "sr.dcm", slices, [Flag(Level.L3, Grade.MODERATE, 0.3)]),
        write_seg(folder / "seg.dcm", slices, ids, SEGMENTED),
    ]
    assert [dicom_errors(path) for path in made] == [[], []]
    return made


def acknowledged(port: int, message: str) -> str:
    with socket.create_connection(("127.0.0.1", port), 20) as ris:
        ris.sendall(b"\x0b" + message.encode() + b"\x1c\r")
        return ris.recv(4096).decode()


def test_scans_results_and_a_report_from_four_senders_become_one_case(
    tmp_path: Path, scans: Scans, orthanc: Orthanc
) -> None:
    data = tmp_path / "data"
    enrolled(data, [("a.lead", "Anna Lead", "METABOLIC_LEAD")])
    port, text = listener(data)
    ris = free_port()
    text += f'[[source]]\nname = "pacs"\nkind = "dicomweb"\nurl = "{orthanc.url}"\n'
    text += f'[[source]]\nname = "ris"\nkind = "mllp"\nport = {ris}\n'
    since = ("--since", "2024-01-01")
    with ExitStack() as running:
        for verb, ready in (("listen", "listening on"), ("reports", "Listening"), ("work", "")):
            running.enter_context(Receiving(data, verb, text).start(ready))
        fetch = Receiving(data, "pull", text, prefix=orthanc.within, more=since)
        running.enter_context(fetch.start())
        for scan in (scans.chest, scans.lumbar):
            assert storescu(port, scan).returncode == 0
        assert "MSA|AA|42" in acknowledged(ris, REPORT)
        assert storescu(port, *answered(tmp_path / "ai", scans.lumbar, scans.mask)).returncode == 0
        until(lambda: rows(data, "SELECT 1 FROM measurement"), "heights by the mask", 180)
        until(lambda: rows(data, PICTURED) == [(3,)], "the three pictures", 180)
        until(lambda: not spooled(data), "the spool to empty")
    sources = dict(rows(data, "SELECT accession, source FROM scan, series WHERE scan_id = scan.id"))
    assert sources == {"": "ct", "TSACC001": "ct", "VSACC014": "pacs"}
    site = open_site(Settings(data=data))
    (line,) = site.ask(LEAD, worklist.page, Filters()).lines
    assert (line.accession, line.levels) == ("TSACC001", (Level.L3,))
    case = site.ask(LEAD, cases.case, line.key.id)
    (finding,) = case.findings
    assert (finding.ai_grade, finding.ai_loss) == (Grade.MODERATE, 0.3)
    assert case.scan.stack
    assert "No fracture is seen." in case.report.text
    assert Level.L3 in case.spine.used
    assert run(data, "trail", "verify").returncode == 0
    site.engine.dispose()
