"""The two families of refusal; anything else that is raised is a defect."""


class NotAllowed(Exception):
    """The step is refused. The text is shown to the person as it stands."""


class Conflict(NotAllowed):
    """The record moved on after it was painted. The text names who moved it and when."""


class Unusable(ValueError):
    """Something from outside is not what it should be.

    The text says what was found, what is needed and what to do, and never names a patient.
    """
