"""The way in, by the product's own command."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from running import received, run

TABLES = ("patient", "scan", "series", "review_case", "finding", "ai_result", "report")


def counted(data: Path) -> dict[str, int]:
    with sqlite3.connect(data / "record.db") as record:
        return {t: record.execute(f"SELECT count(*) FROM {t}").fetchone()[0] for t in TABLES}


def first_series(delivery: Path) -> Path:
    return next(f for f in sorted((delivery / "inbox").iterdir()) if any(f.rglob("*.json")))


def test_a_second_run_of_the_same_folder_changes_nothing(data: Path, delivery: Path) -> None:
    before, files = counted(data), sorted((data / "files" / "stacks").iterdir())
    again = received(data, delivery)
    assert {one["outcome"] for one in again} == {"duplicate"}
    assert counted(data) == before
    assert sorted((data / "files" / "stacks").iterdir()) == files


def test_a_hundred_and_fifty_copies_are_one_study(tmp_path: Path, delivery: Path) -> None:
    data, source = tmp_path / "data", first_series(delivery)
    scans = [path for path in source.rglob("*") if path.is_file() and path.suffix in {"", ".dcm"}]
    assert scans
    inbox = tmp_path / "inbox"
    for copy in range(150):
        folder = inbox / f"{copy:03}"
        folder.mkdir(parents=True)
        for number, scan in enumerate(scans):
            (folder / f"{number}").hardlink_to(scan)
    (one,) = received(data, inbox, "--piece", f"{200 * len(scans)}")
    assert one["outcome"] == "accepted"
    assert f"{149 * len(scans)} files repeat a slice exactly" in str(one["reason"])
    assert counted(data)["scan"] == counted(data)["series"] == 1
    with sqlite3.connect(data / "record.db") as record:
        query = "SELECT count(DISTINCT scan_id), count(*) FROM receipt WHERE fate = 'duplicate'"
        assert record.execute(query).fetchone() == (1, 149)


def test_one_json_object_a_series_goes_to_standard_output(tmp_path: Path, delivery: Path) -> None:
    done = run(tmp_path / "data", "receive", "--json", first_series(delivery))
    one = json.loads(done.stdout)
    assert one["outcome"] == "accepted"
    assert one["case"].startswith("c_")
    assert "Demo-" not in done.stdout + done.stderr


def test_a_result_before_its_scan_waits_for_it(tmp_path: Path, delivery: Path) -> None:
    data, source = tmp_path / "data", first_series(delivery)
    answers = tmp_path / "answers"
    answers.mkdir()
    for path in source.rglob("*.json"):
        if "study_uid" in path.read_text():
            shutil.copy(path, answers)
    if not any(answers.iterdir()):
        (answers / "one.json").write_text(json.dumps(_result(source)))
    first = run(data, "receive", answers)
    assert "held" in first.stdout
    assert counted(data)["review_case"] == 0
    received(data, source)
    assert counted(data)["review_case"] == 1


def _result(source: Path) -> dict[str, object]:
    import pydicom

    scan = next(p for p in sorted(source.rglob("*")) if p.is_file() and p.suffix in {"", ".dcm"})
    study = str(pydicom.dcmread(scan, stop_before_pixels=True).StudyInstanceUID)
    return {
        "schema": "vcf-review-result/1", "product": "P", "version": "1", "study_uid": study,
        "series_uid": "", "accession": "", "ending": "AI_POSITIVE", "reason": "",
        "threshold_rule": "", "findings": [],
    }  # fmt: skip


def test_a_result_that_could_be_two_scans_is_held(tmp_path: Path, delivery: Path) -> None:
    data, inbox = tmp_path / "data", tmp_path / "inbox"
    shutil.copytree(delivery / "inbox", inbox)
    report = {"results": {"vertebrae_T8_height_anterior_mm": 17.0}, "metadata": {}}
    (inbox / "lost.json").write_text(json.dumps(report))
    done = run(data, "receive", inbox)
    assert done.returncode == 0
    assert "lies beside" in done.stdout or "refused" in done.stdout


def test_a_scan_of_an_unreadable_delivery_never_lends_its_result(
    tmp_path: Path, delivery: Path
) -> None:
    """The CT beside the result is unreadable; the only scan nearby is another patient's."""
    data, inbox = tmp_path / "data", tmp_path / "inbox"
    shutil.copytree(first_series(delivery), inbox / "good")
    bad = inbox / "bad"
    bad.mkdir()
    (bad / "slice").write_bytes(b"\0" * 128 + b"DICM" + b"\xff" * 64)
    for path in (inbox / "good").rglob("*.json"):
        shutil.move(path, bad / "spine.json")
    received(data, inbox)
    if "study_uid" not in (bad / "spine.json").read_text():
        assert counted(data)["review_case"] == 0


@pytest.mark.parametrize("content", [b"", b"{", b"\x00" * 10, b"a,b\n1,2\n", b"\x80\x04K\x01."])
def test_a_file_that_is_nothing_known_stops_nothing(
    tmp_path: Path, delivery: Path, content: bytes
) -> None:
    data, inbox = tmp_path / "data", tmp_path / "inbox"
    shutil.copytree(first_series(delivery), inbox)
    for name in ("x.json", "x.csv", "x.nii.gz", "x.dcm", "x"):
        (inbox / name).write_bytes(content)
    assert [one["outcome"] for one in received(data, inbox)] == ["accepted"]


def test_a_path_that_is_not_there_is_wrong_use(tmp_path: Path) -> None:
    assert run(tmp_path / "data", "receive", tmp_path / "nowhere").returncode == 2


def test_a_site_that_says_so_reads_scans_without_the_ais_answer(
    tmp_path: Path, delivery: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VCF_UNAIDED_SHARE", "1")
    data = tmp_path / "data"
    received(data, first_series(delivery))
    with sqlite3.connect(data / "record.db") as record:
        kinds = record.execute("SELECT DISTINCT kind FROM review_case").fetchall()
    assert kinds == [("unaided",)]
    assert counted(data)["finding"] == 0
