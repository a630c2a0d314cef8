"""Reading a body: what is not JSON at all is the sender's fault, and told as such."""

from __future__ import annotations

from typing import Any

from litestar import Request

from summit_service.errors import Invalid


class JSONRequest(Request[Any, Any, Any]):
    """A request whose body may be nested without end, or be in another encoding than UTF-8."""

    async def json(self) -> Any:
        """The value of the body; raises Invalid where it cannot be read."""
        try:
            return await super().json()
        except RecursionError as fault:
            raise Invalid.one("", "The JSON is nested too deeply to be read.") from fault
        except UnicodeDecodeError as fault:
            raise Invalid.one("", "The body is not in UTF-8. Send JSON in UTF-8.") from fault
