"""Every route of the running application: what each of the five gets, and which form is believed."""

from __future__ import annotations

from datetime import datetime

import httpx
import pytest

from tests.clients import Clock, application, sign_in
from tests.factories import make_organisation, representative_of
from tests.rights import document
from tests.rights.asking import actions_of, ask
from tests.rights.table import DEMO, DESK, KINDS, LINK, NOTHING, ROWS
from tests.rights.world import make_world

APP = application()
ACTIONS = actions_of(APP)
WHATEVER_STANDING = (DESK, LINK, DEMO, NOTHING)
"""Kinds for which no standing of an organisation is asked, so that the walk need not either."""
one_database = pytest.mark.parametrize("database_kind", ["sqlite"])


def test_every_row_has_its_route() -> None:
    gone = sorted(ROWS.keys() - {action.key for action in ACTIONS})

    assert not gone, f"Take out of tests/rights/table.py, then `make rights`: {gone}"


def test_rights_are_documented_as_they_are() -> None:
    assert document.PATH.read_text(encoding="utf-8") == document.document(ACTIONS), "Run `make rights`."


@pytest.mark.parametrize(
    "database_kind", ["postgres"]
)  # the stricter one; the walk of the API's document has the other
async def test_each_of_the_five_gets_what_the_table_says(client: httpx.AsyncClient, now: datetime) -> None:
    world = await make_world(APP.openapi_schema.to_schema(), now=now)
    missing, wrong = [], []

    for action in ACTIONS:
        kind = ROWS.get(action.key)
        asked = [who for who in world.actors if who != "former" or kind not in WHATEVER_STANDING]
        answers = {who: await ask(client, action, who, world, now=now) for who in asked}
        found = tuple(answers.get(who, kind.former if kind else "") for who in world.actors)
        if kind is None:
            missing.append(f'    "{action.key}": {_guess(found)},')
        elif found != kind.outcomes:
            wrong.append(f"{action.key}: {found}, but {kind.name} is {kind.outcomes}")

    assert not missing, (
        "Routes without a row. If this is what each should get, write into tests/rights/table.py, then `make rights`:\n"
        + "\n".join(missing)
    )
    assert not wrong, (
        "Another kind in tests/rights/table.py, an example in tests/rights/world.py, or a hole:\n"
        + "\n".join(wrong)
    )


def _guess(found: tuple[str, ...]) -> str:
    found = DESK.outcomes if found == (*DESK.outcomes[:4], "hidden") else found
    fitting = [kind.name for kind in KINDS if kind.outcomes == found]
    return " or ".join(fitting) or f"? ({found}; does tests/rights/world.py lack an example?)"


@one_database
async def test_form_that_rides_on_the_cookie_needs_its_secret(
    client: httpx.AsyncClient, clock: Clock, now: datetime
) -> None:
    world = await make_world(APP.openapi_schema.to_schema(), now=now)
    await sign_in(client, await representative_of(await make_organisation()), now=now)
    forms = [action for action in ACTIONS if action.is_form and action.asks_who]

    answers = {form.key: (await client.post(world.address(form.path))).status_code for form in forms}

    assert len(forms) > 20
    assert {key: status for key, status in answers.items() if status != 403} == {}


@one_database
async def test_no_other_site_presses_a_button_of_ours(client: httpx.AsyncClient, now: datetime) -> None:
    world = await make_world(APP.openapi_schema.to_schema(), now=now)
    forms = [action for action in ACTIONS if action.is_form]
    elsewhere = {"Sec-Fetch-Site": "cross-site"}

    answers = {
        form.key: (await client.post(world.address(form.path), headers=elsewhere)).status_code
        for form in forms
    }

    assert len(forms) > 30
    assert {key: status for key, status in answers.items() if status != 403} == {}
