"""Writing a phantom's mask as a NIfTI file."""

import gzip
from pathlib import Path

import nibabel as nib
import numpy as np

from components.imaging.phantom.render import PhantomScan
from components.imaging.phantom.sizes import INTACT, SACRUM_LABEL

_LPS_TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
_COMMENT_CODE = 0
"""Extension code of the label table. Source: as TotalSegmentator writes it (unknown/ignore)."""


def write_mask(scan: PhantomScan, path: Path, *, named: bool) -> None:
    """The labels as NIfTI (``.nii`` or ``.nii.gz``), axes (column, row, slice), affine in RAS.

    With *named* the header carries a table of label names as TotalSegmentator writes it.
    """
    swap = np.eye(4)[:, [2, 1, 0, 3]]
    image = nib.Nifti1Image(scan.labels.transpose(2, 1, 0), _LPS_TO_RAS @ scan.affine @ swap)  # type: ignore[no-untyped-call]
    image.header.set_xyzt_units("mm")  # type: ignore[no-untyped-call]
    if named:
        table = _table(set(np.unique(scan.labels).tolist()) - {0})
        image.header.extensions.append(nib.nifti1.Nifti1Extension(_COMMENT_CODE, table.encode()))
    raw = image.to_bytes()
    path.parent.mkdir(parents=True, exist_ok=True)
    # mtime 0: the same phantom gives the same bytes.
    packed = gzip.compress(raw, 3, mtime=0) if path.suffix == ".gz" else raw
    path.write_bytes(packed)


def _table(present: set[int]) -> str:
    names = {size.label: f"vertebrae_{level}" for level, size in INTACT.items()}
    names[SACRUM_LABEL] = "sacrum"
    rows = "\n".join(
        f'<Label Key="{key}" Red="1.0" Green="{key % 7 / 7:.2f}" Blue="{key % 5 / 5:.2f}" '
        f'Alpha="1"><![CDATA[{names[key]}]]></Label>'
        for key in sorted(present)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?> <CaretExtension>'
        '  <VolumeInformation Index="0">   <LabelTable>\n'
        f"{rows}\n"
        "  </LabelTable>  </VolumeInformation> </CaretExtension>"
    )
