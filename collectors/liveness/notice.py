"""What a README says of its own project's end (METHOD 2.5): read where such a notice stands, at its very top.

The words are common ("the old API is deprecated"), so only the title with what stands below it and the next heading
are read: what comes later speaks of parts.
"""

import re

from bs4 import BeautifulSoup, Comment

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
BLOCKS = ("p", "div", "br", "li", "tr", "blockquote")
TITLES = ("h1", "h2", "h3", "h4", "h5", "h6")
LONGEST = 200


def notice(readme: str) -> str | None:
    """Return the sentence at the top of a README that says that the project has ended; None where none does."""
    for paragraph in PARAGRAPH.split(opening(readme)):
        for sentence in SENTENCE.split(" ".join(paragraph.split())):
            if NOTICE.search(sentence):
                return sentence[:LONGEST]
    return None


def opening(readme: str) -> str:
    """Return what a reader sees first of Markdown, HTML or plain text: until below the second heading, each apart."""
    text = PICTURE.sub("", CODE.sub("", readme.replace("\r\n", "\n")))
    if "<" in text:
        text = _of_html(text)
    text = UNDERLINED.sub(r"# \1", LINK.sub(r"\1", LINK.sub(r"\1", text)))
    headings = list(HEADING.finditer(text))
    top = text[: headings[1].end()] if len(headings) > 1 else text
    return MARK.sub("", HEADING.sub(r"\n\1\n", top)).strip()[:OPENING]


def _of_html(text: str) -> str:
    """Return the text of what may be Markdown with HTML in it; headings become those of Markdown."""
    soup = BeautifulSoup(text, "html.parser")
    for comment in soup.find_all(string=lambda found: isinstance(found, Comment)):
        comment.extract()
    for hidden in soup.find_all(["script", "style", "pre", "code"]):
        hidden.decompose()
    for block in soup.find_all([*BLOCKS, *TITLES]):
        block.insert_before("\n\n# " if block.name in TITLES else "\n\n")
        block.append("\n\n")
    return str(soup.get_text())
