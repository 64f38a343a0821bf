"""A real LibreOffice that opens a workbook, does to it what a person would, and saves it."""

import subprocess
from pathlib import Path

from needed import absent

SOFFICE = Path("/usr/bin/soffice")
_MODULE = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE script:module PUBLIC "-//OpenOffice.org//DTD OfficeDocument 1.0//EN" "module.dtd">
<script:module xmlns:script="http://openoffice.org/2000/script" script:name="Module1"
 script:language="StarBasic">{}</script:module>
"""
_EDIT = """
Sub Edit
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  Dim told(0) As New com.sun.star.beans.PropertyValue
  told(0).Name = "FilterName"
  Dim book As Object, sheet As Object
  book = StarDesktop.loadComponentFromURL("{url}", "_blank", 0, hidden())
  sheet = book.Sheets.getByName("Referrals")
  {deeds}
  told(0).Value = "Calc MS Excel 2007 XML"
  book.storeToURL("{url}.back.xlsx", told())
  Dim text(1) As New com.sun.star.beans.PropertyValue
  text(0).Name = "FilterName" : text(0).Value = "Text - txt - csv (StarCalc)"
  text(1).Name = "FilterOptions" : text(1).Value = "44,34,76,1,,2057,false,true"
  book.storeToURL("{url}.back.csv", text())
  book.close(True)
End Sub
"""


def edited(folder: Path, content: bytes, deeds: str) -> tuple[bytes, bytes]:
    """*content* after the Basic lines *deeds* on its first sheet: saved as .xlsx and as CSV."""
    if not SOFFICE.exists():
        absent("LibreOffice is not installed.")
    book, profile = folder / "batch.xlsx", folder / "profile"
    book.write_bytes(content)
    home = profile / "user" / "basic"
    # The first start fills a new profile, and would write over the macro.
    _ran(profile, "--terminate_after_init")
    lines = _EDIT.format(url=book.as_uri(), deeds="\n  ".join(deeds.strip().splitlines()))
    escaped = lines.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    (home / "Standard" / "Module1.xba").write_text(_MODULE.format(escaped))
    _ran(profile, "macro:///Standard.Module1.Edit")
    saved = (folder / "batch.xlsx.back.xlsx", folder / "batch.xlsx.back.csv")
    return saved[0].read_bytes(), saved[1].read_bytes()


def _ran(profile: Path, *said: str) -> None:
    where = f"-env:UserInstallation={profile.as_uri()}"
    subprocess.run(
        [str(SOFFICE), where, "--headless", "--norestore", *said],
        check=True,
        capture_output=True,
        timeout=180,
    )
