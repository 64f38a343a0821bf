"""Which scan a result or a mask belongs to, when the file itself does not say.

A result on the wrong patient is the gravest error an intake can make, so a file is joined by
where it lies only when nothing else could be meant.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

_COMPANIONS = (".json", ".csv", ".nii", ".nii.gz", ".png", ".jpg", ".txt", ".md", ".pdf")


def folder_of(files: Iterable[Path]) -> Path:
    """The folder that holds all of *files*."""
    return Path(os.path.commonpath([file.parent.resolve() for file in files]))


def near(file: Path, folders: Mapping[str, Path]) -> list[str]:
    """Every series that *file* lies beside.

    *folders* gives the folder of every series that was found, refused ones too. The file's own
    folder decides; when it holds no series and nothing but companions of a scan, the folder
    above it does.
    """
    here = file.parent.resolve()
    found = _within(here, folders)
    if not found and _only_companions(here):
        found = _within(here.parent, folders)
    return found


def belongs_to(file: Path, folders: Mapping[str, Path]) -> tuple[str | None, str]:
    """The one series that *file* lies beside, or None and why it cannot be told."""
    found = near(file, folders)
    if len(found) == 1:
        return found[0], ""
    if found:
        count = len(found)
        return None, f"It lies beside {count} series. Put each result in its scan's own folder."
    return None, "It names no scan and lies beside none. Give it with --results and one scan."


def _within(folder: Path, folders: Mapping[str, Path]) -> list[str]:
    return [uid for uid, where in folders.items() if where == folder or folder in where.parents]


def _only_companions(folder: Path) -> bool:
    return all(
        entry.is_file() and entry.name.lower().endswith(_COMPANIONS) for entry in folder.iterdir()
    )
