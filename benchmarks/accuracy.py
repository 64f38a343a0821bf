"""How exact the machine's heights are: against phantoms of known heights, and on real CTs.

Run: python benchmarks/accuracy.py [spines] [folder of the real CTs].

A phantom's truth is exact: it was built with those heights. Real CTs have no truth. There the
expert's mask alone is read again, slowly and by other means (every voxel of the mask in the
body's own middle plane is asked, nothing is fitted), so those rows show how far two readings of
one mask differ, and what the machine takes from the CT besides. Bias and limits of agreement
after Bland and Altman; kappa weighted linearly.
"""

import csv
import io
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "imaging")]

from phantom_measured import bones_of  # noqa: E402

from components.imaging.frame import frame_of, indices  # noqa: E402
from components.imaging.header import sort_files  # noqa: E402
from components.imaging.masks import Labels, LabelSource, number_of, read_labels  # noqa: E402
from components.imaging.morphology import Shape  # noqa: E402
from components.imaging.phantom import (  # noqa: E402
    BONE,
    SOFT,
    STANDARD,
    Curve,
    Fracture,
    Kernel,
    Mimic,
    PhantomScan,
    Scanning,
    Spine,
    plan,
    render,
)
from components.imaging.series import block  # noqa: E402
from components.imaging.vertebrae import vertebrae  # noqa: E402
from components.imaging.volume import read_volume  # noqa: E402
from store.domain.genant import FractureType, Grade  # noqa: E402
from store.domain.morphometry import Heights, assess  # noqa: E402
from store.domain.spine import GRADEABLE, Level  # noqa: E402

FAR_MM, FAR_POINTS = 1.0, 5.0
HEAD = (
    "| what | heights | bias | SD | 95 % limits | largest | over 1 mm "
    "| losses off by over 5 points | same grade | kappa |\n|" + 10 * "---|"
)
LEVELS = [level for level in GRADEABLE if level is not Level.T13]
LOSSES = (0.15, 0.22, 0.27, 0.32, 0.37, 0.45, 0.55)
REAL = (
    ("04_verse014_lumbar/dicom_converted", "04_verse014_lumbar/sub-verse014_seg-vert_msk.nii.gz",
     "verse"),
    ("01_lidc0001_chest_ct/dicom", "01_lidc0001_chest_ct/mask.nii.gz", "totalsegmentator_v2"),
)  # fmt: skip


@dataclass
class Row:
    """What was found under one condition."""

    errors: list[float] = field(default_factory=list)
    losses: list[float] = field(default_factory=list)
    grades: list[tuple[int, int]] = field(default_factory=list)
    unmeasured: int = 0
    seconds: list[float] = field(default_factory=list)

    def add(self, found: dict[Level, Heights], true: dict[Level, Heights]) -> None:
        """One spine."""
        self.unmeasured += len(true.keys() - found.keys())
        seen, built = assess({lv: found[lv] for lv in found if lv in true}), assess(true)
        for level in true.keys() & found.keys():
            self.errors += np.subtract(found[level].three, true[level].three).tolist()
            one, other = seen[level], built[level]
            if one.grade is not None and other.grade is not None:
                self.losses.append(100 * ((one.loss or 0.0) - (other.loss or 0.0)))
                self.grades.append((int(other.grade), int(one.grade)))

    def text(self, name: str) -> str:
        """One line of the table."""
        off, losses = np.array(self.errors), np.array(self.losses)
        bias, sd = float(off.mean()), float(off.std(ddof=1))
        far, wrong = np.mean(np.abs(off) > FAR_MM), np.mean(np.abs(losses) > FAR_POINTS)
        same = 100 * np.mean([a == b for a, b in self.grades])
        cells = (
            name, f"{len(off)}", f"{bias:+.2f} mm", f"{sd:.2f} mm",
            f"{bias - 1.96 * sd:+.2f} to {bias + 1.96 * sd:+.2f} mm", f"{np.abs(off).max():.2f} mm",
            f"{100 * far:.1f} %", f"{100 * wrong:.0f} %", f"{same:.1f} % of {len(self.grades)}",
            kappa(self.grades),
        )  # fmt: skip
        return "| " + " | ".join(cells) + " |"


def kappa(pairs: list[tuple[int, int]]) -> str:
    """Cohen's kappa, weighted linearly; a dash where all grades are alike."""
    table = np.zeros((len(Grade), len(Grade)))
    for pair in pairs:
        table[pair] += 1
    table /= table.sum()
    apart = np.abs(np.subtract.outer(np.arange(len(Grade)), np.arange(len(Grade))))
    chance = float((np.outer(table.sum(1), table.sum(0)) * apart).sum())
    return f"{1 - float((table * apart).sum()) / chance:.2f}" if chance else "–"


def spine_of(seed: int, curve: Curve | None = None) -> Spine:
    """T4 to L5 with four fractures and one that looks like one, anywhere from T4 to L4."""
    rng = np.random.default_rng([seed, 5])
    hurt = [LEVELS[n] for n in rng.choice(len(LEVELS), 5, replace=False)]
    kinds, mimics = list(FractureType), list(Mimic)
    broken = {
        level: Fracture(kinds[rng.integers(3)], float(rng.choice(LOSSES))) for level in hurt[:4]
    }
    return plan(
        Level.T4,
        Level.L5,
        fractures=broken,
        mimics={hurt[4]: mimics[rng.integers(len(mimics))]},
        seed=seed,
        age=int(rng.integers(50, 92)),
        kyphosis=float(rng.uniform(0.7, 1.4)),
        lordosis=float(rng.uniform(0.7, 1.3)),
        scoliosis_mm=float(rng.uniform(-15, 15)),
        stature=float(rng.uniform(0.88, 1.08)),
        curve=curve,
    )


def scan_of(
    seed: int,
    step_mm: float,
    *,
    thick_mm: float | None = None,
    kernel: Kernel | None = None,
    noise_hu: float | None = None,
    curve: Curve | None = None,
    tilt_degrees: float = 0.0,
) -> PhantomScan:
    """One spine as one scanner shows it."""
    rng = np.random.default_rng([seed, 6])
    pixel_mm = float(rng.choice([0.7, 0.8, 0.9]))
    usual = float(rng.choice([10, 18, 28]))
    return render(
        spine_of(seed, curve),
        spacing_mm=(step_mm, pixel_mm, pixel_mm),
        size=round((230 if curve else 190) / pixel_mm),
        kernel=kernel or (SOFT, STANDARD, BONE)[seed % 3],
        noise_hu=usual if noise_hu is None else noise_hu,
        scanning=Scanning(thickness_mm=thick_mm or step_mm, tilt_degrees=tilt_degrees),
    )


def row(scans: Iterable[PhantomScan], *, bodies_only: bool = False) -> Row:
    """All of *scans* measured."""
    found = Row()
    for scan in scans:
        start = time.process_time()
        bones = bones_of(scan, bodies_only=bodies_only)
        found.seconds.append(time.process_time() - start)
        heights = {level: bone.shape.heights for level, bone in bones.items() if bone.shape}
        found.add(heights, scan.truth)
    return found


def conditions(spines: int) -> Iterator[tuple[str, Callable[[], Row]]]:
    """What is asked of the phantoms."""
    seeds = range(spines)
    for step in (0.8, 1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0):
        yield f"{step:g} mm", lambda s=step: row(scan_of(n, s) for n in seeds)
    yield "3 mm every 2 mm", lambda: row(scan_of(n, 2.0, thick_mm=3.0) for n in seeds)
    few = range(max(2, spines // 2))
    for noise in (5.0, 30.0, 60.0):
        yield (
            f"1.5 mm, noise {noise:g} HU",
            lambda v=noise: row(scan_of(n, 1.5, noise_hu=v) for n in few),
        )
    for name, kernel in (("soft", SOFT), ("standard", STANDARD), ("bone", BONE)):
        yield f"1.5 mm, {name} kernel", lambda k=kernel: row(scan_of(n, 1.5, kernel=k) for n in few)
    curve = Curve(Level.T6, Level.L1, 40.0, turn_degrees=18.0)
    yield "1.5 mm, scoliosis of 40°", lambda: row(scan_of(n, 1.5, curve=curve) for n in few)
    yield "1.5 mm, gantry tilted 20°", lambda: row(scan_of(n, 1.5, tilt_degrees=20) for n in few)
    yield "1.5 mm, bodies only", lambda: row((scan_of(n, 1.5) for n in few), bodies_only=True)


def read_again(labels: Labels, affine: np.ndarray, level: Level, shape: Shape) -> Heights | None:
    """Heights of a body by asking the voxels of its mask in its own middle plane, one by one.

    Points 0.1 mm apart, the nearest voxel of each. A column is as high as its outermost voxels
    of the mask lie apart. Each height is the median of the columns in a tenth of the depth:
    5 to 15 % behind the front wall, about the middle, 5 to 15 % before the back wall. Plane and
    walls are the machine's; the heights are not.
    """
    body = shape.body
    walls = body.own(shape.points)[:, 1].reshape(3, 2).mean(axis=1)
    up, back = np.arange(-45.0, 45.0, 0.1), np.linspace(walls[0], walls[2], 201)
    own = np.stack(np.broadcast_arrays(up[:, None], back[None, :], 0.0), axis=-1).reshape(-1, 3)
    index = np.rint(indices(affine, body.lps(own))).astype(int)
    index -= [low for low, _ in labels.box]
    inside = ((index >= 0) & (index < labels.ids.shape)).all(axis=1)
    held = np.zeros(len(index), bool)
    held[inside] = labels.ids[tuple(index[inside].T)] == number_of(level)
    columns = held.reshape(len(up), len(back)).T
    tall = np.array([_extent(column) for column in columns]) * 0.1
    a, m, p = (float(np.median(tall[n : n + 21])) for n in (10, 90, 170))
    try:
        return Heights(a, m, p)
    except ValueError:
        return None


def _extent(column: np.ndarray) -> int:
    """From the first to the last that is held: a wall is waisted between its corners."""
    held = np.flatnonzero(column)
    return int(held[-1] - held[0] + 1) if len(held) else 0


def real(home: Path, dicom: str, mask: str, table: str) -> tuple[Row, dict[Level, Heights]]:
    """One real CT: the machine against the slow reading of the mask."""
    (series,) = sort_files([home / dicom]).series
    slices = block(series.instances)
    frame = frame_of(slices.affine, slices.shape)
    labels = read_labels(LabelSource(home / mask, table), frame)
    volume = read_volume(slices, frame, labels.box)
    found, again = {}, {}
    for bone in vertebrae(labels, frame.affine, frame.shape, volume):
        if bone.shape is None:
            continue
        slow = read_again(labels, frame.affine, bone.level, bone.shape)
        if slow is not None:
            found[bone.level], again[bone.level] = bone.shape.heights, slow
    result = Row()
    result.add(found, again)
    return result, found


def published(home: Path, found: dict[Level, Heights]) -> str:
    """Agreement with the grades that VerSe's readers gave the same patient."""
    table = (home / "08_tables" / "verse19_genant_grades.csv").read_text()
    read = {
        Level(line["vertebra"]): int(line["genant_grade"])
        for line in csv.DictReader(io.StringIO(table))
        if line["patient_id"] == "sub-verse014"
    }
    graded = {lv: one.grade for lv, one in assess(found).items() if one.grade is not None}
    pairs = [(read[level], int(graded[level])) for level in read if level in graded]
    same = sum(a == b for a, b in pairs)
    return f"04 against the published grades: {same} of {len(pairs)} alike, kappa {kappa(pairs)}."


def main() -> None:
    """Print the tables."""
    spines = int(sys.argv[1]) if len(sys.argv) > 1 else 8
    print(f"{spines} spines from T4 to L5\n\n{HEAD}", flush=True)
    seconds: list[float] = []
    for name, asked in conditions(spines):
        found = asked()
        seconds += found.seconds
        lost = f" ({found.unmeasured} not measured)" if found.unmeasured else ""
        print(found.text(name + lost), flush=True)
    print(f"\nCPU per spine of 14 and its neighbours: {np.median(seconds):.2f} s (median)")
    if len(sys.argv) > 2:
        home = Path(sys.argv[2])
        print(f"\n{HEAD}")
        for dicom, mask, table in REAL:
            found, heights = real(home, dicom, mask, table)
            print(found.text(f"{dicom[:2]}, mask read again"), flush=True)
            if dicom.startswith("04"):
                verdict = published(home, heights)
        print(f"\n{verdict}")


if __name__ == "__main__":
    main()
