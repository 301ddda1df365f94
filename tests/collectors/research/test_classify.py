"""What a repository comes to: frameworks by imports, weaker by manifests, and six states that are kept apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.code_state import CodeState
from collectors.research.classify import Tree, classify, gone, judge, unreadable
from collectors.research.frameworks import frameworks_of, package_frameworks


def verdict(files, manifests=None, **tree):
    return classify(files, manifests or {}, Tree(tuple(tree.pop("paths", files)), **tree))


@pytest.mark.parametrize(
    ("names", "frameworks"),
    [
        (["torch.nn", "torchvision.models"], {"pytorch"}),
        (["tensorboard.program", "tensorboardX", "tensorflow_datasets.load"], set()),
        (["torch.utils.tensorboard.SummaryWriter"], {"pytorch"}),
        (["pytorch_lightning.Trainer"], {"pytorch"}),
        (["flax.linen"], {"jax"}),
        (["mxnet.gluon", "gluoncv.data"], {"mxnet"}),
        (["transformers.AutoTokenizer", "transformers.pipeline"], set()),
        (["transformers.TFAutoModel"], {"tf"}),
        (["transformers.FlaxAutoModel"], {"jax"}),
        (["transformers.AutoModelForCausalLM"], {"pytorch"}),
        (["tensorflow_probability.substrates.jax"], {"jax"}),
        (["tensorflow_probability.distributions"], {"tf"}),
        (["keras.layers"], {"tf"}),
        (["sklearn.svm", "torchx.py", "mytorch"], set()),
    ],
)
def test_names_stand_for_frameworks_where_they_fix_one(names, frameworks):
    assert frameworks_of(names) == frameworks


def test_keras_counts_for_its_backend():
    assert frameworks_of(["keras.layers"], "jax") == {"jax"}
    found = verdict({"a.py": "import os\nos.environ['KERAS_BACKEND'] = 'torch'\nimport keras"})

    assert (found.main, found.libraries) == ("pytorch", {"keras": 1})


def test_the_main_framework_is_the_one_that_most_files_import():
    found = verdict({"a.py": "import torch", "b.py": "import torch, jax", "c.py": "import torch, polars"})

    assert (found.state, found.main, found.importing) == (CodeState.NAMED, "pytorch", {"jax": 1, "pytorch": 3})
    assert found.fractions == {"jax": 0.25, "pytorch": 0.75}
    assert (found.libraries["polars"], found.weak, found.files_read) == (1, False, 3)


@pytest.mark.parametrize(("own", "fractions"), [(10, {"jax": 1 / 11, "pytorch": 10 / 11}), (11, {"pytorch": 1.0})])
def test_who_has_less_than_a_tenth_of_the_leaders_files_shares_nothing(own, fractions):
    texts = {f"{number}.py": "import torch" for number in range(own)} | {"z.py": "import jax"}

    assert verdict(texts).fractions == fractions


def test_of_two_that_tie_the_one_counts_that_does_more_than_load_data():
    found = verdict(
        {"a.py": "import jax\nfrom torch.utils import data", "b.py": "import jax\nfrom torch.utils.data import x"}
    )

    assert found.main == "jax"
    assert verdict({"a.py": "import jax, torch"}).main == "pytorch"


def test_modules_of_the_repository_itself_are_nobodys():
    found = verdict({"train.py": "import clip, lpips"}, paths=["train.py", "clip.py", "lpips/__init__.py"])

    assert (found.state, found.main, found.libraries) == (CodeState.NO_FRAMEWORK, None, {})
    assert verdict({"caffe.py": "", "a.py": "import caffe"}).main == "caffe"


@pytest.mark.parametrize(
    ("files", "tree", "state"),
    [
        ({"a.py": "import numpy"}, {}, CodeState.NO_FRAMEWORK),
        ({}, {"paths": ["main.cpp", "README.md"]}, CodeState.OTHER_LANGUAGE),
        ({}, {"paths": [], "language": "Julia"}, CodeState.OTHER_LANGUAGE),
        ({}, {"paths": ["README.md", "requirements.txt"]}, CodeState.NO_CODE),
        ({}, {"paths": [], "language": "HTML"}, CodeState.NO_CODE),
        ({}, {"paths": ["README.md"], "is_whole": False}, CodeState.UNREADABLE),
        ({"a.py": None}, {}, CodeState.UNREADABLE),
    ],
)
def test_silence_has_its_causes(files, tree, state):
    found = verdict(files, **tree)

    assert (found.state, found.main) == (state, None)
    assert found.why


def test_manifests_speak_only_where_texts_did_not_come_and_then_weakly():
    asked = {"requirements.txt": "torch\ntorchvision\ntensorflow\nscikit-learn"}

    weak = verdict({"a.py": None}, asked)
    assert (weak.main, weak.weak, weak.importing) == ("pytorch", True, {"pytorch": 2, "tf": 1})
    assert "scikit-learn" in weak.libraries
    assert verdict({"a.py": "import numpy"}, asked).state is CodeState.NO_FRAMEWORK
    assert verdict({}, asked, paths=["README.md"]).state is CodeState.NO_CODE
    assert verdict({}, asked, paths=[], is_whole=False).main == "pytorch"
    many = {f"{number}.py": "import numpy" for number in range(20)}
    assert verdict(many, asked, paths=[*many, "z/more.py"]).state is CodeState.NO_FRAMEWORK


def test_packages_stand_for_frameworks_by_the_names_that_the_index_has():
    asked = ["torch-geometric", "dm-haiku", "tensorflow-datasets", "tensorflow-gpu", "paddlepaddle-gpu", "tensorboard"]

    assert package_frameworks(asked) == {"pytorch": 1, "jax": 1, "tf": 1, "paddle": 1}


def test_what_is_gone_and_what_does_not_answer_say_why():
    assert (gone("404").state, gone("404").why) == (CodeState.GONE, "404")
    assert unreadable("502").state is CodeState.UNREADABLE


PATHS = st.sampled_from(["a.py", "b/c.py", "n.ipynb", "setup.py", "x.cpp", "torch.py", "requirements.txt", ""])
TEXTS = st.one_of(st.none(), st.text(max_size=60), st.sampled_from(["import torch", "import jax, flax", "{"]))


@given(
    st.dictionaries(PATHS, TEXTS, max_size=4),
    st.dictionaries(PATHS, st.text(), max_size=2),
    st.lists(PATHS),
    st.booleans(),
)
def test_whatever_a_repository_holds_it_comes_to_exactly_one_state(files, manifests, paths, is_whole):
    found = classify(files, manifests, Tree(tuple(paths), is_whole=is_whole))

    assert (found.main is not None) is (found.state is CodeState.NAMED) is bool(found.importing)
    assert sum(found.fractions.values()) == pytest.approx(1 if found.main else 0)
    assert found == judge_again(files, manifests, paths, is_whole)


def judge_again(files, manifests, paths, is_whole):
    """The order in which files come in changes nothing."""
    turned = dict(reversed(files.items()))
    return classify(turned, manifests, Tree(tuple(reversed(paths)), is_whole=is_whole))


def test_dotted_names_alone_are_judged_as_texts_are():
    assert judge({"a.py": frozenset({"torch.nn"})}, {}, Tree(("a.py",))).main == "pytorch"


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        (("import os", "import numpy"), CodeState.NO_FRAMEWORK),
        (("import os", ""), CodeState.NO_FRAMEWORK),
        (("import os", None), CodeState.UNREADABLE),
        (("import torch", None), CodeState.NAMED),
    ],
)
def test_a_file_that_did_not_come_may_say_anything(texts, state):
    assert verdict(dict(zip(("a.py", "b.py"), texts, strict=True))).state is state
