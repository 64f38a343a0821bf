"""Text made safe for a spreadsheet: nothing runs, nothing is lost unseen."""

import re

LONGEST = 32_767
"""Characters a cell holds, counted in UTF-16 units. Source: Excel specifications and limits."""

_RISKY = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
"""Beginnings a spreadsheet may run as a formula. Source: OWASP, CSV Injection."""

_ESCAPE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
"""`_x0041_` in a workbook stands for the letter A, so the underscore itself is written as a code.

Source: ECMA-376 part 1, 22.9.2.19 (ST_Xstring).
"""

_CONTROL = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
"""Control characters, which XML cannot carry, become their pictures (NUL becomes ␀)."""

_UNWRITABLE = re.compile("[\ud800-\udfff\ufffe\uffff]")
"""Half characters and non-characters become the replacement character."""


def safe(text: str) -> str:
    """*text* as a cell may hold it; all that is changed can be seen.

    A text that begins as a formula does gets an apostrophe in front, and so does one that
    begins with apostrophes and then as a formula, so that one apostrophe can always be taken
    away again. The apostrophe is a character of the value: a mere style is lost as soon as the
    sheet is saved as CSV, and the formula would run when that is opened.
    """
    guarded = f"'{text}" if _RISKY.match(text) else text
    lines = guarded.replace("\r\n", "\n").replace("\r", "\n")
    written = _UNWRITABLE.sub("\ufffd", lines.translate(_CONTROL))
    return _cut(_ESCAPE.sub("_x005F_", written))


def _cut(text: str) -> str:
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST:
        return text
    notice = f" [cut here: {len(text)} characters do not fit a cell; the rest is in the record]"
    kept = units[: 2 * (LONGEST - len(notice))].decode("utf-16-le", errors="ignore")
    return kept + notice
