"""The whole main job on real CTs, by keyboard: a CT arrives and a referral leaves."""

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pytest
from needed import absent
from playwright.sync_api import Page
from reader import Reader, tab_to
from running import Server, received, run
from scans import SCANS, deliver, reports

pytestmark = [pytest.mark.browser, pytest.mark.realdata]


@pytest.fixture
def hospital(shared_data: Path, tmp_path: Path) -> Path:
    """A data folder that has received the real CTs, their results and reports."""
    data, inbox = tmp_path / "data", tmp_path / "inbox"
    assert run(data, "staff", "add", "a.lead", "Anna Lead", "METABOLIC_LEAD").returncode == 0
    assert run(data, "staff", "add", "f.coord", "Fay Coord", "FLS_COORD").returncode == 0
    for scan in SCANS:
        home, mask = deliver(scan, shared_data, inbox)
        said = received(data, home, "--results", mask, "--labels", scan.table)
        assert [(one["outcome"], one["mask"]) for one in said] == [("accepted", "used")]
    assert run(data, "receive", reports(inbox)).returncode == 0
    return data


def test_a_real_ct_goes_from_arrival_to_the_fls_by_keyboard(
    hospital: Path, page: Page, shots: Path
) -> None:
    server = Server(hospital).start()
    try:
        _review_everything(Reader(page, server.address), shots)
        page.context.clear_cookies()
        book = _export(Reader(page, server.address), shots)
    finally:
        server.stop()
    rows = _with_openpyxl(book)
    assert {row["Surname"] for row in rows} == {scan.surname for scan in SCANS}
    numbers = {row["NHS number"].replace(" ", "") for row in rows}
    assert numbers == {scan.nhs_number for scan in SCANS}
    assert {row["In routine report?"] for row in rows} == {"Spine not mentioned"}
    assert rows == _with_libreoffice(book)
    assert "continues the one before" in run(hospital, "trail", "verify").stdout


def _review_everything(reader: Reader, shots: Path) -> None:
    reader.sign_in("Metabolic bone lead")
    reader.open_first_case()
    names = set()
    for number in range(len(SCANS)):
        reader.seen()
        names.add(_surname(reader))
        reader.page.screenshot(path=shots / f"journey-{number}.png")
        _decide_all(reader)
        reader.press("s", "7", "1")  # the spine is not mentioned; nothing recommended
        before = reader.attribute("data-case")
        reader.press("Enter")
        reader.saved()
        if number < len(SCANS) - 1:
            reader.moved_from(before)
    assert names == {scan.surname for scan in SCANS}


def _surname(reader: Reader) -> str:
    text = reader.page.locator("[data-painted]").first.inner_text()
    return next(scan.surname for scan in SCANS if scan.surname in text)


def _decide_all(reader: Reader) -> None:
    """Confirm the first finding as moderate; reject the others as degenerative change."""
    findings = list(reader.states())
    for place in range(len(findings)):
        if place:
            reader.press("ArrowDown")
            reader.painted()
        reader.press(*(["g", "2"] if place == 0 else ["x", "1"]))
    reader.saved()
    expected = ["confirmed"] + ["rejected"] * (len(findings) - 1)
    assert list(reader.states().values()) == expected


def _export(reader: Reader, shots: Path) -> Path:
    reader.sign_in("FLS coordinator", "/referrals")
    page = reader.page
    page.wait_for_selector("text=Export to the FLS: 3 new")
    page.screenshot(path=shots / "referrals.png")
    tab_to(page, "Export to the FLS: 3 new")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=is made. Download it below")
    page.screenshot(path=shots / "exported.png")
    tab_to(page, "Download")
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    name = waiting.value.suggested_filename
    assert not any(scan.surname in name or scan.nhs_number in name for scan in SCANS)
    goal = shots / name
    waiting.value.save_as(goal)
    return goal


def _with_openpyxl(book: Path) -> list[dict[str, str]]:
    sheet = openpyxl.load_workbook(book)["Referrals"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=3)]
    return _rows([[_plain(value) for value in row] for row in cells])


def _with_libreoffice(book: Path) -> list[dict[str, str]]:
    office = shutil.which("soffice")
    if office is None:
        absent("LibreOffice is not installed (Debian: libreoffice-calc).")
    folder = book.parent / "office"
    again = folder / f"{book.stem}.xlsx"
    # LibreOffice reads the file with its own code and writes what it understood.
    subprocess.run(
        [
            str(office),
            "--headless",
            f"-env:UserInstallation=file://{folder}/profile",
            "--convert-to",
            "xlsx:Calc MS Excel 2007 XML",
            "--outdir",
            str(folder),
            str(book),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return _with_openpyxl(again)


def _rows(cells: list[list[str]]) -> list[dict[str, str]]:
    head, *rows = cells
    filled = [row for row in rows if row[0]]
    return [dict(zip(head, row, strict=True)) for row in filled]


def _plain(value: object) -> str:
    if value is None:
        return ""
    written = getattr(value, "strftime", None)
    return written("%d/%m/%Y %H:%M") if written else str(value)
