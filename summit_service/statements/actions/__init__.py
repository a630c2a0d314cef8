"""Everything that can be done with a statement, one verb and one transaction each.

`now` is the database's time where a deadline is judged: the faces pass `db.database_now()`.
"""

from summit_service.statements.actions.afterwards import add_erratum, record_withdrawal, supersede
from summit_service.statements.actions.answering import Reviewed, answer, review, reviewed
from summit_service.statements.actions.asking_instead import ask_instead
from summit_service.statements.actions.closing import (
    cancel,
    close,
    close_overdue,
    end_consultations,
    publish,
    settle,
)
from summit_service.statements.actions.commenting import CommentForm, comment, dispose, take_over
from summit_service.statements.actions.correcting import correct_line
from summit_service.statements.actions.describing import describe
from summit_service.statements.actions.disputing import raise_dispute, settle_dispute
from summit_service.statements.actions.drafting import (
    add_version,
    create_statement,
    freeze,
    rework,
    start_consultation,
)
from summit_service.statements.actions.erasing import erase_of, erase_private
from summit_service.statements.actions.handing_on import (
    delegate,
    propose_delegate,
    remind_me_on,
    settle_delegation,
    tell_wrong_person,
)
from summit_service.statements.actions.recording import AnswerForm
from summit_service.statements.actions.showing import show_private
from summit_service.statements.actions.signing import Reminded, open_for_signing, remind, remind_as_wished
from summit_service.statements.actions.stamping import stamp_waiting

__all__ = [
    "AnswerForm",
    "CommentForm",
    "Reminded",
    "Reviewed",
    "add_erratum",
    "add_version",
    "answer",
    "ask_instead",
    "cancel",
    "close",
    "close_overdue",
    "comment",
    "correct_line",
    "create_statement",
    "delegate",
    "describe",
    "dispose",
    "end_consultations",
    "erase_of",
    "erase_private",
    "freeze",
    "open_for_signing",
    "propose_delegate",
    "publish",
    "raise_dispute",
    "record_withdrawal",
    "remind",
    "remind_as_wished",
    "remind_me_on",
    "review",
    "reviewed",
    "rework",
    "settle",
    "settle_delegation",
    "settle_dispute",
    "show_private",
    "stamp_waiting",
    "start_consultation",
    "supersede",
    "take_over",
    "tell_wrong_person",
]
