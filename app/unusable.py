"""What is raised when something a site configured cannot be used."""


class UnusableSetting(ValueError):
    """A setting is missing or wrong. The text names it and says what to write."""
