"""What stands in a field for code is cleaned: a repository, or the reason why none is meant."""

import pytest

from collectors.venues.addresses import Cleaned, Refusal, clean, refuse_shared, repositories_in

FRAMEWORKS = {"pytorch/pytorch"}


@pytest.mark.parametrize(
    ("text", "repository"),
    [
        ("https://github.com/Owner/Name", "owner/name"),
        ("[https://github.com/a/b](https://github.com/a/b)", "a/b"),
        ("https://github.com/a/b}{https:", "a/b"),
        ("https://github.com/a/b.git}{\\texttt{https:", "a/b"),
        ("https://github.com/a/b/tree/master/c", "a/b"),
        ("http://www.github.com/a/b/", "a/b"),
        ("git@github.com:a/b.git", "a/b"),
        ("https://token@github.com/a/b", "a/b"),
        ("https://github.com/a/B.jl", "a/b.jl"),
        ("https://github.com/a/b.Warning:", "a/b"),
        ("https://github.com/a/b*", "a/b"),
        ("https://github.com/a/b\\_c", "a/b_c"),
        ("See https://github.com/a/b.", "a/b"),
        ("https://proceedings.mlr.press/v267/ /github.com/a/b", "a/b"),
        ("https://raw.githubusercontent.com/a/b/main/x.py", "a/b"),
        ("https://github.com/user_page https://github.com/a/b", "a/b"),
    ],
)
def test_dirt_around_a_repository_is_taken_off(text, repository):
    assert clean(text, FRAMEWORKS) == Cleaned(repository)


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("", Refusal.EMPTY),
        (None, Refusal.EMPTY),
        ("[](x)", Refusal.EMPTY),
        ("first.last@example.edu", Refusal.MAIL),
        ("https://github.com/first@example.edu", Refusal.MAIL),
        ("https://anonymous.4open.science/r/X-1234", Refusal.ANONYMOUS),
        ("https://gitlab.com/a/b", Refusal.OTHER_HOST),
        ("https://name.github.io/page", Refusal.OTHER_HOST),
        ("https://notgithub.com/a/b", Refusal.OTHER_HOST),
        ("https://bit.ly/2P3YOyd", Refusal.OTHER_HOST),
        ("https://github.com/owner", Refusal.NO_REPOSITORY),
        ("https://github", Refusal.NO_REPOSITORY),
        ("https://github.com/orgs/a/people", Refusal.NO_REPOSITORY),
        ("https://gist.github.com/a/b", Refusal.NO_REPOSITORY),
        ("https://github.com/a/..", Refusal.NO_REPOSITORY),
        ("https://github.com/PyTorch/pytorch/blob/main/x.py", Refusal.FRAMEWORK),
    ],
)
def test_what_names_no_repository_is_refused_with_its_reason(text, refusal):
    assert clean(text, FRAMEWORKS) == Cleaned(None, refusal)


def test_a_repository_that_many_papers_name_belongs_to_none():
    links = [(str(number), Cleaned("google/all")) for number in range(4)] + [("9", Cleaned("a/b"))]

    found = dict(refuse_shared(links))

    assert found["0"] == Cleaned(None, Refusal.MANY_PAPERS)
    assert found["9"] == Cleaned("a/b")
    assert dict(refuse_shared(links[1:]))["1"] == Cleaned("google/all")


def test_an_abstract_names_each_repository_once():
    text = "Code: https://github.com/a/b, data: (github.com/c/d); again https://github.com/A/B.git."

    assert repositories_in(text) == ["a/b", "c/d"]
