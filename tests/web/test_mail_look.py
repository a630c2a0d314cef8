"""Mails look like the pages: the same colours, one button with its link below, nothing from elsewhere."""

from __future__ import annotations

import re

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape

from summit_service.templating import templates_dir
from summit_service.web.layout import STATIC
from tests.web import pages

LINK = "https://network.example/registrations/abc?x=1&y=2"
BODY = """{% extends "email/_base/layout.KIND" %}
{% block preheader %}Your place is confirmed.{% endblock %}
{% block body %}
{{ heading("Your place is confirmed.") }}

{{ facts([("What", "Rest & <care>"), ("Fax", "")]) }}

{{ button("See your registration", link) }}

{{ quote("One\\nTwo") }}
{% endblock %}"""


def mail(kind: str, *, recipient_name: str = "Ana Ruiz") -> str:
    loader = ChoiceLoader(
        [DictLoader({f"x.{kind}": BODY.replace("KIND", kind)}), FileSystemLoader(templates_dir())]
    )
    escape = select_autoescape(("html",))
    environment = Environment(
        loader=loader, autoescape=escape, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template(f"x.{kind}").render(
        network="The network",
        recipient_name=recipient_name,
        why="You registered on 2 March 2026.",
        reply_to="office@network.example",
        base_url="https://network.example",
        imprint="",
        link=LINK,
    )


def test_text_mail_is_whole_and_its_link_stands_alone() -> None:
    expected = f"""Dear Ana Ruiz,

Your place is confirmed.

What: Rest & <care>

See your registration:
<{LINK}>

> One
> Two


--{" "}
The network
<https://network.example>

Why you got this mail: You registered on 2 March 2026.
Questions? Answer this mail, or write to office@network.example. A person reads it.
"""

    assert mail("txt").strip() == expected.strip()


def test_html_mail_writes_the_link_of_its_button_out() -> None:
    html = mail("html")

    assert html.count(LINK.replace("&", "&amp;")) == 3
    assert f">{LINK.replace('&', '&amp;')}</a>" in html


def test_html_mail_escapes_what_people_wrote() -> None:
    html = mail("html", recipient_name="<b>Emp@thies</b>")

    assert "Rest &amp; &lt;care&gt;" in html
    assert "Dear &lt;b&gt;Emp@thies&lt;/b&gt;," in html


@pytest.mark.parametrize("kind", ["html", "txt"])
def test_mail_says_why_it_came_and_who_answers(kind: str) -> None:
    text = mail(kind)

    assert "Why you got this mail: You registered on 2 March 2026." in text
    assert "office@network.example" in text


def test_html_mail_loads_nothing() -> None:
    found = pages.elements(mail("html"))

    assert not {element.tag for element in found} & {"img", "link", "script", "iframe"}
    assert not [element for element in found if "src" in element.attributes]
    assert "url(" not in mail("html")


def test_html_mail_uses_the_colours_of_the_pages() -> None:
    ours = set(re.findall(r"#[0-9A-F]{6}", (STATIC / "site.css").read_text()))

    used = set(re.findall(r"#[0-9A-F]{6}", mail("html")))

    assert used
    assert used <= ours


def test_mail_to_somebody_without_a_name_is_still_polite() -> None:
    assert mail("txt", recipient_name="").startswith("Dear colleague,")
