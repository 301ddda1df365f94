"""Files of a repository as the contents endpoint sends them."""

import base64

from collectors.discovery.repository import ask_texts
from collectors.github_api.client import connect
from tests.collectors.github_api.builders import upstream
from tests.collectors.loopback import as_json


def test_a_mark_before_a_file_is_no_letter_of_it(server):
    def answer(_, asked):
        if asked.path.rstrip("/").endswith("/contents"):
            return as_json([{"name": "pyproject.toml", "type": "file"}])
        body = "\ufeff# One" if asked.path.endswith("/readme") else '\ufeff[project]\nname = "one"'
        return as_json({"encoding": "base64", "content": base64.b64encode(body.encode()).decode()})

    server.answering = answer
    with upstream(server) as asked:
        texts = ask_texts(connect(asked), "o/one")

    assert (texts.readme, texts.packaging) == ("# One", {"pyproject.toml": '[project]\nname = "one"'})
