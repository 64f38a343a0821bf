"""How well the rules read radiology reports: every status, and denials in real clinical text.

    python benchmarks/reports.py [--data FOLDER]

Prints the tables of docs/report-suggestions.md. The written sets are in tests/domain/report_sets;
FOLDER holds the shared clinical data, of which 07_text is used where it is there. Goal: no
discrepancy suggested as reported.
"""

import argparse
import csv
import os
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from store.domain.genant import Grade
from store.domain.prose.context import _scope, _until_turn, denied
from store.domain.prose.sentences import made_plain
from store.domain.prose.suggest import Confirmed, suggest
from store.domain.prose.terms import OWN
from store.domain.rates import Rate
from store.domain.report import ReportStatus
from store.domain.spine import Level

SETS = Path(__file__).resolve().parent.parent / "tests" / "domain" / "report_sets"
DISCREPANT = {
    ReportStatus.NOT_MENTIONED,
    ReportStatus.BONES_COMMENTED_NO_VF,
    ReportStatus.NEGATIVE_STATEMENT,
    ReportStatus.AMBIGUOUS_TERM,
}
Pair = tuple[ReportStatus, ReportStatus]


def cases(name: str) -> Iterator[Pair]:
    """Meant and suggested status of every case of a written set."""
    for line in (SETS / f"{name}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            status, confirmed, text = (each.strip() for each in line.split("|", 2))
            named = (each.strip().split(":") for each in confirmed.split(","))
            found = [Confirmed(Level(level), Grade(int(grade))) for level, grade in named]
            said = text.replace("\\r", "\r").replace("\\n", "\n")
            yield ReportStatus(status), suggest(said, found).status


def share(part: int, whole: int) -> str:
    """``12 of 13, 92 % (67–99)`` with the Wilson 95 % interval."""
    if not whole:
        return "none"
    low, high = Rate(part, whole).interval or (0.0, 1.0)
    return f"{part} of {whole}, {100 * part / whole:.0f} % ({100 * low:.0f}–{100 * high:.0f})"


def table(pairs: list[Pair]) -> Iterator[str]:
    """Precision and recall of each status, as lines of a table."""
    yield "| status | recall (95 % interval) | precision (95 % interval) |"
    yield "|---|---|---|"
    for status in ReportStatus:
        meant = sum(one is status for one, _ in pairs)
        said = sum(other is status for _, other in pairs)
        both = sum(one is other is status for one, other in pairs)
        yield f"| {status.value} | {share(both, meant)} | {share(both, said)} |"


def confusion(pairs: list[Pair]) -> Iterator[str]:
    """What was suggested where something else was meant."""
    wrong = Counter(pair for pair in pairs if pair[0] is not pair[1])
    yield "| meant | suggested | cases |"
    yield "|---|---|---|"
    for (meant, said), count in wrong.most_common():
        yield f"| {meant.value} | {said.value} | {count} |"


def hidden(pairs: Iterable[Pair]) -> int:
    """Discrepancies that were suggested as reported or known: each would hide a miss."""
    safe = DISCREPANT | {ReportStatus.NO_REPORT}
    return sum(meant in DISCREPANT and said not in safe for meant, said in pairs)


def negations(path: Path) -> tuple[Counter[tuple[bool, bool]], int]:
    """(meant, read) as denied of every sentence of 07_text, and how many do not hold their term."""
    found: Counter[tuple[bool, bool]] = Counter()
    absent = 0
    with path.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        for row in rows:
            term, sentence = (made_plain(each) for each in row[1:3])
            at = sentence.find(term)
            if at < 0:
                absent += 1
                continue
            before, after = _scope(sentence[:at]), _until_turn(sentence[at + len(term) :])
            found[row[3].strip().lower() == "negated", denied(before, after, OWN)] += 1
    return found, absent


def main() -> None:
    """Print every table."""
    asked = argparse.ArgumentParser(description=__doc__)
    home = os.environ.get("VCF_TEST_DATA", Path(__file__).parents[2] / "shared" / "data")
    asked.add_argument("--data", type=Path, default=Path(home))
    folder = asked.parse_args().data
    every: list[Pair] = []
    for name in ("tune", "held_out"):
        pairs = list(cases(name))
        every += pairs
        right = sum(one is other for one, other in pairs)
        print(f"{name}: right {share(right, len(pairs))}; hide a miss: {hidden(pairs)}")
        print("\n".join(("", *table(pairs), "", *confusion(pairs), "")))
    print(f"both: {len(every)} cases; hide a miss: {hidden(every)} (goal 0)")
    text = folder / "07_text" / "negex_rsAnnotations-1-120-random.txt"
    if not text.is_file():
        sys.exit("SKIPPED: 07_text is not here; give its folder with --data.")
    found, absent = negations(text)
    denied_, affirmed = (
        found[True, True] + found[True, False],
        found[False, True] + found[False, False],
    )
    print(f"07_text, {sum(found.values())} sentences ({absent} do not hold their term):")
    print(f"  denied, read as denied: {share(found[True, True], denied_)}")
    print(f"  affirmed, read as affirmed: {share(found[False, False], affirmed)}")


if __name__ == "__main__":
    main()
