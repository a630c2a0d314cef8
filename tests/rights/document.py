"""docs/rights.md from the table and from what each handler says of itself; `make rights` writes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from summit_service.app import create_app
from tests.rights.asking import Action, actions_of
from tests.rights.table import KINDS, ROWS

PATH = Path(__file__).parent.parent.parent / "docs" / "rights.md"
OPENING = """# Who may do what

Made by `make rights` from `tests/rights/table.py`; `tests/web/test_every_route.py` asks every route of the
running application as each of the five, and compares. Change the table, not this page.

"Right" is a representative of the organisation that the thing belongs to, or the person whose it is; "wrong"
is a representative of another organisation; "former" is the right one once that organisation has left the network:
what is for members is for them no longer, and nothing new is done for it. *yes*: let in (what was typed may
still be refused); *sign in*: sent to sign in; *no*: refused; *hidden*: told that there is nothing at this
address. `HEAD` is as `GET`.
"""


def document(actions: Iterable[Action]) -> str:
    """The whole page; an action without a row is left out, for the test to name."""
    kinds = [f"| {kind.name} | {kind.meaning} | {' | '.join(kind.outcomes)} |" for kind in KINDS]
    rows = sorted(
        f"| `{action.path_shown}` | {action.method} | {action.words or 'Made by Litestar.'} | {ROWS[action.key].name} |"
        for action in actions
        if action.key in ROWS
    )
    return "\n".join(
        [
            OPENING,
            "## The kinds",
            "",
            "| kind | who | stranger | wrong | right | former | secretariat |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *kinds,
            "",
            "## The routes",
            "",
            "| address | method | what it is | kind |",
            "| --- | --- | --- | --- |",
            *rows,
            "",
        ]
    )


if __name__ == "__main__":
    PATH.write_text(document(actions_of(create_app())), encoding="utf-8")
