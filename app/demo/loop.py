"""The loop to the FLS in the demo: one patient was sent, and the FLS has answered."""

import hashlib
import uuid
from dataclasses import replace
from datetime import datetime

from app.demo.people import COORDINATOR
from app.formats import made_with
from app.referral_file import file_of
from app.wiring import Site
from store import outcomes, referrals
from store.domain.clock import LOCAL
from store.domain.outcome import Advice, Answer, Outcome, Returned, whom


def send_one(site: Site) -> None:
    """Send the first patient in turn, and take in the answer; the others stay in triage."""
    policy = replace(site.settings.policy, per_week=1)
    told = made_with(site.settings)
    batch_id = site.submit(COORDINATOR, referrals.export, str(uuid.uuid4()), policy, told)
    sent = file_of(site, COORDINATOR, batch_id)
    batch = site.ask(COORDINATOR, referrals.batch, batch_id)
    today = datetime.now(LOCAL).date()
    rows = [
        Returned(
            place=f"Referrals row {place}",
            referral=one.number,
            batch=batch_id[:12],
            whom=whom(one.facts.patient),
            answer=Answer(Outcome.ACCEPTED, today, Advice.DXA),
        )
        for place, one in enumerate(batch.referrals, start=4)
    ]
    batches = [batch_id[:12]]
    seen = site.ask(COORDINATOR, outcomes.preview, rows, batches)
    digest = hashlib.sha256(sent).hexdigest()
    act = str(uuid.uuid4())
    site.submit(COORDINATOR, outcomes.accept, act, digest, rows, batches, seen.mark)
