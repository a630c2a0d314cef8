"""Made-up best practice that members of the demo share."""

from __future__ import annotations

from datetime import datetime

from summit_service.accounts.actor import OPERATOR
from summit_service.members import queries as members
from summit_service.resources import actions
from summit_service.resources.rules import Details

NOTE = "\n\n*This entry is a demonstration; what it describes is made up.*"
SHARED = (
    Details(
        title="Ten questions for the first five minutes",
        kind="guide",
        summary=f"For clinicians who have little time. **Ten open questions**, each with why it helps.{NOTE}",
        url="https://www.example.org/ten-questions",
        topics=("practice", "teaching"),
        licence="cc-by",
    ),
    Details(
        title="A scale for empathy that patients fill in",
        kind="tool",
        summary=f"Eight items, two minutes, with a sheet that adds up the answers.{NOTE}",
        url="https://www.example.org/scale",
        topics=("measuring", "research"),
        licence="cc-by-nc-sa",
    ),
    Details(
        title="Role play with retired patients",
        kind="course",
        summary=f"An evening course in four sessions; the students are the patients.{NOTE}",
        url="https://www.example.org/role-play",
        topics=("teaching",),
        licence="reserved",
    ),
    Details(
        title="What we would not do again",
        kind="paper",
        summary=f"Three projects that did not work, and what was learned. For members.{NOTE}",
        url="https://www.example.org/not-again",
        topics=("practice",),
        licence="cc-by-nd",
        visibility="members",
    ),
)


USED = "In the first week of each new group, as a demonstration."


async def load_resources(now: datetime) -> None:
    """A few of each kind, shared by the members in turn."""
    organisations = await members.all_members()
    for details, organisation in zip(SHARED, organisations, strict=False):
        made = await actions.share(details, organisation=organisation.slug, actor=OPERATOR, now=now)
        user = organisations[-1]
        await actions.use(made.slug, USED, organisation=user.slug, actor=OPERATOR, now=now)
