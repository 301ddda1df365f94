"""What a README says of its own project's end: read where such a notice stands, at its very top.

See docs/method.md#how-alive-a-repository-is.

The words are common ("the old API is deprecated"), so only the title with what stands below it and the next heading
are read: what comes later speaks of parts.
"""

import re

from collectors.visible import visible_text

READ = 2**14  # characters, marks included: a notice stands at the top
MARK_OF_BYTES = "\ufeff"  # what some editors write before a text; the first heading begins behind it
OPENING = 2_000  # characters of visible text
NOTICE = re.compile(
    r"\b(?:no longer (?:actively )?maintained|limited maintenance|deprecated|retired|archived|has been replaced by"
    r"|use .* instead)\b",
    re.IGNORECASE,
)
CODE = re.compile(r"^[ \t]*(```|~~~).*?^[ \t]*\1[^\n]*$", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r"!\[[^\]]*\](?:\([^)]*\)|\[[^\]]*\])")
LINK = re.compile(r"\[([^\[\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
UNDERLINED = re.compile(r"^([^\n]+)\n(?:={3,}|-{3,})[ \t]*$", re.MULTILINE)
HEADING = re.compile(r"^[ \t>]*#{1,6}[ \t]+(\S.*)$", re.MULTILINE)
MARK = re.compile(r"^[ \t]*[>*+-][ \t>]*|[*_`]{1,3}|\[![A-Z]+\]", re.MULTILINE)
PARAGRAPH = re.compile(r"\n[ \t]*\n")
SENTENCE = re.compile(r"(?<=[.!?])\s+")
LONGEST = 200
BLOCKS = {"p", "div", "br", "li", "tr", "blockquote"}
TITLES = {"h1", "h2", "h3", "h4", "h5", "h6"}
HIDDEN = {"script", "style", "pre", "code"}
APART = "\n\n"


def notice(readme: str) -> str | None:
    """Return the sentence at the top of a README that says that the project has ended; None where none does."""
    for paragraph in PARAGRAPH.split(opening(readme)):
        for sentence in SENTENCE.split(" ".join(paragraph.split())):
            if NOTICE.search(sentence):
                return sentence[:LONGEST]
    return None


def opening(readme: str) -> str:
    """Return what a reader sees first of Markdown, HTML or plain text: until below the second heading, each apart."""
    lines = readme.removeprefix(MARK_OF_BYTES)[:READ].replace("\r\n", "\n").replace("\r", "\n")
    text = PICTURE.sub("", CODE.sub("", lines))
    if "<" in text:
        text = visible_text(text, HIDDEN, _before, _after)
    text = UNDERLINED.sub(r"# \1", LINK.sub(r"\1", LINK.sub(r"\1", text)))
    headings = list(HEADING.finditer(text))
    top = text[: headings[1].end()] if len(headings) > 1 else text
    return MARK.sub("", HEADING.sub(r"\n\1\n", top)).strip()[:OPENING]


def _before(tag: str) -> str:
    """Let blocks stand apart, and make headings those of Markdown."""
    return f"{APART}# " if tag in TITLES else APART if tag in BLOCKS else ""


def _after(tag: str) -> str:
    return APART if tag in BLOCKS | TITLES else ""
