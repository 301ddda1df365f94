"""What manifests ask for, by their kind; a copy of an environment asks for nothing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.research.choose import chosen_files, chosen_manifests, is_manifest
from collectors.research.manifests import asked_packages, is_frozen

FREEZE = "\n".join(f"package-{number}==1.{number}" for number in range(40)) + "\ntorch==2.1.0\n"
CONDA = "\n".join(f"  - package{number}=1.{number}=py39_0" for number in range(40))


@pytest.mark.parametrize(
    ("path", "text", "packages"),
    [
        ("requirements.txt", "torch>=2\n# jax\nnumpy", {"torch", "numpy"}),
        ("requirements.txt", "\ufefftorch>=2\nnumpy", {"torch", "numpy"}),
        ("pyproject.toml", '\ufeff[project]\ndependencies = ["torch"]', {"torch"}),
        ("requirements.txt", FREEZE, set()),
        ("environment.yml", "dependencies:\n" + CONDA, set()),
        ("pyproject.toml", '[project]\nname = "torch"\nkeywords = ["jax"]\ndependencies = ["Flax>=1; x"]', {"flax"}),
        (
            "pyproject.toml",
            '[project.optional-dependencies]\ngpu = ["jax[cuda]"]\n[dependency-groups]\ndev = ["torch"]',
            {"jax", "torch"},
        ),
        (
            "pyproject.toml",
            '[tool.poetry.dependencies]\npython = "^3.9"\ntorch = {version = "2", source = "x"}',
            {"python", "torch"},
        ),
        ("pyproject.toml", '[tool.poetry.group.dev.dependencies]\nmxnet = "*"', {"mxnet"}),
        ("pyproject.toml", "dependencies = [\n 'torch'", {"torch", "dependencies"}),
        ("Pipfile", '[packages]\ntorch = "*"\n[dev-packages]\njax = {git = "x"}', {"torch", "jax"}),
        ("setup.py", 'setup(name="torch", keywords=["jax"], install_requires=["mxnet>=1"])', {"mxnet"}),
        ("setup.py", 'REQUIRED = ["torch"]\nsetup(extras_require={"gpu": ["jax"]})', {"torch", "gpu", "jax"}),
        ("setup.py", "setup(install_requires=['torch']", {"torch"}),
        ("setup.cfg", "install_requires =\n    jax", {"install-requires", "jax"}),
    ],
)
def test_each_kind_of_manifest_tells_what_it_asks_for(path, text, packages):
    assert asked_packages({path: text}) == {path: packages}


def test_a_few_pins_are_a_choice_and_many_a_copy():
    assert not is_frozen("torch==2.1\nnumpy==1.26")
    assert is_frozen(FREEZE)
    assert not is_frozen(FREEZE + "\n".join(f"own-{number}>=1" for number in range(9)))


@given(st.text(), st.sampled_from(["requirements.txt", "pyproject.toml", "setup.py", "environment.yml", "Pipfile"]))
def test_no_text_is_too_odd(text, path):
    assert asked_packages({path: text}).keys() == {path}


def test_files_are_chosen_breadth_first_without_the_code_of_others_and_packing_last():
    paths = [
        "setup.py",
        "a/b/deep.py",
        "b.py",
        "a/__init__.py",
        "a/x.ipynb",
        "third_party/y.py",
        ".github/z.py",
        "R.md",
    ]

    assert chosen_files(paths) == ["b.py", "a/x.ipynb", "a/b/deep.py", "setup.py", "a/__init__.py"]
    assert chosen_files([f"{number:02}.py" for number in range(30)]) == [f"{number:02}.py" for number in range(20)]


def test_manifests_at_the_root_are_read_first_and_locks_never():
    paths = ["a/requirements.txt", "requirements-dev.txt", "uv.lock", "requirements.txt", "setup.py", "vendor/setup.py"]

    assert chosen_manifests(paths) == ["requirements.txt", "setup.py", "requirements-dev.txt", "a/requirements.txt"]
    assert not is_manifest("poetry.lock")
