"""A statement that was adopted anew, without the answer that a dispute had taken off after the first adoption."""

from __future__ import annotations

from datetime import datetime, timedelta

from summit_service import links
from summit_service.statements import actions, bundle, disputes
from tests.factories import secretariat
from tests.factories_statements import give_answer, link_to, make_member, make_open
from tests.vectors.bad import Files

TEXT = "আমরা হাসপাতালকে শোনার সময় দিতে বলি"
"""No font of ours has this script, so that no reading copy is set, and a manifest is soon made."""


async def publish_reopened(now: datetime) -> Files:
    """Two signatures were counted, and one of them was taken off after the adoption was recorded."""
    members = [await make_member(name) for name in ("Forged One", "True One")]
    desk, later = await secretariat(), now + timedelta(days=1)
    statement = await make_open(desk, now=now, title="A reopened one", text=TEXT)
    answers = [await give_answer(await link_to(statement, member, now=now), now=now) for member in members]
    await actions.close(statement.slug, actor=desk, now=later, note="It is time.")
    await actions.settle(statement.slug, actor=desk, now=later)
    subject = f"{answers[0].record_id}:signatory"
    token = await links.issue(
        disputes.PURPOSE, subject=subject, now=later, expires_at=later + timedelta(days=1)
    )
    dispute = await actions.raise_dispute(token, reason="Not me.", confirmed=True, now=later)
    await actions.settle_dispute(dispute.id, actor=desk, now=later, outcome="upheld", note="We rang.")
    return await bundle.files_of(await actions.publish(statement.slug, actor=desk, now=later))
