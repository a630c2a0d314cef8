"""Everything that changes an event, each one transaction."""

from summit_service.events.actions.calendar_files import import_calendar
from summit_service.events.actions.dates import cancel_date, move_date, restore_date
from summit_service.events.actions.importing import ImportReport, import_events
from summit_service.events.actions.planning import Plan, plan_calendar
from summit_service.events.actions.posting import cancel_event, change_event, post_event
from summit_service.events.actions.states import confirm_event, discard_event, publish_event, return_event
from summit_service.events.actions.taking import Done, take
from summit_service.events.actions.undoing import undo_change
from summit_service.events.actions.upkeep import recompute_instants, render_again
from summit_service.events.actions.uploads import (
    Upload,
    discard_upload,
    forget_old_uploads,
    keep_upload,
    take_upload,
    upload_of,
)

__all__ = [
    "Done",
    "ImportReport",
    "Plan",
    "Upload",
    "cancel_date",
    "cancel_event",
    "change_event",
    "confirm_event",
    "discard_event",
    "discard_upload",
    "forget_old_uploads",
    "import_calendar",
    "import_events",
    "keep_upload",
    "move_date",
    "plan_calendar",
    "post_event",
    "publish_event",
    "recompute_instants",
    "render_again",
    "restore_date",
    "return_event",
    "take",
    "take_upload",
    "undo_change",
    "upload_of",
]
