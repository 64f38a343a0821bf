"""Where scans, results and reports come from: the file that `VCF_SOURCES` names.

Each ``[[source]]`` has a short name, which goes onto everything that came from it, and a kind.
Nothing secret stands in the file: it names an environment variable or another file.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from app.configured import Place, between, filled, like, one_of, option, tables
from app.settings import Settings, UnusableSetting
from app.web_address import fault as address_fault
from components.imaging.report_mapping import ReportMapping, read_report_mapping
from components.imaging.result_fields import UnusableResult
from components.imaging.result_mapping import ResultMapping, read_mapping

K = TypeVar("K", bound="Source")
_NAME = like(r"[a-z0-9][a-z0-9-]{0,31}", 'small letters, digits and "-", at most 32')
_AE = like(r"[!-\[\]-~][ -\[\]-~]{0,14}[!-\[\]-~]|[!-\[\]-~]", "1 to 16 plain letters, no \\")


def _hosts(texts: tuple[str, ...]) -> str:
    for text in texts:
        try:
            ipaddress.ip_network(text)
        except ValueError:
            return 'write addresses or networks, like "10.1.2.3" or "10.1.2.0/24"'
    return ""


@dataclass(frozen=True, slots=True)
class Source:
    """What every source has."""

    kind: ClassVar[str]
    name: str = option("the short name that goes onto what came from it", check=_NAME)

    def problem(self) -> str:
        """What is wrong with its values taken together; empty where nothing is."""
        return ""


@dataclass(frozen=True, slots=True)
class Listener(Source):
    """Scanners and the PACS send to it by DICOM C-STORE.

    Attributes:
        certificate, key, peer_ca: PEM files; with all three every peer must show a certificate
            of `peer_ca`, with none the connection is plain.
    """

    kind = "listener"
    peers: tuple[str, ...] = option("the AE titles that may send", check=_AE)
    ae_title: str = option("its own AE title", "VCFREVIEW", _AE)
    host: str = option("the address it listens on", "127.0.0.1")
    port: int = option("the port it listens on", 11112, between(1, 65535))
    hosts: tuple[str, ...] = option("who may connect", ("127.0.0.1",), _hosts)
    quiet_seconds: float = option(
        "how long nothing must come before a study is whole", 60.0, between(1, 86400)
    )
    associations: int = option("how many may send at once", 10, between(1, 100))
    idle_seconds: float = option("how long a silent association is kept", 60.0, between(1, 3600))
    certificate: Path | None = option("its certificate", None)
    key: Path | None = option("the key of its certificate", None)
    peer_ca: Path | None = option("who signs the certificates of peers", None)

    def problem(self) -> str:
        """What is wrong with its values taken together; empty where nothing is."""
        if not self.peers:
            return "peers is empty. Name the AE titles that may send."
        files = (self.certificate, self.key, self.peer_ca)
        if any(files) and not all(files):
            return "certificate, key and peer_ca belong together. Write all three or none."
        return ""


@dataclass(frozen=True, slots=True)
class DicomWeb(Source):
    """A PACS that is asked by DICOMweb, and to which results may be sent.

    Attributes:
        words: Of a series or study description: one of them must be in it, whatever its case,
            for a CT to be fetched; none takes every CT.
        days: How far back the first question reaches, and how far each later one reaches back
            behind the one before, for what is entered late.
    """

    kind = "dicomweb"
    url: str = option("the root of its DICOMweb service", check=address_fault)
    modalities: tuple[str, ...] = option(
        "what is fetched of a study with CT", ("CT", "SR", "SEG"), like("[A-Z]{2,16}", "like CT")
    )
    words: tuple[str, ...] = option("words of a description", ())
    days: int = option("how many days the window reaches back", 3, between(0, 3650))
    every_seconds: float = option("the pause between questions", 300.0, between(1, 86400))
    timeout_seconds: float = option("how long an answer may take", 60.0, between(1, 3600))
    auth: str = option("how it signs in", "none", one_of("none", "basic", "bearer"))
    user: str = option("who signs in by basic", "", like(r"[^:\r\n]*", "a name without a colon"))
    secret_env: str = option("the environment variable with password or token", "")
    secret_file: Path | None = option("the file with password or token", None)
    ca_file: Path | None = option("who signs the server's certificate", None)

    def problem(self) -> str:
        """What is wrong with its values taken together; empty where nothing is."""
        named = bool(self.secret_env) + bool(self.secret_file)
        if self.auth != "none" and named != 1:
            return f"auth is {self.auth!r}. Write secret_env or secret_file, one of them."
        if self.auth == "basic" and not self.user:
            return "auth is 'basic'. Write user as well."
        return ""

    def secret(self) -> str:
        """Password or token; empty where it signs in by neither.

        Raises:
            UnusableSetting: it is not where the file of sources says.
        """
        if self.auth == "none":
            return ""
        try:
            held = (
                self.secret_file.read_text("utf-8")
                if self.secret_file
                else os.environ.get(self.secret_env, "")
            ).strip()
        except (OSError, UnicodeDecodeError):
            held = ""
        if not held or not held.isprintable():
            msg = f"Source {self.name}: the secret is not where secret_env or secret_file says."
            raise UnusableSetting(msg)
        return held


@dataclass(frozen=True, slots=True)
class Folder(Source):
    """A folder that somebody copies to, by hand or by a script."""

    kind = "folder"
    path: Path = option("the folder that is watched")
    quiet_seconds: float = option(
        "how long a file must lie unchanged before it is taken", 60.0, between(1, 86400)
    )
    every_seconds: float = option("the pause between looks", 30.0, between(1, 86400))
    after: str = option("what becomes of what was taken", "leave", one_of("leave", "move"))

    def problem(self) -> str:
        """What is wrong with its values taken together; empty where nothing is."""
        return "" if self.path.is_absolute() else "path begins with no /. Write the whole path."


@dataclass(frozen=True, slots=True)
class Reports(Source):
    """A RIS or an integration engine that sends reports by HL7 v2 over MLLP.

    Attributes:
        certificate, key: PEM files; with both the connection is encrypted, and with `peer_ca`
            every peer must show a certificate that it signed.
    """

    kind = "mllp"
    host: str = option("the address it listens on", "127.0.0.1")
    port: int = option("the port it listens on", 2575, between(0, 65535))
    hosts: tuple[str, ...] = option("who may connect", ("127.0.0.1",), _hosts)
    charset: str = option(
        "how a message is written that does not say (MSH-18)",
        "",
        one_of("", "UNICODE UTF-8", "ASCII", "8859/1", "8859/15"),
    )
    connections: int = option("how many may be open at once", 20, between(1, 200))
    idle_seconds: float = option("how long a silent connection is kept", 600.0, between(0.1, 86400))
    certificate: Path | None = option("its certificate", None)
    key: Path | None = option("the key of its certificate", None)
    peer_ca: Path | None = option("who signs the certificates of peers", None)

    def problem(self) -> str:
        """What is wrong with its values taken together; empty where nothing is."""
        if bool(self.certificate) != bool(self.key) or (self.peer_ca and not self.key):
            return "certificate and key belong together, and peer_ca to them."
        return ""


@dataclass(frozen=True, slots=True)
class Results(Source):
    """An AI product that sends its results in a table or JSON of its own."""

    kind = "results"
    mapping: Path = option("the file that says what its columns mean")


def result_mappings(settings: Settings) -> tuple[ResultMapping, ...]:
    """How the results of every configured product are read.

    Raises:
        UnusableSetting: the file of sources or a mapping cannot be used.
    """
    try:
        return tuple(
            read_mapping(one.mapping) for one in read(settings) if isinstance(one, Results)
        )
    except UnusableResult as wrong:
        raise UnusableSetting(str(wrong)) from None


@dataclass(frozen=True, slots=True)
class ReportTable(Source):
    """A RIS that writes its reports into a table of its own."""

    kind = "ris-csv"
    mapping: Path = option("the file that says what its columns mean")


def report_mappings(settings: Settings) -> dict[str, ReportMapping]:
    """How the tables of every configured RIS are read, by name of the source.

    Raises:
        UnusableSetting: the file of sources or a mapping cannot be used.
    """
    those = [one for one in read(settings) if isinstance(one, ReportTable)]
    try:
        return {one.name: read_report_mapping(one.mapping) for one in those}
    except UnusableResult as wrong:
        raise UnusableSetting(str(wrong)) from None


KINDS: dict[str, type[Source]] = {
    each.kind: each for each in (Listener, DicomWeb, Folder, Reports, Results, ReportTable)
}


def read(settings: Settings) -> tuple[Source, ...]:
    """Every source of *settings*, in the order of their file.

    Raises:
        UnusableSetting: the file cannot be used; the text names the line and what to write.
    """
    if not settings.sources:
        return ()
    text, said = tables(Path(settings.sources).expanduser())
    entries = said.get("source", [])
    if set(said) - {"source"} or not isinstance(entries, list):
        msg = "VCF_SOURCES may hold [[source]] tables alone. Write each source as one."
        raise UnusableSetting(msg)
    found: dict[str, Source] = {}
    for number, entry in enumerate(entries):
        place = Place(text, "source", number)
        one = _source(entry, place)
        if one.name in found:
            words = f"a second source is called {one.name!r}. Give it a name of its own."
            raise place.fault(words, "name")
        found[one.name] = one
    return tuple(found.values())


def named(settings: Settings, kind: type[K], name: str = "") -> K:
    """The source *name* of *kind*; without a name the only one of its kind.

    Raises:
        UnusableSetting: there is none, or there are several and none is named.
    """
    those = [one for one in read(settings) if isinstance(one, kind)]
    meant = [one for one in those if name in ("", one.name)]
    if len(meant) == 1:
        return meant[0]
    if not those:
        msg = (
            f'No source of kind "{kind.kind}" is named. Write a [[source]] with '
            f'kind = "{kind.kind}" into the file that VCF_SOURCES names.'
        )
        raise UnusableSetting(msg)
    choice = ", ".join(one.name for one in those)
    msg = f'Which source of kind "{kind.kind}" is meant? Name one of: {choice}.'
    raise UnusableSetting(msg)


def _source(entry: Mapping[str, Any], place: Place) -> Source:
    kind = entry.get("kind")
    if kind not in KINDS:
        known = ", ".join(f'"{one}"' for one in KINDS)
        msg = f"'kind' is one of {known}."
        raise place.fault(msg, "kind")
    rest = {key: value for key, value in entry.items() if key != "kind"}
    one = filled(KINDS[kind], rest, place)
    if wrong := one.problem():
        raise place.fault(wrong)
    return one
