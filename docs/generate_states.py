"""Writes docs/states.md from the table of moves: ``python docs/generate_states.py``."""  # noqa: INP001 - a script, not a package

import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "states.md"


def page() -> str:
    """The page as the rules have it now."""
    from store.domain.finding import LANDS, MOVES, CaseState, Deed, State

    deeds = {state: deed for deed, state in LANDS.items()}
    moves = [
        f"    {old} --> {new}: {deeds[new]}"
        for old in State
        for new in sorted(MOVES[old], key=tuple(State).index)
    ]
    final = [f"    {state} --> [*]" for state in State if not MOVES[state]]
    still = " and ".join(f"`{deed}`" for deed in (Deed.MEASURE, Deed.REPORT))
    cases = ", ".join(f"**{state}**" for state in CaseState)
    lines = [
        "# Where a finding stands",
        "",
        "Written by `python docs/generate_states.py` from `store/domain/finding.py`; not by hand.",
        "",
        "```mermaid",
        "stateDiagram-v2",
        f"    [*] --> {State.FLAGGED}: by the AI",
        f"    [*] --> {State.CONFIRMED}: added by a reader",
        *moves,
        *final,
        "```",
        "",
        "`undo` alone goes back, step by step. A finding that its reader added and took back is",
        "withdrawn and counts no more. No finding is moved by what a person measures or says of",
        f"the report ({still}).",
        "",
        f"A case is one of {cases}.",
        "A reader closes their reading once nothing is merely flagged. The case is then closed,",
        "or a second person reads it blind, and a third one adjudicates where the two readings",
        "differ. A closed case is reopened with a reason.",
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PAGE.write_text(page(), encoding="utf-8")
