"""Where a sender's bytes lie until the record has them, through kills at every step."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.intake.spool import Put, Spool, SpoolBusy, digest_of
from components.imaging.naming import Named, Nameless, named

ONE = Named("1.2.3", "1.2.3.4", "1.2.3.4.5")


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    one = Spool(tmp_path, "ct")
    yield one
    one.close()


def lying(spool: Spool) -> list[str]:
    return sorted(str(path.relative_to(spool.folder)) for path in spool.folder.rglob("*.dcm"))


def test_paths_are_digests_and_an_object_is_never_overwritten(spool: Spool) -> None:
    assert spool.put(ONE, b"first") is Put.NEW
    assert spool.put(ONE, b"first") is Put.COPY
    assert spool.put(ONE, b"other") is Put.OTHER
    assert spool.put(ONE, b"other") is Put.COPY
    study, stem = digest_of("1.2.3"), digest_of("1.2.3.4.5")
    first, other = sorted((spool.folder / study).iterdir(), key=lambda one: len(one.name))
    assert first.name == f"{stem}.dcm"
    assert first.read_bytes() == b"first"
    assert other.read_bytes() == b"other"
    assert spool.hand(study)
    (handed,) = spool.handing()
    assert handed.repeats == {digest_of("1.2.3.4"): 2}


def test_what_comes_while_a_study_is_handed_over_is_not_lost_with_it(spool: Spool) -> None:
    spool.put(ONE, b"first")
    spool.hand(digest_of("1.2.3"))
    (handed,) = spool.handing()
    spool.put(Named("1.2.3", "1.2.3.4", "1.2.3.4.6"), b"late")
    spool.done(handed)
    assert spool.quiet(0.0) == [digest_of("1.2.3")]
    assert lying(spool) == [f"{digest_of('1.2.3')}/{digest_of('1.2.3.4.6')}.dcm"]


def test_a_refused_study_waits_for_its_rest_and_then_goes_whole(spool: Spool) -> None:
    spool.put(ONE, b"first")
    study = digest_of("1.2.3")
    spool.hand(study)
    (handed,) = spool.handing()
    spool.done(handed, keep=True)
    assert not spool.hand(study)
    spool.put(Named("1.2.3", "1.2.3.4", "1.2.3.4.6"), b"late")
    spool.hand(study)
    (handed,) = spool.handing()
    assert {one.read_bytes() for one in handed.folder.iterdir()} == {b"first", b"late"}
    spool.done(handed)
    assert lying(spool) == []
    assert spool.forget(now=1e12) == 0


def test_one_process_at_a_time_has_a_source(tmp_path: Path, spool: Spool) -> None:
    with pytest.raises(SpoolBusy, match="Stop that process first"):
        Spool(tmp_path, "ct")
    spool.close()
    Spool(tmp_path, "ct").close()


CHILD = """
import os, signal, sys
from pathlib import Path
from app.intake.spool import Spool, digest_of
from components.imaging.naming import Named

def run(inbox, at):
    said = os.open(inbox.with_suffix(".said"), os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    count = 0
    def step(frame, event, _):
        nonlocal count
        if not frame.f_code.co_filename.endswith(("spool.py", "shutil.py")):
            return None
        count += event == "line"
        if count >= at:
            os.kill(os.getpid(), signal.SIGKILL)
        return step
    sys.settrace(step)
    spool = Spool(inbox, "ct")
    os.write(said, b"opened ")
    for n in (1, 2):
        spool.put(Named("1.2", "1.2.3", f"1.2.3.{n}"), b"x" * n)
        os.write(said, b"acknowledged ")
    spool.hand(digest_of("1.2"))
    for handed in spool.handing():
        os.write(said, b"entered ")
        spool.done(handed)
    os.write(said, b"end")
    os._exit(0)

for at in range(1, 1500, 3):
    child = os.fork() or run(Path(sys.argv[1]) / str(at), at)
    if os.waitpid(child, 0)[1] == 0:
        break
"""


def test_a_kill_at_any_line_loses_nothing_and_leaves_no_half_study(tmp_path: Path) -> None:
    """What was acknowledged and not entered lies there whole; what was entered may lie there."""
    subprocess.run([sys.executable, "-c", CHILD, tmp_path], check=True)
    runs = {one: one.read_text().split() for one in tmp_path.glob("*.said")}
    assert sum("end" in said for said in runs.values()) == 1, "the last kill came after the end"
    assert len(runs) > 30
    for file, said in runs.items():
        spool = Spool(file.with_suffix(""), "ct")
        assert not list((spool.folder / ".staging").iterdir())
        spool.hand(digest_of("1.2"))
        left = [sorted(f.stat().st_size for f in one.folder.iterdir()) for one in spool.handing()]
        if "entered" in said:
            assert left in ([], [[1, 2]])
        else:
            assert [*left, []][0][: said.count("acknowledged")] == [1, 2][
                : said.count("acknowledged")
            ]
        spool.close()


@pytest.mark.parametrize(
    "content", [b"", b"GET / HTTP/1.1\r\n\r\n", b"\0" * 128 + b"DICM" + b"x" * 99]
)
def test_what_is_no_dicom_has_no_name(content: bytes) -> None:
    with pytest.raises(Nameless):
        named(content)
