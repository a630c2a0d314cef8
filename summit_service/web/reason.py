"""The page that asks for a reason before something is given back or withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from litestar import Request, Response

from summit_service.accounts.actor import Actor
from summit_service.errors import Invalid
from summit_service.web.layout import page


@dataclass(frozen=True, slots=True)
class Step:
    """What is asked, in words: heading, what happens then, who reads the reason, the button and its kind."""

    heading: str
    lead: str
    hint: str
    button: str
    kind: str


def reason_page(
    request: Request[Any, Any, Any],
    actor: Actor,
    step: Step,
    *,
    url: str,
    crumbs: Sequence[tuple[str, str]],
    of: str,
    reason: str = "",
    refusal: Invalid | None = None,
) -> Response[str]:
    """The question about what the last of `crumbs` is, of the organisation `of`; the form goes to `url`."""
    return page(
        request,
        "reason.html",
        actor=actor,
        status=422 if refusal else 200,
        step=step,
        url=url,
        crumbs=crumbs,
        title=crumbs[-1][0],
        back=crumbs[-1][1],
        of=of,
        reason=reason,
        faults=refusal.by_field() if refusal else {},
        noindex=True,
    )
