"""Writers of one process in one line, first come, first served.

SQLite's own waiting is a sleep that doubles: of twenty writers some wait for seconds while others
pass them. Here the next in line is woken at the moment the one before has finished.
"""

from collections import deque
from threading import Lock


class Turns:
    """A line of writers; one at a time has the turn."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._line: deque[Lock] = deque()

    def take(self, patience_s: float) -> bool:
        """Whether the turn came within *patience_s* seconds."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            gate = Lock()
            gate.acquire()
            self._line.append(gate)
        if gate.acquire(timeout=patience_s):
            return True
        with self._guard:
            if gate not in self._line:  # it came just now
                return True
            self._line.remove(gate)
            return False

    def give(self) -> None:
        """Pass the turn to the next in line."""
        with self._guard:
            if self._line:
                self._line.popleft().release()
            else:
                self._taken = False
