"""What this is for, in the words of every screen and of the README."""

PURPOSE = (
    "This records a clinician’s decision; primary diagnosis is made on the diagnostic display."
)
