"""What is personal in a call for contributions: what each field is for, and how long it stays."""

from __future__ import annotations

from summit_service.summits.retention import REST_KEPT, Field

KEPT = (
    Field("name", "Your name", "To write to you, and for the programme if it is accepted", REST_KEPT),
    Field("email", "E-mail address", "Our mails with the link and the decision", REST_KEPT),
    Field(
        "affiliation", "Where you work", "So that nobody from there reviews it; for the programme", REST_KEPT
    ),
    Field("co_authors", "Co-authors", "They stand beside you if it is accepted", REST_KEPT),
    Field("abstract", "Title and abstract", "Reviewers judge by them; for the programme", REST_KEPT),
)
"""What somebody tells who proposes something."""
REVIEW_KEPT = (
    Field("comment", "Score and comment", "For the secretariat, to decide about the contribution", REST_KEPT),
)
DECISION_KEPT = (Field("decision_note", "Your words to the author", "They stand in the mail", REST_KEPT),)
REVIEWERS_KEPT = (Field("email", "Who reviews", "They alone read and judge what came in", REST_KEPT),)
