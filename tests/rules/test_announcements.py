"""Placeholders: what may stand in a text, what stands in for them, and what is marked in the preview."""

from __future__ import annotations

import pytest

from summit_service.announcements import audiences, mails, rules
from summit_service.announcements.audiences import Reader
from summit_service.announcements.rules import Text
from summit_service.errors import Invalid

OFFERED = audiences.OFFERED[audiences.MEMBERS]
ANNA = Reader(
    "anna@members.example", "Anna", {"name": "Anna", "organisation": "Emp@thies *soins* [x](http://e)"}
)


def test_placeholders_are_filled_with_fallbacks_where_nothing_is_known() -> None:
    text = "Dear {{name}} of {{ organisation | your organisation }} in {{country|your country}}"

    assert rules.fill(text, {"name": "Anna", "organisation": ""}) == (
        "Dear Anna of your organisation in your country"
    )
    assert rules.missing(Text("", text), {"name": ""}) == ["name"]
    assert rules.names_in(text) == ["name", "organisation", "country"]


@pytest.mark.parametrize("body", ["Hello {{deadline}}", "Hello {{ nmae }}", "{{}}"])
def test_placeholder_that_these_readers_do_not_have_is_told(body: str) -> None:
    with pytest.raises(Invalid) as refusal:
        rules.checked("News", body, offered=OFFERED)

    assert refusal.value.by_field() == {"body": refusal.value.sentence}
    assert "There are: {{name}}, {{organisation}}, {{country}}." in refusal.value.sentence


def test_text_is_never_a_template() -> None:
    body = "{% for x in y %} {{ name.__class__ }}"

    with pytest.raises(Invalid):
        rules.checked("News", body, offered=OFFERED)
    assert rules.fill("{% raw %}{{name}}", {"name": "{{country}}", "country": "GB"}) == "{% raw %}{{country}}"


def test_preview_marks_what_came_from_placeholders_and_values_stay_words() -> None:
    subject, body = mails.marked(
        Text("For {{name}} <b>", "**Hello** {{organisation}} and {{country|all}}."), ANNA
    )

    assert subject == "For <mark>Anna</mark> &lt;b&gt;"
    assert body == (
        "<p><strong>Hello</strong> <mark>Emp@thies *soins* [x](http://e)</mark> and <mark>all</mark>.</p>\n"
    )


def test_preview_cannot_be_given_marks_by_who_writes() -> None:
    _, body = mails.marked(Text("", "plain \ue000not from a placeholder\ue001"), ANNA)

    assert "<mark>" not in body
