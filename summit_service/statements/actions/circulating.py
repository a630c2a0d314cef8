"""Mailing a draft to those who are asked to comment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from summit_service.mail import outbox
from summit_service.statements import circulation, comments, queries, rules
from summit_service.statements.actions import dispatching
from summit_service.statements.circulation_mails import changes_in_words, comments_answered, comments_asked
from summit_service.statements.tables import Statement, TextVersion


async def circulate(
    statement: Statement, versions: Sequence[TextVersion], before: Sequence[TextVersion], *, now: datetime
) -> None:
    """One mail to each who is asked, in the caller's transaction; raises Conflict when there is nobody.

    The redline is against what was circulated `before`. What waits of that time's mails is stopped: its links are over.
    """
    asked = await circulation.asked()
    rules.check_somebody_comments(len(asked))
    text = circulation.counting(versions)
    if text is None:
        return
    changes = changes_in_words(before, queries.counting_among(versions) or [text])
    about = f"consultation:{statement.id}"
    await outbox.stop(about, kinds=["comments_asked"], reason="the draft was circulated anew", now=now)
    seq, _ = await queries.chain_head_of(statement)
    due = [(comments_asked(statement, one, text, changes, n=seq), one.organisation.id) for one in asked]
    await dispatching.dispatch(statement, due, now=now)


async def tell_what_became(statement: Statement, *, now: datetime) -> None:
    """One mail to each who is asked of an organisation that commented: its own comments, and what became of each.

    In the caller's transaction; sent once, when the text is frozen for the first time, for no comment comes after.
    """
    told = await comments.told(statement)
    due = []
    for one in await circulation.commenters(statement):
        own = [each for each in told if each.comment.organisation == one.organisation.id]
        due.append((comments_answered(statement, one, own), one.organisation.id))
    await dispatching.dispatch(statement, due, now=now)
