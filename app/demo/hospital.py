"""The demo hospital: what its scanners, its AI and its radiologists would deliver."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path
from shutil import rmtree

from app.demo.answers import PRODUCT, VERSION, Subject, as_rows, as_table, file_name, written
from app.demo.patients import CATALOGUE
from app.demo.prose import REPORTS
from app.demo.visits import KERNELS, Build, Form, Patient, Visit
from components.imaging.phantom import (
    Identity,
    PhantomScan,
    Study,
    plan,
    render,
    uid,
    write_capture,
    write_dicom,
    write_mask,
)

TODAY = date(2026, 11, 20)
"""The day the demo plays on unless another is given."""
_TURNAROUND = timedelta(days=2)
Tick = Callable[[int, int, str], None]
Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One folder of the inbox: one scan, or several with one table of results.

    Attributes:
        copy: 0 for the first delivery of a series; the next has the same files, later ones
            other names and another order.
    """

    name: str
    visits: tuple[tuple[int, int], ...]
    copy: int = 0


def write_hospital(
    folder: Path,
    tick: Tick,
    *,
    today: date = TODAY,
    workers: int | None = None,
    patients: tuple[Patient, ...] = CATALOGUE,
) -> None:
    """Every delivery under ``folder/inbox`` and the radiologists' ``folder/reports.csv``.

    A delivery appears in the inbox whole; one that is already there is left as it is. *tick* is
    told how many of how many are there, in words too. The same day and patients give the same
    bytes.
    """
    inbox, making = folder / "inbox", folder / ".making"
    if making.exists():
        # What an interrupted run left half drawn.
        rmtree(making)
    for made in (inbox, making):
        made.mkdir(parents=True, exist_ok=True)
    deliveries = [d for d in delivered(patients) if not (inbox / d.name).exists()]
    tick(0, len(deliveries), "Drawing scans")
    whole = {patient.number: patient for patient in patients}
    work = [
        (making / d.name, tuple((whole[n], v) for n, v in d.visits), d.copy, today)
        for d in deliveries
    ]
    for done, path in enumerate(_made(work, workers), start=1):
        path.rename(inbox / path.name)
        tick(done, len(deliveries), f"{done} of {len(deliveries)} scans drawn")
    making.rmdir()
    (folder / "reports.csv").write_text(reports(patients, today), encoding="utf-8", newline="")


def delivered(patients: Iterable[Patient]) -> tuple[Delivery, ...]:
    """What arrives in which folder; scans answered in one CSV table arrive together."""
    alone, together = [], defaultdict(list)
    for patient in patients:
        for number, visit in enumerate(patient.visits):
            at = (patient.number, number)
            if visit.answer.form is Form.CSV:
                together[visit.days_ago].append(at)
            else:
                alone += [Delivery(_name(at, copy), (at,), copy) for copy in range(visit.copies)]
    tables = [Delivery(_name(ats[0], 0), tuple(ats)) for ats in together.values()]
    # First copies first, so that a duplicate is never drawn before what it repeats.
    return tuple(sorted((*alone, *tables), key=lambda d: (d.copy, -len(d.visits))))


def reports(patients: Iterable[Patient], today: date) -> str:
    """The radiology reports as one CSV file, joined to scans by accession number and study."""
    page = io.StringIO(newline="")
    writer = csv.writer(page)
    writer.writerow(("accession", "study_uid", "status", "reported", "text"))
    for patient in patients:
        for number, visit in enumerate(patient.visits):
            found = REPORTS.get((patient.number, number))
            if found is None:
                continue
            status, text = found
            reported = min(_scanned(visit, today) + _TURNAROUND, today)
            study = uid("study", patient.number, number)
            writer.writerow((patient.accession(number), study, status, f"{reported}", text))
    return page.getvalue()


def _name(at: tuple[int, int], copy: int) -> str:
    return sha256(f"{at}/{copy}".encode()).hexdigest()[:12]


def _scanned(visit: Visit, today: date) -> date:
    return today - timedelta(days=visit.days_ago)


_Work = tuple[Path, tuple[tuple[Patient, int], ...], int, date]


def _made(work: list[_Work], workers: int | None) -> Iterator[Path]:
    count = workers if workers is not None else min(4, cpu_count() or 1)
    if count <= 1:
        yield from map(_deliver, work)
        return
    # Spawned, not forked: the parent may run threads.
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        yield from pool.map(_deliver, work)


def _deliver(work: _Work) -> Path:
    path, visits, copy, today = work
    rows: list[Row] = []
    for patient, number in visits:
        place = path / _name((patient.number, number), 9) if len(visits) > 1 else path
        subject = _scan(place, patient, number, copy, today)
        if subject.answer.form is Form.CSV:
            rows += as_rows(subject)
        else:
            (path / file_name(subject.answer.form)).write_text(written(subject), encoding="utf-8")
    if rows:
        (path / file_name(Form.CSV)).write_text(as_table(rows), encoding="utf-8", newline="")
    return path


def _scan(place: Path, patient: Patient, number: int, copy: int, today: date) -> Subject:
    visit = patient.visits[number]
    scan = phantom(patient, number, visit.build)
    study = _study(patient, number, visit.build, today)
    identity = Identity(
        patient.name,
        patient.hospital_number,
        patient.nhs_number if patient.known else "",
        patient.born(today),
        patient.sex,
    )
    shuffle = patient.number * 10 + number + (1000 if copy > 1 else 0)
    # A mask is joined by where it lies: two series never share a folder.
    first = place / "a" if visit.also else place
    write_dicom(scan, first, identity, study, shuffle=shuffle)
    if any(flag.level is None for flag in visit.answer.flags):
        sent = first / "preview.dcm"
        write_capture(scan, sent, identity, study, product=PRODUCT, version=VERSION)
    if visit.mask:
        write_mask(scan, first / "vertebrae.nii.gz", named=True)
    if visit.also:
        again = replace(
            _study(patient, number, visit.also, today),
            series_uid=uid("series", patient.number, number, "also"),
        )
        write_dicom(phantom(patient, number, visit.also), place / "b", identity, again)
    return Subject(patient, number, study.study_uid, study.series_uid, study.scanned, scan.truth)


def _study(patient: Patient, number: int, build: Build, today: date) -> Study:
    visit = patient.visits[number]
    return Study(
        study_uid=uid("study", patient.number, number),
        series_uid=uid("series", patient.number, number),
        accession=patient.accession(number),
        scanned=_scanned(visit, today),
        exam=visit.exam,
        site=visit.site,
        maker=build.maker,
        kernel=build.maker.kernels[build.kernel],
        series_description=f"Axial {build.spacing_mm[0]:g} mm",
        requester=f"Demo-Requester^{chr(65 + patient.number % 26)}",
        specialty=visit.specialty,
        indication=visit.indication,
        packing=build.packing,
        missing=build.missing,
    )


def phantom(patient: Patient, number: int, build: Build) -> PhantomScan:
    """The scan of one visit, rendered as *build* says."""
    visit = patient.visits[number]
    spine = plan(
        *visit.cover,
        fractures=visit.fractures,
        mimics=visit.mimics,
        seed=patient.number,
        age=patient.age,
        kyphosis=visit.kyphosis,
        scoliosis_mm=visit.scoliosis_mm,
        stature=visit.stature,
        contrast_hu=visit.contrast_hu,
        curve=visit.curve,
    )
    return render(
        replace(spine, seed=patient.number * 10 + number),
        spacing_mm=build.spacing_mm,
        size=build.size,
        kernel=KERNELS[build.kernel],
        noise_hu=build.noise_hu,
        stout=visit.stout,
        scanning=build.scanning,
    )
