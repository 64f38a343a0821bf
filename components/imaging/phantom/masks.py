"""Writing a phantom's mask as a NIfTI file, numbered as one program or another does."""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from components.imaging.label_tables import TABLES
from components.imaging.phantom.render import PhantomScan
from components.imaging.phantom.sizes import INTACT, SACRUM_LABEL
from store.domain.spine import Level

_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_COMMENT_CODE = 0
"""Extension code of the label table. Source: as TotalSegmentator writes it (unknown/ignore)."""
_OWN_TABLE = "totalsegmentator_v2"
_SACRUM = {_OWN_TABLE: SACRUM_LABEL, "totalsegmentator_v3": SACRUM_LABEL}
"""Tables with a number for the sacrum below S1; others leave it out."""


def write_mask(
    scan: PhantomScan,
    path: Path,
    *,
    named: bool,
    table: str = _OWN_TABLE,
    bodies_only: bool = False,
) -> None:
    """The labels as NIfTI (``.nii`` or ``.nii.gz``), axes (column, row, slice), affine in RAS.

    With *named* the header carries a table of label names as TotalSegmentator writes it;
    *table* is the program of `TABLES` whose numbers are used.

    Raises:
        ValueError: the table is unknown, or has no number for T13 or L6 of this spine.
    """
    numbers = _numbers(scan, table)
    room = np.zeros(256, np.uint8)
    for label, number in numbers.items():
        room[label] = number
    labels: NDArray[np.uint8] = room[scan.bodies if bodies_only else scan.labels]
    swap = np.eye(4)[:, [2, 1, 0, 3]]
    image = nib.Nifti1Image(labels.transpose(2, 1, 0), _LPS_TO_RAS @ scan.affine @ swap)  # type: ignore[no-untyped-call]
    image.header.set_xyzt_units("mm")  # type: ignore[no-untyped-call]
    if named:
        text = _table(numbers)
        image.header.extensions.append(nib.nifti1.Nifti1Extension(_COMMENT_CODE, text.encode()))
    raw = image.to_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    # mtime 0: the same phantom gives the same bytes.
    packed = gzip.compress(raw, 3, mtime=0) if path.suffix == ".gz" else raw
    path.write_bytes(packed)


def _numbers(scan: PhantomScan, table: str) -> dict[int, int]:
    """The number in *table* of each of the scan's own labels."""
    if table not in TABLES:
        msg = f"No table of labels is called {table}; choose one of {', '.join(TABLES)}."
        raise ValueError(msg)
    known = {level: number for number, level in TABLES[table].items()}
    found: dict[int, int] = {}
    for label in np.unique(scan.labels[scan.labels > 0]).tolist():
        level = _LEVELS.get(label)
        if level in known:
            found[label] = known[level]
        elif level in (Level.T13, Level.L6):
            msg = f"{table} has no number for {level}; choose a table that has, such as verse."
            raise ValueError(msg)
        elif level is None and table in _SACRUM:
            found[label] = _SACRUM[table]
    return found


_LEVELS = {size.label: level for level, size in INTACT.items()}


def _table(numbers: dict[int, int]) -> str:
    rows = "\n".join(
        f'<Label Key="{key}" Red="1.0" Green="{key % 7 / 7:.2f}" Blue="{key % 5 / 5:.2f}" '
        f'Alpha="1"><![CDATA[{_name(label)}]]></Label>'
        for label, key in sorted(numbers.items(), key=lambda pair: pair[1])
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?> <CaretExtension>'
        '  <VolumeInformation Index="0">   <LabelTable>\n'
        f"{rows}\n"
        "  </LabelTable>  </VolumeInformation> </CaretExtension>"
    )


def _name(label: int) -> str:
    return f"vertebrae_{_LEVELS[label]}" if label in _LEVELS else "sacrum"
