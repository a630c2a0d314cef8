"""Everything that changes an event, each one transaction."""

from summit_service.events.actions.calendar_files import import_calendar
from summit_service.events.actions.dates import cancel_date, move_date, restore_date
from summit_service.events.actions.importing import ImportReport, import_events
from summit_service.events.actions.posting import cancel_event, change_event, post_event
from summit_service.events.actions.states import confirm_event, discard_event, publish_event, return_event
from summit_service.events.actions.undoing import undo_change
from summit_service.events.actions.upkeep import recompute_instants, render_again

__all__ = [
    "ImportReport",
    "cancel_date",
    "cancel_event",
    "change_event",
    "confirm_event",
    "discard_event",
    "import_calendar",
    "import_events",
    "move_date",
    "post_event",
    "publish_event",
    "recompute_instants",
    "render_again",
    "restore_date",
    "return_event",
    "undo_change",
]
