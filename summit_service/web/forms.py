"""Reading what was typed into a form; a field that is missing or is a file reads as nothing."""

from __future__ import annotations

from typing import Any

from litestar import Request
from litestar.datastructures import FormMultiDict

from summit_service.errors import Invalid


class FormRequest(Request[Any, Any, Any]):
    """A request whose form may be in another encoding than UTF-8."""

    async def form(self) -> FormMultiDict:
        """The fields; raises Invalid where they cannot be read."""
        try:
            return await super().form()
        except UnicodeDecodeError as fault:
            raise Invalid.one(
                "", "The form is not in UTF-8. Open our page anew and send it from there."
            ) from fault


def text(form: Any, name: str) -> str:
    """The one value of a field."""
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def texts(form: Any, name: str) -> list[str]:
    """Every value of a field that may be ticked more than once."""
    return [value for value in form.getall(name, []) if isinstance(value, str)]


async def fields(request: Request[Any, Any, Any], *names: str) -> dict[str, str]:
    """These fields of the form that was sent."""
    form = await request.form()
    return {name: text(form, name) for name in names}
