"""A statement under a silence procedure: who is silent has assented by the rule, never signed."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta

import pytest
from pypdf import PdfReader

from summit_service import db, settings, verify
from summit_service.errors import Invalid
from summit_service.statements import actions, counting, publisher, queries
from tests.factories import secretariat
from tests.factories_statements import make_frozen, make_member
from tests.vectors import silent


async def test_bundle_of_a_silence_procedure_is_valid_and_lies_about_it_are_not(
    database: db.Engine, now: datetime
) -> None:
    files = await silent.publish_silent(now)
    signer = publisher.load(settings.current(), now=now)
    trusted = [verify.Trusted(signer.current.public_key)]
    lies = silent.lies(files, signer.private)

    good = verify.verify(files, trusted)

    manifest = json.loads(files["manifest.json"])
    tally = manifest["tally"]
    assert good.verdict == "valid"
    assert (tally["signed"], tally["unanswered"], tally["deemed"], tally["undeliverable"]) == (1, 4, 3, 1)
    assert [line["organisation"] for line in manifest["signatures"]] == ["Silent Signer"]
    statement = await queries.statement_by_slug("a-silent-one")
    assert await counting.raised_no_objection(statement) == ["Quiet One", "Quiet Three", "Quiet Two"]
    copy = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(files["statement.en.pdf"])).pages)
    assert "Raised no objection" in copy
    told = [verify.verify(lie.given, trusted).verdict for lie in lies if isinstance(lie.given, dict)]
    assert told == ["invalid"] * len(lies)


async def test_silence_needs_its_days_and_blocking_a_member_that_is_asked(
    database: db.Engine, now: datetime
) -> None:
    member = await make_member("Centre for Kindness")
    actor = await secretariat()
    slug = (await make_frozen(actor, now=now)).slug
    soon, later = ((now + timedelta(days=days)).isoformat() for days in (20, 40))

    with pytest.raises(Invalid) as hurried:
        await actions.open_for_signing(slug, actor=actor, now=now, closes_at=soon, policy_given="silence")
    with pytest.raises(Invalid) as stranger:
        await actions.open_for_signing(
            slug,
            actor=actor,
            now=now,
            closes_at=later,
            policy_given={"preset": "sign_on", "blocking": ["nobody"]},
        )
    opened = await actions.open_for_signing(
        slug,
        actor=actor,
        now=now,
        closes_at=later,
        policy_given={"preset": "silence", "blocking": [member.slug]},
    )

    assert "Silence counts after 30 days" in hurried.value.by_field()["closes_at"]
    assert "nobody" in stranger.value.by_field()["policy/blocking"]
    assert opened.state == "signing"
