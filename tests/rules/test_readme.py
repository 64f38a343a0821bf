"""What the README promises is what the program does and says."""

from rules_source import ROOT

from app import settings
from app.purpose import PURPOSE

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_settings_in_the_readme_are_those_of_the_code() -> None:
    between = README.partition("<!-- settings -->\n")[2].partition("\n<!-- /settings -->")[0]
    assert between == settings.table()


def test_the_intended_purpose_is_the_same_on_screen_and_in_the_readme() -> None:
    said = README.partition("**Intended purpose.** ")[2].partition("\n\n")[0]
    assert " ".join(said.split()).startswith(PURPOSE)
