"""What letting go of each kind of held thing does, by its code. Whoever holds adds a line here."""

from store._held import Release

RELEASES: dict[str, Release] = {}
"""A code that is not here can only be discarded."""
