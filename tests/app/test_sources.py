"""The file of sources: what it says is taken at its word, and a mistake is said with its line."""

from pathlib import Path

import pytest

from app.settings import Settings, UnusableSetting
from app.sources import DicomWeb, Folder, Listener, named, read

GOOD = """
[[source]]
name = "ct-listener"
kind = "listener"
peers = ["CT1", "PACS"]
hosts = ["127.0.0.1", "10.0.0.0/8"]

[[source]]
name = "pacs-web"
kind = "dicomweb"
url = "https://pacs.example/dicom-web"
words = ["chest"]

[[source]]
name = "weekly-folder"
kind = "folder"
path = "/srv/weekly"
quiet_seconds = 5
"""


def written(tmp_path: Path, text: str) -> Settings:
    file = tmp_path / "sources.toml"
    file.write_text(text, encoding="utf-8")
    return Settings(data=tmp_path, sources=str(file))


def test_every_kind_is_read(tmp_path: Path) -> None:
    settings = written(tmp_path, GOOD)
    listener, web, folder = read(settings)
    assert isinstance(listener, Listener)
    assert listener.peers == ("CT1", "PACS")
    assert listener.port == 11112
    assert isinstance(web, DicomWeb)
    assert web.modalities == ("CT", "SR", "SEG")
    assert named(settings, Folder).quiet_seconds == 5.0
    assert folder == named(settings, Folder, "weekly-folder")
    assert read(Settings(data=tmp_path)) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('peers = ["CT1", "PACS"]', 'peers = "CT1"', r"line 5: 'peers' .* write a list of texts"),
        ('peers = ["CT1", "PACS"]', "peers = []", "line 2: peers is empty"),
        ('peers = ["CT1", "PACS"]', "", "line 2: 'peers' is missing"),
        ('peers = ["CT1", "PACS"]', 'peers = ["A\\\\B"]', "line 5: 'peers' .* plain letters"),
        ('hosts = ["127', 'hosts = ["x127', "line 6: 'hosts' .* addresses or networks"),
        ('kind = "dicomweb"', 'kind = "web"', r'line 10: \'kind\' is one of "listener"'),
        ('words = ["chest"]', 'password = "x"', "line 12: 'password' means nothing here"),
        ('words = ["chest"]', 'auth = "basic"', "line 8: .* secret_env or secret_file"),
        ('name = "pacs-web"', 'name = "ct-listener"', "line 9: a second source"),
        ('name = "pacs-web"', 'name = "../x"', "line 9: 'name' .* small letters"),
        ("quiet_seconds = 5", "quiet_seconds = true", "line 18: 'quiet_seconds' .* a number"),
        ("quiet_seconds = 5", "quiet_seconds = -1", "line 18: .* a number from 1 to 86400"),
        ('path = "/srv/weekly"', 'path = "weekly"', "line 14: path begins with no /"),
        ("[[source]]", "[[source]", "not TOML .*line 2"),
    ],
)
def test_a_mistake_is_said_with_its_line_and_the_remedy(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    assert old in GOOD
    with pytest.raises(UnusableSetting, match=said):
        read(written(tmp_path, GOOD.replace(old, new, 1)))


@pytest.mark.parametrize(
    "url",
    [
        "http://pacs.example/dicom-web",
        "http://169.254.169.254/latest",
        "https://user:secret@pacs.example/",
        "https://pacs.example/?x=1",
        "https://pacs.example/#x",
        "file:///etc/passwd",
        "https://",
        "https://pacs.example:99999/",
        "https://pacs.exam ple/",
    ],
)
def test_an_address_that_could_lead_elsewhere_is_refused(tmp_path: Path, url: str) -> None:
    with pytest.raises(UnusableSetting, match=r"line 11: 'url'"):
        read(written(tmp_path, GOOD.replace("https://pacs.example/dicom-web", url)))


def test_of_several_sources_one_must_be_named(tmp_path: Path) -> None:
    second = GOOD + GOOD.replace("ct-", "mr-").replace("pacs-", "x-").replace("weekly-f", "f")
    settings = written(tmp_path, second)
    with pytest.raises(UnusableSetting, match="Name one of: ct-listener, mr-listener"):
        named(settings, Listener)
    assert named(settings, Listener, "mr-listener").name == "mr-listener"
    with pytest.raises(UnusableSetting, match=r'Write a \[\[source\]\] with kind = "folder"'):
        named(Settings(data=tmp_path), Folder)
