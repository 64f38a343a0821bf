"""What letting go of each kind of held thing does, by its code. Whoever holds adds a line here."""

from store._doubted import JOIN, OTHER_PATIENT, SEVERAL_SCANS
from store._grown import GROWN
from store._held import Release
from store._identified import BY_PERSON
from store.masks import OTHER_FRAME, USE
from store.messages import AGAIN, REFUSED

RELEASES: dict[str, Release] = {
    OTHER_PATIENT: JOIN,
    SEVERAL_SCANS: JOIN,
    REFUSED: AGAIN,
    OTHER_FRAME: USE,
    **BY_PERSON,
    **GROWN,
}
"""A code that is not here can only be discarded."""
