"""A catalog file: every mistake is named, and the user's file stands on top of the shipped one or in its place."""

from datetime import datetime
from pathlib import Path

import pytest

from catalog.errors import CatalogError
from catalog.load import Catalog, load_catalog, read_catalog, shipped_observations
from catalog.observation import Status

SUBJECT = '[[subject]]\nid = "mine"\nname = "Mine"\nkind = "framework"\ngithub = "me/mine"\n'
FACT = '[[fact]]\nsubject = "jax"\nmetric = "curated.web"\nvalue = "good"\nvalid_from = 2024-01-15\nreview_by = 2024-07-15\nsource = "me"\n'
MISTAKES = {
    "an identifier that nobody looks up": (
        SUBJECT + 'identifiers = { conda = "x" }\n',
        "(mine)",
        "'identifiers'",
        "no metric has the key",
    ),
    "a table that is not closed": ("[[subject]\n", "not valid TOML", "line 2"),
    "a key given twice": (SUBJECT + 'id = "mine"\n', "not valid TOML", "line 7"),
    "an unknown key": (SUBJECT + "stars = 3\n", "[[subject]] 1 (mine)", "'stars'", "not permitted"),
    "an unknown table": ("[[subjct]]\n", "'subjct'", "fact, repository, subject"),
    "a table that is no list": ('subject = "mine"\n', "'subject'", "write [[subject]]"),
    "a list of no tables": ("fact = [1]\n", "'fact'", "write [[fact]]"),
    "an unknown mode": ('mode = "add"\n', "'mode'", "'add'", '"extend" or "replace"'),
    "a mode that is no word": ('mode = ["extend"]\n', "'mode'", '"extend" or "replace"'),
    "nothing in place of the shipped": ('mode = "replace"\n', "mode", "no subject", "[[subject]]"),
    "a missing key": (SUBJECT.replace('name = "Mine"\n', ""), "(mine)", "'name'", "required"),
    "a github name without owner": (SUBJECT.replace("me/mine", "mine"), "(mine)", "'github'", "pattern"),
    "a former github name with a space": (
        SUBJECT + 'github_former = ["my self/mine"]\n',
        "'github_former.0'",
        "pattern",
    ),
    "an id that is no slug": (SUBJECT.replace('"mine"', '"My One"'), "(My One)", "'id'", "pattern"),
    "an id of the wrong type": (SUBJECT.replace('id = "mine"', "id = 7"), "(7)", "'id'", "valid string"),
    "a github_id in quotes": (SUBJECT + 'github_id = "7"\n', "'github_id'", "valid integer"),
    "a github_id of zero": (SUBJECT + "github_id = 0\n", "'github_id'", "greater than 0"),
    "a github_id that no store can hold": (SUBJECT + "github_id = 1" + 30 * "0" + "\n", "'github_id'", "less than"),
    "tags that are no list": (SUBJECT + 'stackoverflow_tags = "mine"\n', "'stackoverflow_tags'", "valid list"),
    "a tag with a space": (SUBJECT + 'stackoverflow_tags = ["my tag"]\n', "'stackoverflow_tags'", "'my tag'"),
    "a forum that is no address": (SUBJECT + 'discourse_url = "forum"\n', "'discourse_url'", "valid URL"),
    "an id given twice": (SUBJECT + SUBJECT.replace("me/mine", "me/other"), "'id'", "'mine'", "2 places"),
    "a repository of two": (SUBJECT.replace("me/mine", "PyTorch/PyTorch"), "'github'", "'pytorch/pytorch'", "2 places"),
    "a former repository of two": (
        SUBJECT + 'github_former = ["google/jax"]\n',
        "'github'",
        "'google/jax'",
        "2 places",
    ),
    "a repository id of two": (SUBJECT + "github_id = 65600975\n", "'github_id'", "'65600975'", "2 places"),
    "an unknown metric": (FACT.replace("curated.web", "curated.wep"), "(curated.wep)", "'metric'", "'curated.wep'"),
    "a level that is none": (FACT.replace('"good"', '"superb"'), "'value'", "'superb'", "none, limited, fair"),
    "a value that is no number": (FACT.replace('"good"', "nan"), "'value", "finite"),
    "a review before the fact": (FACT.replace("2024-07-15", "2024-01-01"), "'review_by'", "after valid_from"),
    "a review on the day of the fact": (FACT.replace("2024-07-15", "2024-01-15"), "'review_by'", "after valid_from"),
    "a day in quotes": (FACT.replace("2024-07-15", '"2024-07-15"'), "'review_by'", "valid date"),
    "a confidence that is none": (FACT + 'confidence = "sure"\n', "'confidence'", "pattern"),
    "a fact about nobody": (FACT.replace('"jax"', '"jaxx"'), "'subject'", "'jaxx'", "[[subject]]"),
    "a role that is none": (
        '[[repository]]\nsubject = "jax"\nrole = "doc"\ngithub = "a/b"\n',
        "'role'",
        "'doc'",
        "docs",
    ),
    "a repository of nobody": ('[[repository]]\nsubject = "no"\nrole = "docs"\ngithub = "a/b"\n', "'subject'", "'no'"),
}


@pytest.mark.parametrize(("body", "named"), [(body, named) for body, *named in MISTAKES.values()], ids=list(MISTAKES))
def test_a_mistake_is_named_with_its_file_its_key_and_the_reason(tmp_path, body, named):
    own = write(tmp_path, body)

    with pytest.raises(CatalogError) as caught:
        load_catalog(own)

    assert "\n" not in str(caught.value)
    assert [word for word in (str(own), *named) if word not in str(caught.value)] == []


@pytest.mark.parametrize("schema", ["", "schema = 2\n", 'schema = "1"\n'], ids=["no schema", "a newer one", "a text"])
def test_another_schema_is_refused(schema):
    with pytest.raises(CatalogError, match=r"^my\.toml: key 'schema' is .*; this version reads schema = 1$"):
        read_catalog(schema + SUBJECT, "my.toml")


@pytest.mark.parametrize("what", ["absent", "folder", "latin-1"])
def test_a_file_that_cannot_be_read_names_the_setting(tmp_path, what):
    own = tmp_path / "own.toml"
    if what == "folder":
        own.mkdir()
    if what == "latin-1":
        own.write_bytes("# für mich\nschema = 1\n".encode("latin-1"))

    with pytest.raises(CatalogError, match=r"own\.toml: cannot be read \(.*\); check SPEEDSCORE_CATALOG$"):
        load_catalog(own)


def test_the_shipped_catalog_keeps_every_subject_that_it_ever_had(catalog):
    since_the_first_version = (
        "pytorch tensorflow jax keras flax mxnet paddle mindspore mlx scikit-learn transformers lightning fastai "
        "onnxruntime"
    )
    assert set(since_the_first_version.split()) <= set(ids(catalog).split())


def test_the_shipped_catalog_keeps_the_names_that_jax_had(catalog):
    assert catalog["jax"].github_names == ("jax-ml/jax", "google/jax")


def test_an_empty_file_leaves_the_shipped_catalog_as_it_is(tmp_path, catalog):
    assert load_catalog(write(tmp_path, "")) == catalog


def test_a_subject_of_ones_own_is_added(tmp_path):
    assert ids(load_catalog(write(tmp_path, SUBJECT))) == f"{ids(load_catalog())} mine"


def test_extend_replaces_the_shipped_subject_of_that_id(tmp_path):
    fork = '[[subject]]\nid = "jax"\nname = "My JAX"\nkind = "framework"\ngithub = "me/jax"\n'

    extended = load_catalog(write(tmp_path, fork))

    assert len(extended.subjects) == len(load_catalog().subjects)
    assert extended["jax"].name == "My JAX"
    assert extended["jax"].github_id is None


def test_replace_drops_the_shipped_subjects_and_what_was_said_of_them(tmp_path):
    replaced = load_catalog(write(tmp_path, 'mode = "replace"\n' + SUBJECT))

    assert ids(replaced) == "mine"
    assert replaced.facts == ()
    assert {one.status for one in shipped_observations(replaced)} == {Status.NOT_APPLICABLE}


def test_an_unknown_subject_is_answered_with_those_there_are(catalog):
    with pytest.raises(CatalogError, match="no subject is called 'torch'; the catalog has pytorch, tensorflow, jax"):
        catalog["torch"]


def test_only_the_named_subjects_are_kept_and_all_when_none_is_named(catalog):
    assert ids(catalog.only(["jax", "flax"])) == "jax flax"
    assert catalog.only([]) is catalog


def test_a_fact_is_a_curated_observation_that_ends_on_its_review_day():
    fact = read_catalog("schema = 1\n" + FACT, "my.toml").facts[0]

    observed = fact.observe()

    assert (observed.value, observed.status, observed.source) == (3.0, Status.CURATED, "me")
    assert observed.valid_at == datetime(2024, 1, 15)
    assert observed.valid_until == datetime(2024, 7, 15)


def test_a_source_without_its_key_does_not_apply(catalog):
    silent = {one.metric for one in shipped_observations(catalog.only(["flax"])) if one.status is Status.NOT_APPLICABLE}

    assert "stackoverflow.questions" in silent
    assert "discord.members" in silent
    assert "github.stars" not in silent
    assert "curated.web" not in silent


def test_history_ships_for_subjects_that_are_followed_and_for_no_others(catalog):
    archived = [one for one in shipped_observations(catalog.only(["jax"])) if one.method == "archived"]

    assert {one.subject for one in archived} == {"jax"}
    assert {one.source for one in archived} == {"github-ranking"}
    assert [(one.valid_at, one.value) for one in archived][:1] == [(datetime(2019, 7, 13), 4646.0)]


def test_a_catalog_of_an_invented_world_leaves_the_shipped_history_out(tmp_path):
    told = load_catalog(write(tmp_path, "history = false\n"))

    assert not [one for one in shipped_observations(told) if one.source == "github-ranking"]
    with pytest.raises(CatalogError, match="key 'history' is 'no'; it must be true or false"):
        load_catalog(write(tmp_path, 'history = "no"\n'))


def test_the_age_of_a_push_ships_with_the_month_ends(catalog):
    ages = {one.valid_at: one.value for one in shipped_observations(catalog.only(["mxnet"]))
            if one.metric == "github.last_push_age_d"}  # fmt: skip

    assert max(ages.values()) > 365
    assert min(ages.values()) == 0


def ids(catalog: Catalog) -> str:
    return " ".join(subject.id for subject in catalog.subjects)


def write(folder: Path, body: str) -> Path:
    own = folder / "own.toml"
    own.write_text("schema = 1\n" + body, encoding="utf-8")
    return own
