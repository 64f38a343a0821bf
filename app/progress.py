"""A line of progress for people who wait at a terminal."""

import sys
import time
from typing import TextIO

WIDTH = 28


class Bar:
    """Draws ``[####----] 12/28 words`` on one line; plain lines where there is no terminal."""

    def __init__(self, stream: TextIO = sys.stderr) -> None:
        self.stream = stream
        self._last = ("", -1)
        self._drawn = 0.0

    def __call__(self, words: str, done: int, total: int, note: str = "") -> None:
        """Show that *done* of *total* are done; *total* 0 means nobody knows.

        The *note* may change as often as it likes; without a terminal it is not written.
        """
        if (words, done) == self._last:
            return
        new = words != self._last[0]
        self._last = (words, done)
        if not self.stream.isatty():
            if new or (total and done == total):
                self.stream.write(f"{words} {done}/{total}\n" if total else f"{words}\n")
            return
        if not new and time.monotonic() - self._drawn < 0.1 and done != total:
            return
        self._drawn = time.monotonic()
        full = WIDTH * done // total if total else 0
        bar = "#" * full + "-" * (WIDTH - full)
        count = f"{done}/{total}" if total else str(done)
        said = f"{words} {note}".rstrip()
        self.stream.write(f"\r[{bar}] {count} {said:<60}")
        if total and done == total:
            self.stream.write("\n")
        self.stream.flush()
