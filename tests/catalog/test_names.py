"""Names as people type them lead to one subject, or to one sentence with what may have been meant."""

import pytest

from catalog.errors import InputError
from catalog.load import load_catalog
from catalog.names import did_you_mean, find_subject, repository_of

TYPED = {
    "PyTorch": "pytorch",
    "torch": "pytorch",
    "pytorch/pytorch": "pytorch",
    "https://github.com/pytorch/pytorch": "pytorch",
    "https://www.github.com/PyTorch/PyTorch.git": "pytorch",
    "git@github.com:jax-ml/jax.git": "jax",
    "google/jax": "jax",
    "https://github.com/google/jax/issues?q=1#x": "jax",
    "sklearn": "scikit-learn",
    "scikit learn": "scikit-learn",
    "tf": "tensorflow",
    "tf-keras": "keras",
    "Hugging Face Transformers": "transformers",
    "pytorch-lightning": "lightning",
    "ONNX Runtime": "onnxruntime",
    "paddlepaddle": "paddle",
}


@pytest.mark.parametrize("typed", TYPED)
def test_what_people_type_is_understood(catalog, typed):
    assert catalog.find(typed).id == TYPED[typed]


def test_every_id_name_and_package_leads_to_its_own_subject(catalog):
    for one in catalog.subjects:
        for name in (one.id, one.name, one.github, *([one.pypi] if one.pypi else [])):
            assert catalog.find(name) is one


@pytest.mark.parametrize(("typed", "meant"), [("pytroch", "pytorch"), ("Tensorflw", "tensorflow"), ("mxnett", "mxnet")])
def test_a_slip_is_answered_with_what_was_meant(catalog, typed, meant):
    with pytest.raises(InputError, match=f"did you mean {meant}"):
        catalog.find(typed)


@pytest.mark.parametrize("typed", ["", " ", "???", "x" * 10_000, "https://github.com/", "a/b/c/d", "\x00", "../../etc"])
def test_what_names_nobody_is_one_sentence(catalog, typed):
    with pytest.raises(InputError, match="no subject is called"):
        catalog.find(typed)


def test_an_address_that_nobody_follows_is_answered_with_how_to_follow_it(catalog):
    with pytest.raises(InputError, match=r"speedscore follow https://github\.com/a/b"):
        catalog.find("https://github.com/a/b")


def test_a_name_that_two_subjects_bear_is_asked_back(tmp_path):
    table = '[[subject]]\nid = "{0}"\nname = "Twin"\nkind = "library"\ngithub = "{0}/x-{0}"\n'
    (tmp_path / "own.toml").write_text("schema = 1\n" + table.format("one") + table.format("two"), "utf-8")

    with pytest.raises(InputError, match="may be one, two; say which"):
        find_subject(load_catalog(tmp_path / "own.toml").subjects, "twin")


def test_what_is_near_is_named():
    assert did_you_mean("githb", ["github", "pypi"]) == "; did you mean github?"
    assert did_you_mean("zzz", ["github", "pypi"]) == ""
    assert did_you_mean("stars", ["stack.starts", "github.stars"]) == "; did you mean github.stars?"
    assert repository_of("no address") is None
