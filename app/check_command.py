"""What ``vcf-review check`` does: say how the installation is, and prove it by a test study."""

import argparse
import json
import sys

from app import health, settings
from app.wiring import open_site
from store.domain.people import INTAKE

UNWELL = 11


def check(asked: argparse.Namespace) -> int:
    """Say how everything is; `UNWELL` where there is an alarm or the test study got lost."""
    site = open_site(settings.read(data=asked.data))
    found = list(health.lines(site, INTAKE))
    if asked.through is not None:
        from app.intake import probe  # pynetdicom takes half a second to load

        found.insert(0, probe.sent(site, asked.through, asked.patience))
    for line in found:
        said = {"state": line.state.value, "name": line.name, "words": line.words}
        text = f"{line.state.value:5}  {line.name}: {line.words}"
        sys.stdout.write((json.dumps(said) if asked.json else text) + "\n")
    return UNWELL if any(line.state is health.State.ALARM for line in found) else 0
