"""The mail about how a signatory's name is printed."""

from __future__ import annotations

from datetime import datetime

from summit_service import links
from summit_service.mail.outbox import LinkSpec, Mail
from summit_service.statements import disputes, rules
from summit_service.statements.mails import about_response
from summit_service.statements.tables import Response, Statement


def line_corrected(
    statement: Statement,
    answer: Response,
    record: str,
    *,
    names: tuple[str, str],
    to: tuple[str, str],
    side: str,
    now: datetime,
) -> Mail:
    """To the signatory and the main contact: the name before and the name now, with “this was not me”.

    `side` is signatory or contact; `record` is that of the correction.
    """
    not_me = LinkSpec(
        purpose=disputes.PURPOSE,
        subject=f"{answer.record_id}:{side}",
        path=links.PURPOSES[disputes.PURPOSE],
        expires_at=now + rules.DISPUTE_LIFE,
    )
    reader = "signed" if side == "signatory" else "are the main contact"
    return Mail(
        kind="line_corrected",
        to_name=to[0],
        to_email=to[1],
        about=about_response(answer.record_id),
        dedupe_key=f"line_corrected:{record}:{side}",
        context={
            "title": statement.title,
            "organisation": answer.organisation_name,
            "before": names[0],
            "printed": names[1],
            "record_id": answer.record_id,
            "why": f"you {reader} for {answer.organisation_name}."
            if side == "signatory"
            else f"you {reader} of {answer.organisation_name}.",
        },
        links={"not_me_url": not_me},
    )
