"""What the demo's made-up events and statements say; each says that it is made up."""

from __future__ import annotations

from typing import Any

DRAFT_TITLE = "Demonstration: time to say goodbye"
DRAFT_TEXT = """# Time to say goodbye

When a patient leaves a ward for good, somebody who knows them takes ten minutes to say goodbye, and to hear what should
be done otherwise next time.

We ask hospitals to plan these ten minutes as they plan a discharge letter.

*This text is a demonstration; it is made up.*
"""
EVENTS: list[dict[str, Any]] = [
    {
        "organisation": "The Empathy Initiative",
        "summary": "Demonstration: an evening on listening at night",
        "description": "Made up, to show an event in another time zone.",
        "in_days": 11,
        "hours": ("18:30", "20:00"),
        "timezone": "Australia/Sydney",
        "mode": "online",
        "online_url": "https://meet.example/listening-at-night",
        "categories": ["practice"],
        "language": "en",
    },
    {
        "organisation": "Emp@thies Humanisation des soins",
        "summary": "Démonstration : deux journées sur l'annonce",
        "description": "Inventé, pour montrer des journées entières et une autre langue.",
        "in_days": 24,
        "hours": 2,
        "timezone": "Europe/Paris",
        "location": "Paris, France",
        "mode": "in_person",
        "categories": ["course", "teaching"],
        "language": "fr",
    },
    {
        "organisation": "Empathy Working Group at Chief Tony Anenih Geriatric Centre",
        "summary": "Demonstration: ward round with families",
        "description": "Made up, to show an event at a place and online at once.",
        "in_days": 38,
        "hours": ("09:00", "12:00"),
        "timezone": "Africa/Lagos",
        "location": "Ibadan, Nigeria",
        "mode": "hybrid",
        "categories": ["practice", "older-people"],
        "language": "en",
    },
]

NEEDS = (
    ("Vegetarian", ""),
    ("", "Step-free way in"),
    ("Vegan; no nuts", ""),
    ("vegetarian", "Captions"),
    ("Halal", "A quiet room"),
    ("No gluten", "Captions; a seat near the front"),
)
"""Food and access, as people type them; made up."""

OPEN_TITLE = "Demonstration: five minutes to be heard"
OPEN_TEXT = """\
# Five minutes to be heard

This text was made up to show how a joint statement is signed. No organisation has agreed to it, and the
people whose names stand under it do not exist.

## What we see

Patients are interrupted early and ask little afterwards. Staff who have no time to listen lose
what brought them to their work.

## What we ask for

- that every first appointment leaves a patient **five minutes to speak** before the first question;
- that listening is taught, practised and examined in the training of every health profession;
- that those who plan rosters count the time that listening takes.

## What we will do

We will share what helps, tell each other what does not, and report at the next summit.
"""
OPEN_NOTE = "The draft of the summit's closing session, with the comments of its three groups."

PUBLISHED_TITLE = "Demonstration: empathy can be taught"
PUBLISHED_FIRST = """\
# Empathy can be taught

This text was made up to show a published statement.

Empathy is a skill. It should be taught.
"""
PUBLISHED_TEXT = """\
# Empathy can be taught

This text was made up to show a published statement. No organisation has agreed to it, and the people
whose names stand under it do not exist.

Empathy in healthcare is a skill with parts that can be named, practised and measured. It is neither a
gift nor a matter of spare time.

We will teach it where we teach, study it where we study, and ask for it where decisions are made.
"""
PUBLISHED_NOTE = "Says what can be taught, and who does what."

PUBLISHED_FRENCH = """\
# L'empathie s'enseigne

Ce texte a été inventé pour montrer une déclaration publiée. Aucune organisation ne l'a approuvé, et les
personnes dont les noms figurent au-dessous n'existent pas.

L'empathie dans les soins est une compétence dont on peut nommer, exercer et mesurer les parts. Elle n'est
ni un don ni une affaire de temps libre.

Nous l'enseignerons là où nous enseignons, nous l'étudierons là où nous étudions, et nous la demanderons là
où se prennent les décisions.
"""
