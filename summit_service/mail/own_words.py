"""What somebody wrote themselves in a mail: without what their program quotes of ours; nothing is lost in silence."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

import nh3

CUT = "[The rest is cut off here.]"
QUOTED = "[What they quoted:]"
"""Above what stood below the mark of a quotation: people answer in between, and nothing of it is anywhere else."""
NAMED = "From|Von|De|Da|Van|Från|Fra|Od|От|发件人|寄件者|差出人"
ORIGINAL = re.compile(
    r"(?im)^[ \t]*(?:-{2,} ?(?:original message|forwarded message|ursprüngliche nachricht)|_{20,}[ \t]*$"
    rf"|(?:{NAMED})[ \t]?[:\uff1a].*\n(?:[^\n:\uff1a]{{1,30}}[:\uff1a].*\n){{2}}).*"
)
LINE_ENDS = re.compile("\r\n|[\r\v\f\x85\u2028\u2029]")
UNSHOWN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\u202d\u202e\ud800-\udfff]")
"""Control characters and what turns the direction around. Joiners, spaces and marks of direction are part of words."""
BLANK = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Cs"})
VERBS = (
    r"(?:\b(?:wrote|writes|schrieb|écrit|escribió|escreveu|scritto|schreef|skrev|kirjoitti|napisała?|napsala?|írta|"
    r"scris|yazdı|написала?|пише|έγραψε)\b|写道|寫道|書きました|작성|كتب|نوشت|כתב)"
)
WROTE, WROTE_LAST = re.compile(rf"(?i){VERBS}[^:\uff1a]{{0,60}}$"), re.compile(rf"(?i){VERBS}$")
ADDRESS = re.compile(r"[^\s<>@]@[^\s<>@]")
WHEN = re.compile(
    r"\d{1,2}[:.h]\d{2}\b|(?<!\d)\d{1,2}\D{1,20}20\d\d(?!\d)|(?<!\d)20\d\d\D{1,20}\d{1,2}(?!\d)"
)
MOST_TAGS = 10_000
"""Tags within each other cost the square of their number."""
WRAPPED = 66
"""Programs break the line that announces a quotation only where it is longer than this."""
LONGEST_ANNOUNCEMENT = 500
BLOCKS = {"p", "div", "br", "li", "tr", "h1", "h2", "h3", "h4", "ul", "ol", "table", "blockquote"}
UNSEEN = {"style", "script", "title", "template"}


def of(texts: list[str]) -> str:
    """The words of the parts of a mail, below one another; all of it where nothing is left but `It is:`."""
    cleaned = [clean(text) for text in texts]
    own = "\n\n".join(filter(None, map(_unquoted, cleaned)))
    if own and not _ends_with_colon(own.rpartition("\n")[2]):
        return own
    return "\n\n".join(text.strip() for text in cleaned if not is_blank(text))


def clean(text: str) -> str:
    """With line feeds alone, plain spaces for those that do not break, and nothing that cannot be shown."""
    return UNSHOWN.sub("", LINE_ENDS.sub("\n", text).replace("\xa0", " "))


def is_blank(text: str) -> bool:
    """Whether a reader would see nothing."""
    return all(unicodedata.category(sign) in BLANK for sign in text)


def _unquoted(text: str) -> str:
    """Without quoted lines and the line that announces them; what stands below the mark of a quotation is set apart."""
    cut = ORIGINAL.search(text)
    above = _without_quotes(text[: cut.start()] if cut else text)
    if is_blank(above):
        return text.strip() if cut else ""
    return f"{above}\n\n{QUOTED}\n{text[cut.start() :].strip()}" if cut else above


def _without_quotes(text: str) -> str:
    kept: list[str] = []
    for line in map(str.rstrip, text.split("\n")):
        if line.startswith(">From "):  # as servers write a line that begins with From
            kept.append(line[1:])
        elif not line.lstrip().startswith(">"):
            kept.append(line)
        elif kept:
            _drop_announcement(kept)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip()


def _drop_announcement(kept: list[str]) -> None:
    """Such as `On Monday the network wrote:`, in whatever language, on up to three lines where it is long."""
    while kept and is_blank(kept[-1]):
        kept.pop()
    for count in range(1, min(3, len(kept)) + 1):
        if _is_announcement(kept[-count:]):
            del kept[-count:]
            break
    else:
        if kept and _ends_with_colon(kept[-1]) and WROTE_LAST.search(kept[-1].rstrip(" :\uff1a")):
            kept.pop()
    kept.append("")


def _is_announcement(lines: list[str]) -> bool:
    """Whether they say when somebody wrote, and who; `My answer is:` is somebody's own."""
    said = " ".join(lines)
    if not _ends_with_colon(said) or (len(lines) > 1 and len(said) <= WRAPPED):
        return False
    if any(not line or line.endswith((".", "!", "?", ":", "\u3002")) for line in lines[:-1]):
        return False
    is_somebody = ADDRESS.search(said) or WROTE.search(said.rstrip(" :\uff1a"))
    return bool(is_somebody and WHEN.search(said))


def _ends_with_colon(line: str) -> bool:
    return len(line) <= LONGEST_ANNOUNCEMENT and line.endswith((":", "\uff1a"))


def of_html(html: str) -> str:
    """The words of HTML as plain text, what is quoted with `> ` before each line."""
    pieces = html.split("<", MOST_TAGS)
    reader = _Text()
    reader.feed(
        nh3.clean("<".join(pieces[:MOST_TAGS]), tags=BLOCKS, clean_content_tags=UNSEEN, attributes={})
    )
    reader.close()
    text = "\n".join(line.strip(" \t") for line in "".join(reader.found).split("\n")).strip()
    return text if len(pieces) <= MOST_TAGS else f"{text}\n\n{CUT}"


class _Text(HTMLParser):
    """Collects what a reader sees, a line for each block."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self.quoted = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.quoted += tag == "blockquote"
        self._end_line()

    def handle_endtag(self, tag: str) -> None:
        self.quoted = max(0, self.quoted - (tag == "blockquote"))
        self._end_line()

    def handle_data(self, data: str) -> None:
        self.found.append(re.sub(r"[ \t\r\n\f]+", " ", data))

    def _end_line(self) -> None:
        self.found.append("\n> " if self.quoted else "\n")
