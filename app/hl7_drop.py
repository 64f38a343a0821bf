"""The HL7 messages of a batch, put into the folder that an integration engine empties: each once.

They are staged beside it first and the record is told; then each is renamed into place. A name
that is no longer staged was handed over, so a kill at any moment loses none and sends none twice.
"""

import fcntl
import hashlib
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.batch_files import kinds_of, messages
from app.wiring import Site
from store import referrals
from store.domain.people import Person

log = logging.getLogger("vcf_review")
STAGED = ".vcf-staged"
"""On the same file system, so that a rename is whole; engines leave out hidden names."""
KIND = "hl7-folder"


def hand_over(site: Site, person: Person) -> None:
    """Put every message that is owed into the folder; what cannot be put waits, and is logged."""
    if not site.settings.fls_hl7_folder:
        return
    folder = Path(site.settings.fls_hl7_folder)
    try:
        with _alone(folder / STAGED):
            for batch in site.ask(person, referrals.batches):
                if waits(site, batch):
                    _put(site, person, batch, folder)
    except OSError as error:
        log.warning("VCF_FLS_HL7_FOLDER cannot be written: %s. HL7 waits.", error.strerror)


def waits(site: Site, batch: referrals.Batch) -> bool:
    """Whether messages of *batch* are still to be put into the folder."""
    if not _owed(batch):
        return False
    staged = Path(site.settings.fls_hl7_folder) / STAGED
    return KIND not in batch.files or any((staged / name).exists() for name, _ in messages(batch))


def words(site: Site, batch: referrals.Batch) -> str:
    """What became of the messages of *batch*; empty where none go to a folder."""
    if not _owed(batch) or not site.settings.fls_hl7_folder:
        return ""
    return "HL7 waits for its folder" if waits(site, batch) else "HL7 put into its folder"


def _owed(batch: referrals.Batch) -> bool:
    return bool(batch.made_with.get("hl7_folder")) and "hl7" in kinds_of(batch)


def _put(site: Site, person: Person, batch: referrals.Batch, folder: Path) -> None:
    made = messages(batch)
    if KIND not in batch.files:
        for name, content in made:
            _write(folder / STAGED / name, content)
        digest = hashlib.sha256(b"".join(content for _, content in made)).hexdigest()
        site.submit(person, referrals.rendered, batch.id, digest, KIND)
    for name, _ in made:
        staged = folder / STAGED / name
        if staged.exists():
            staged.replace(folder / name)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        path.chmod(0o600)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _alone(staged: Path) -> Iterator[None]:
    """No other process stages or renames meanwhile."""
    staged.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(staged, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
        os.fsync(handle)
    finally:
        os.close(handle)
