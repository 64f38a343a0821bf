from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hl7_builders import OBR, message
from hypothesis import given
from hypothesis import strategies as st

from app.intake.hl7_escapes import Separators, escaped, plain
from app.intake.hl7_message import UnusableMessage, messages
from app.intake.hl7_reports import read
from app.intake.mllp_frames import Frame, Frames, Stray
from app.intake.receive import Delivery, receive
from app.intake.report_messages import read_again, take
from app.settings import Settings
from app.wiring import open_site
from components.imaging.results import Kind, recognise
from store import held, reports
from store import messages as refused
from store.domain.arrival import Fate
from store.domain.people import Person, Role
from store.domain.refusal import NotAllowed
from store.unit import Reader


def test_all_of_the_text_is_read_in_order_and_as_it_was_meant() -> None:
    (found,) = read(
        message(
            r"OBX|1|TX|RPT||Clinical: ?fracture~Heights\.br\50\S\60 \T\ more||||||F",
            "OBX|2|CE|CODE||99^not text^L||||||F",
            r"OBX|3|FT|RPT||Loss of 30\% at L1 \X41\. A lone \ stands. \.sp2\End.||||||F",
            "OBX|4|ST|RPT||deleted||||||D",
        )
    )
    assert found.text.splitlines() == [
        "Clinical: ?fracture",
        "Heights",
        "50^60 & more",
        "Loss of 30\\% at L1 A. A lone \\ stands. ",
        "",
        "End.",
    ]
    assert (found.accession, found.status, found.site) == ("A1", "F", "RX1")
    assert (found.nhs_number, found.hospital_number) == ("9990000018", "H000123")
    assert (found.scanned, found.reported) == (date(2026, 10, 3), date(2026, 10, 4))
    # British summer time.
    assert found.reported_at == datetime(2026, 10, 4, 9, 30, tzinfo=UTC)
    assert found.patient_class == "O"


@given(st.text(st.characters(exclude_categories=["C", "Z"]), max_size=60))
def test_what_is_escaped_is_read_back_whole(text: str) -> None:
    for parts in (Separators(), Separators("#", "!", "%", "/", "$")):
        assert plain(escaped(text, parts), parts) == text


def test_unusual_separators_and_an_accession_in_orc_are_read() -> None:
    raw = (
        b"MSH#!%/$#RIS#RX1#V#V#2026##ORU!R01#7#P#2.4\r"
        b"PID#1##77!!!RX1$2.16$ISO!PI%9990000018!!!NHS!NH\rORC#RE##O-5!RIS\r"
        b"OBR#1###CT##################20261004###C\rOBX#1#TX#R##pipes | and ^ stand/.br/too"
    )
    (found,) = read(raw)
    assert found.text == "pipes | and ^ stand\ntoo"
    assert (found.accession, found.status) == ("O-5", "C")
    assert (found.nhs_number, found.hospital_number) == ("9990000018", "77")


def test_each_examination_is_a_report_and_its_sections_are_one() -> None:
    second = OBR.format(accession="A2", said="20261004", status="P")
    again = OBR.format(accession="A1", said="20261004", status="F")
    found = read(
        message("OBX|1|TX|R||chest", second, "OBX|1|TX|R||abdomen", again, "OBX|1|TX|R||conclusion")
    )
    assert [(one.accession, one.text) for one in found] == [
        ("A1", "chest\nconclusion"),
        ("A2", "abdomen"),
    ]


def test_the_same_report_under_another_message_number_is_the_same() -> None:
    once = message("OBX|1|TX|R||text")
    (one,), (other,) = read(once), read(once.replace(b"|42|", b"|43|"))
    assert one.digest == other.digest
    assert one.raw != other.raw


@pytest.mark.parametrize(
    ("raw", "why", "rejected"),
    [
        (b"PID|1", "does not begin with MSH", True),
        (b"MSH|^^^&|RIS", "five different separators", True),
        (message("OBX|1|TX|R||x").replace(b"ORU^R01^ORU_R01", b"ADT^A08"), "Only reports", True),
        (message("OBX|1|TX|R||x", status="X"), "OBR-25", False),
        (message("OBX|1|TX|R||x", status=""), "OBR-25", False),
        (message("OBX|1|NM|R||5"), "no report text", False),
        (message().replace(b"OBR|", b"ZZZ|"), "no OBR", False),
        (message("OBX|1|TX|R||x", charset="ISO IR87"), "character set", False),
        (message("OBX|1|TX|R||") + "Höhe".encode("latin-1"), "Byte .* is not UTF-8", False),
        (message("OBX|1|TX|R||" + "x" * 100_001), "100001 characters", False),
    ],
)
def test_what_is_no_report_is_refused_without_a_word_of_it(
    raw: bytes, why: str, rejected: bool
) -> None:
    with pytest.raises(UnusableMessage, match=why) as refusal:
        read(raw)
    assert refusal.value.rejected is rejected
    assert not any(word in str(refusal.value) for word in ("DEMO", "H000123", "9990000018"))


def test_the_character_set_is_the_one_that_is_named() -> None:
    (found,) = read(message("OBX|1|TX|R||Höhenverlust 30 °", charset="8859/1"))
    assert found.text == "Höhenverlust 30 °"
    silent = message("OBX|1|TX|R||30 °", charset="").decode().encode("latin-1")
    assert read(silent, "8859/1")[0].text == "30 °"
    with pytest.raises(UnusableMessage, match="UTF-8"):
        read(silent)


FRAMES = [b"one", b"", b"three \r with lines", b"4" * 300]


@given(st.lists(st.integers(1, 40), max_size=40), st.binary(max_size=20))
def test_frames_are_the_same_however_they_come_in_pieces(cuts: list[int], noise: bytes) -> None:
    noise = noise.translate(None, b"\x0b\x1c")
    stream = noise + b"".join(b"\x0b" + each + b"\x1c\r" for each in FRAMES)
    frames, found = Frames(1000), []
    for cut in cuts:
        found += frames.feed(stream[:cut])
        stream = stream[cut:]
    found += frames.feed(stream)
    assert [one.content for one in found if isinstance(one, Frame)] == FRAMES
    assert sum(one.count for one in found if isinstance(one, Stray)) <= len(noise)
    assert not frames.unfinished


def test_a_frame_that_never_ended_does_not_swallow_the_next() -> None:
    found = list(Frames(1000).feed(b"\x0bhalf a mess\x0bwhole\x1c\r"))
    assert found == [Stray(11), Frame(b"whole")]


def test_a_batch_file_is_taken_in_and_each_message_kept(tmp_path: Path) -> None:
    batch = tmp_path / "batch.txt"
    good = message("OBX|1|TX|R||first")
    lines = [
        b"FHS|^~\\&|RIS",
        b"BHS|^~\\&|RIS",
        good.replace(b"\r", b"\r\n"),
        message("OBX|1|TX|R||second", accession="A2").replace(b"\r", b"\n"),
        message("OBX|1|TX|R||x", status="X"),
        b"BTS|3",
        b"FTS|1",
    ]
    batch.write_bytes(b"\r\n".join(lines))
    assert recognise(batch).kind is Kind.MESSAGES
    assert len(messages(batch.read_bytes())) == 3
    site = open_site(Settings(data=tmp_path / "data"))
    done = receive(site, Delivery((batch,)))
    assert [fate for _, fate, _ in done.others] == [Fate.HELD, Fate.HELD, Fate.REFUSED]
    lead = Person("l", "Lead", Role.METABOLIC_LEAD)
    with Reader(site.engine, lead) as reader:
        assert [one.accession for one in reports.waiting(reader).oldest] == ["A1", "A2"]
    kept = {path.read_bytes() for path in (tmp_path / "data/files/messages").iterdir()}
    assert good in kept
    assert len(kept) == 3, "the refused one is kept as well"
    again = receive(site, Delivery((batch,)))
    assert [fate for _, fate, _ in again.others][:2] == [Fate.DUPLICATE, Fate.DUPLICATE]
    site.engine.dispose()


def test_a_refused_message_waits_once_for_a_person_and_is_read_again_as_its_source_is_now(
    tmp_path: Path,
) -> None:
    lead = Person("l", "Lead", Role.METABOLIC_LEAD)
    raw = message("OBX|1|TX|R||Höhenminderung CANARY", charset="").decode().encode("latin-1")
    told = tmp_path / "sources.toml"
    told.write_text('[[source]]\nname = "ris"\nkind = "mllp"\n')
    site = open_site(Settings(data=tmp_path / "data", sources=str(told)))
    assert [take(site, raw, "ris").code for _ in range(3)] == ["AE"] * 3
    (one,) = site.ask(lead, held.open_ones)
    assert dict(one.shown) == {"Answered": "AE", "Times sent": "3"}
    assert "is not UTF-8" in one.reason
    assert "CANARY" not in one.reason
    with pytest.raises(UnusableMessage, match="not UTF-8"):
        read_again(site, one.file, one.source)
    with pytest.raises(NotAllowed, match="not read again yet"):
        site.submit(lead, held.release, one.id, "mended")
    told.write_text('[[source]]\nname = "ris"\nkind = "mllp"\ncharset = "8859/1"\n')
    read_again(site, one.file, one.source)
    assert "1 of its reports" in site.submit(lead, held.release, one.id, "mended")
    assert site.ask(lead, held.open_ones) == ()
    assert site.ask(lead, reports.waiting).count == 1
    site.engine.dispose()


def test_a_refused_message_that_is_read_when_sent_again_waits_no_longer(tmp_path: Path) -> None:
    lead = Person("l", "Lead", Role.METABOLIC_LEAD)
    raw = message("OBX|1|TX|R||30 °", charset="").decode().encode("latin-1")
    site = open_site(Settings(data=tmp_path / "data"))
    assert take(site, raw, "ris").code == "AE"
    assert take(site, raw, "ris", "8859/1").code == "AA"
    assert site.ask(lead, held.open_ones) == ()
    assert [one.words for one in site.ask(lead, held.decided)] == [
        "It was read when it was sent again."
    ]
    assert take(site, raw, "ris", "8859/1").code == "AA"
    site.engine.dispose()


def test_a_flood_of_refused_messages_is_answered_and_the_rest_of_it_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(refused, "MOST_OPEN", 2)
    lead = Person("l", "Lead", Role.METABOLIC_LEAD)
    site = open_site(Settings(data=tmp_path / "data"))
    sent = [message("OBX|1|TX|R||x", status="X", accession=f"A{n}") for n in range(4)]
    assert {take(site, raw).code for raw in sent} == {"AE"}
    assert len(site.ask(lead, held.open_ones)) == 2
    assert len(list((tmp_path / "data/files/messages").iterdir())) == 2
    site.submit(lead, held.discard, site.ask(lead, held.open_ones)[0].id, "a test")
    take(site, sent[0])
    assert len(site.ask(lead, held.open_ones)) == 1, "what was discarded is not laid anew"
    site.engine.dispose()
