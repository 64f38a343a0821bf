"""What letting go of each kind of held thing does, by its code. Whoever holds adds a line here."""

from store._doubted import JOIN, OTHER_PATIENT, SEVERAL_SCANS
from store._held import Release

RELEASES: dict[str, Release] = {OTHER_PATIENT: JOIN, SEVERAL_SCANS: JOIN}
"""A code that is not here can only be discarded."""
