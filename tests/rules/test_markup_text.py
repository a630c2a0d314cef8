"""Markdown as a plain mail: what a reader of plain text sees of each mark."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from summit_service.announcements import rules
from summit_service.markup_text import to_mail_text

LETTER = """# Programme is *out*

The **programme** of the summit is [here](https://e.example/p),
or write to [us](mailto:sam@network.example).\\
Yours, `Sam`

- one
- two
  1. inner
  2. other

3. third

   with more
4. fourth

> You said
> this.

---

    code * stays
"""
PLAIN = """Programme is out

The programme of the summit is here <https://e.example/p>,
or write to us <sam@network.example>.
Yours, Sam

- one
- two
  1. inner
  2. other

3. third

   with more

4. fourth

> You said
> this.

--------------------

    code * stays"""


def test_letter_reads_as_people_type_it() -> None:
    assert to_mail_text(LETTER) == PLAIN


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("<https://e.example/x>", "<https://e.example/x>"),
        ("[https://e.example/x](https://e.example/x)", "<https://e.example/x>"),
        ("[a@b.example](mailto:a@b.example)", "<a@b.example>"),
        ("[click](javascript:alert)", "[click](javascript:alert)"),
        ("[here](/events)", "here"),
        ("![A map](https://e.example/map.png)", "A map"),
        ("<b>bold</b>", "<b>bold</b>"),
        ("2 \\* 3 &amp; 4", "2 * 3 & 4"),
        ("", ""),
    ],
)
def test_mark_becomes_words(markdown: str, text: str) -> None:
    assert to_mail_text(markdown) == text


@settings(max_examples=200, deadline=None)
@given(
    value=some.text(
        some.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zs", "Zl", "Zp"]), min_size=1
    )
)
def test_value_of_a_placeholder_stays_as_it_is(value: str) -> None:
    assert to_mail_text(f"For {rules.escaped(value)}.") == f"For {value}."
