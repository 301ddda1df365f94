"""Which modules a text imports, whatever Python it is, and that no text is too odd."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.research.imports import imported_names, keras_backend, top_modules

OLD = '''
"""import theano"""
print "training", 0777  # import mxnet
import torch.nn as nn, numpy \\
    as np; from jax import (
    grad,  # import caffe
    jit as fast)
from . import local
from .net import Net
try: import tensorflow as tf
except: import of course the old way
s = 'import chainer'
'''


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import torch.nn as nn, os", {"torch.nn", "os"}),
        ("from torch import nn, optim", {"torch.nn", "torch.optim"}),
        ("from a.b import *", {"a.b.*"}),
        ("from . import x\nfrom .y import z\nfrom ..p import q", set()),
        ("def f():\n    import jax\n    if x:\n        from flax import linen", {"jax", "flax.linen"}),
        ("# import torch\n'import jax'\n'''\nimport tf\n'''", set()),
        ("\ufeffimport torch", {"torch"}),
        ("\ufeffimport torch\nprint 'x'", {"torch"}),
        ("", set()),
        (OLD, {"torch.nn", "numpy", "jax.grad", "jax.jit", "tensorflow"}),
        ("print 'x'\nimport torch  # the one", {"torch"}),
        ("print 'x'\nfrom os import path; import jax", {"os.path", "jax"}),
        ("exec 'y'\nwe import data from the web\nimport a b", set()),
    ],
)
def test_what_is_imported_is_told_by_the_tree_or_by_the_words(text, names):
    assert imported_names("a.py", text) == names


def cells(*sources, kind="code", **more):
    return json.dumps({"cells": [{"cell_type": kind, "source": one, **more} for one in sources], "nbformat": 4})


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (
            cells("import torch\n!pip install jax\n%matplotlib inline", ["import os\n", "import jax\n"]),
            {"torch", "os", "jax"},
        ),
        (cells("import torch", kind="markdown"), set()),
        (cells("%%bash\nimport torch", "%%time\nimport jax", "print 1\nimport mxnet"), {"jax", "mxnet"}),
        (cells("x = 1", outputs=[{"text": "import torch"}]), set()),
        (json.dumps({"worksheets": [{"cells": [{"cell_type": "code", "input": ["import theano\n"]}]}]}), {"theano"}),
        ('{"cells": [{"cell_type": "code", "source": ["import torch\\n", "x =', {"torch"}),
        ("[1, 2]", set()),
        ('{"cells": 7}', set()),
        ('{"cells": [{"cell_type": "code"}, 3, {"cell_type": "code", "source": {"a": 1}}]}', set()),
        ("[" * 100_000, set()),
    ],
)
def test_of_a_notebook_the_code_cells_count(text, names):
    assert imported_names("A.IPYNB", text) == names


@pytest.mark.parametrize(
    "text",
    [
        "(" * 100_000,
        "x = " + "-" * 100_000 + "1",
        "import torch\0",
        '"' * 99_999,
        "import " + "a." * 9_999,
        "\udcff import x",
    ],
    ids=["brackets", "signs", "nul", "quotes", "dots", "surrogate"],
)
def test_no_text_is_too_odd(text):
    imported_names("a.py", text)
    imported_names("a.ipynb", text)


WORDS = st.sampled_from(
    [
        "import ",
        "from ",
        "torch",
        "jax.numpy",
        " as ",
        ",",
        "(",
        ")",
        "\\\n",
        "\n",
        ";",
        "'",
        '"""',
        "#",
        "\t",
        ".",
        "*",
        "é",
    ]
)


@given(st.one_of(st.text(), st.lists(WORDS, max_size=30).map("".join)), st.sampled_from(["a.py", "a.ipynb"]))
def test_any_text_gives_names_and_no_error(text, path):
    for name in imported_names(path, text):
        assert name
        assert not name.startswith(".")
        assert "\n" not in name


def test_the_top_of_a_name_is_its_module():
    assert top_modules({"torch.nn.functional", "os"}) == {"torch", "os"}


@pytest.mark.parametrize(
    ("text", "backend"),
    [
        ('os.environ["KERAS_BACKEND"] = "jax"', "jax"),
        ("os.environ.setdefault('KERAS_BACKEND', 'torch')", "torch"),
        ("KERAS_BACKEND=tensorflow python train.py", "tensorflow"),
        ('os.environ["KERAS_BACKEND"] = name', None),
        ("import keras", None),
    ],
)
def test_the_backend_of_keras_is_what_the_code_makes_it(text, backend):
    assert keras_backend(text) == backend
