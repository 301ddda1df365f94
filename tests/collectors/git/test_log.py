"""The commits of a default branch: fetched by real git from hand-made repositories, read, and counted."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.observation import Observation, Reason
from catalog.subject import Subject
from collectors.errors import (
    GoneError,
    IncompleteError,
    LimitError,
    NoAnswerError,
    NotSupportedError,
    RestrictedError,
    SourceError,
    TooLargeError,
)
from collectors.git import clone as git_clone
from collectors.git import log as git_log
from collectors.git import process as git_process
from collectors.git.clone import OtherHistoryError, fetch, is_kept
from collectors.git.identities import Kind
from collectors.git.log import Commit, observe, read_log
from collectors.git.process import BrokenError, CloneError
from collectors.git.topics import topics_of
from tests.collectors.git.git_server import ANN, BOB, GitServer, Repository, git, serve_from
from tests.collectors.loopback import Asked, Reply, Wire, always

MONDAY = datetime(2026, 5, 4)
WEDNESDAY = datetime(2026, 5, 6)
NO_TOPICS = {
    "github.performance_commits_365d": (0, None),
    "github.performance_authors_365d": (0, 0),
    "github.documentation_commits_365d": (0, None),
}
SECOND = timedelta(seconds=1)
PATIENCE_S = 60.0
NOISE = random.Random(1).randbytes(200_000).hex()  # noqa: S311 - no secret
R = Subject(id="r", name="R", kind="library", github="o/r")


@pytest.fixture
def github(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitServer:
    return serve_from(tmp_path, monkeypatch.setenv)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


# --- the hand-made history ---


def test_the_windows_of_a_hand_made_history(github, home):
    by_hand(github.repository())

    commits = read_log(fetch("o/r", home, PATIENCE_S))

    assert values(observe(commits, R, [MONDAY])) == {
        "github.commits_7d": (4, None),
        "github.commits_28d": (5, None),
        "github.commits_90d": (5, None),
        "github.commits_91d": (6, None),
        "github.commits_total": (11, None),
        "github.commits_week": (6 / 52, 6),
        "github.contributors_active_365d": (3, None),
        "github.contributors_new_365d": (2, None),
        "github.absence_factor": (1, 6),
        **NO_TOPICS,
    }


@pytest.mark.parametrize(
    ("title", "topics"),
    [
        ("Speed up the reader", {"performance"}),
        ("[perf] Fix OOM in conv", {"performance"}),
        ("DOC: faster examples", {"performance", "documentation"}),
        ("Add README", {"documentation"}),
        ("Undocumented breakfast", set()),
        ("", set()),
    ],
)
def test_a_commit_is_about_what_whole_words_of_its_first_line_say(title, topics):
    assert topics_of(title) == topics


def test_commits_of_people_about_a_topic_are_counted_with_their_authors(github, home):
    repository = github.repository()
    for who in (ANN, ANN, BOB, ("robot[bot]", "robot@example.net")):
        repository.commit(MONDAY - timedelta(days=3), who, title="Faster kernels")
    repository.commit(MONDAY - timedelta(days=366), ANN, title="Faster kernels")
    repository.commit(MONDAY - timedelta(days=1), ANN, title="Document it")

    found = values(observe(read_log(fetch("o/r", home, PATIENCE_S)), R, [MONDAY]))

    assert {name: found[name] for name in NO_TOPICS} == {
        "github.performance_commits_365d": (3, None),
        "github.performance_authors_365d": (2, 3),
        "github.documentation_commits_365d": (1, None),
    }


def test_two_days_later_the_weeks_still_end_on_monday_and_the_other_windows_do_not(github, home):
    by_hand(github.repository())

    commits = read_log(fetch("o/r", home, PATIENCE_S))

    assert values(observe(commits, R, [WEDNESDAY])) == {
        "github.commits_7d": (4, None),
        "github.commits_28d": (5, None),
        "github.commits_90d": (6, None),
        "github.commits_91d": (6, None),
        "github.commits_total": (12, None),
        "github.commits_week": (6 / 52, 6),
        "github.contributors_active_365d": (3, None),
        "github.contributors_new_365d": (1, None),
        "github.absence_factor": (1, 5),
        **NO_TOPICS,
    }


def test_on_a_sunday_the_week_that_still_runs_is_left_out(github, home):
    by_hand(github.repository())

    commits = read_log(fetch("o/r", home, PATIENCE_S))

    assert values(observe(commits, R, [datetime(2026, 5, 3)]))["github.commits_week"] == (5 / 52, 5)


def test_merges_are_told_by_their_parents_and_kinds_by_their_authors(github, home):
    by_hand(github.repository())

    commits = read_log(fetch("o/r", home, PATIENCE_S))

    assert len(commits) == 12
    assert [one.committed_at for one in commits if one.is_merge] == [datetime(2026, 5, 1)]
    assert {one.kind: one.committed_at for one in commits if one.kind is not Kind.HUMAN} == {
        Kind.BOT: datetime(2026, 4, 6),
        Kind.PROXY: datetime(2026, 4, 27),
    }


def test_no_name_and_no_address_leaves_the_module(github, home):
    by_hand(github.repository())

    told = repr(read_log(fetch("o/r", home, PATIENCE_S))).lower()

    assert not [word for word in ("ann", "bob", "@", "edge", "authors", "example") if word in told]


def test_every_moment_of_a_list_is_answered_once_in_order_of_time(github, home):
    by_hand(github.repository())
    commits = read_log(fetch("o/r", home, PATIENCE_S))

    found = list(observe(commits, R, [WEDNESDAY, MONDAY, WEDNESDAY]))

    assert [one.valid_at for one in found] == [MONDAY] * 12 + [WEDNESDAY] * 12
    assert found[:12] == list(observe(commits, R, [MONDAY]))
    assert {(one.method, one.subject, one.url) for one in found} == {("exact", "r", "https://github.com/o/r")}


def test_what_github_counts_too_names_the_clone_as_its_source():
    found = {one.metric: one.source for one in observe([], R, [MONDAY])}

    assert {metric for metric, source in found.items() if source == "git"} == {
        "github.commits_7d",
        "github.commits_28d",
        "github.commits_90d",
        "github.commits_91d",
        "github.commits_total",
    }
    assert set(found.values()) == {"git", "github"}


@given(
    st.lists(st.tuples(st.integers(-800, 5), st.sampled_from("abcdef"), st.booleans(), st.sampled_from(Kind))),
)
def test_who_is_new_and_what_was_committed_are_those_of_a_plain_count(made):
    commits = [commit(MONDAY + timedelta(days=day), who, kind, is_merge=merge) for day, who, merge, kind in made]
    firsts: dict[str, int] = {}
    for day, who, merge, kind in made:
        if kind is Kind.HUMAN and not merge:
            firsts[who] = min(day, firsts.get(who, day))

    found = values(observe(commits, R, [MONDAY]))

    assert found["github.contributors_new_365d"] == (sum(-365 <= day < 0 for day in firsts.values()), None)
    assert found["github.commits_90d"] == (sum(-90 <= day < 0 for day, *_ in made), None)


def test_before_the_first_commit_everything_is_zero():
    assert {value for value, _ in values(observe([], R, [MONDAY])).values()} == {0}


@pytest.mark.parametrize(
    ("by_author", "factor"),
    [
        ({"a": 5, "b": 3, "c": 2}, 1),
        ({"a": 4, "b": 3, "c": 2}, 2),
        ({"a": 1, "b": 1, "c": 1, "d": 1}, 2),
        ({"a": 1}, 1),
    ],
    ids=["exactly half is enough", "just under half is not", "four alike need two", "one alone"],
)
def test_the_absence_factor_is_the_fewest_people_with_half_of_the_commits(by_author, factor):
    commits = [commit(MONDAY - SECOND, author) for author, times in by_author.items() for _ in range(times)]

    assert values(observe(commits, R, [MONDAY]))["github.absence_factor"] == (factor, sum(by_author.values()))


def test_bots_and_proxies_neither_make_half_nor_count_among_all():
    commits = [commit(MONDAY - SECOND, "robot", Kind.BOT)] * 9 + [commit(MONDAY - SECOND, "team", Kind.PROXY)] * 9
    commits += [
        commit(MONDAY - SECOND, "ann"),
        commit(MONDAY - SECOND, "bob"),
        commit(MONDAY - SECOND, "cy", is_merge=True),
    ]

    found = values(observe(commits, R, [MONDAY]))

    assert found["github.absence_factor"] == (1, 2)
    assert found["github.contributors_active_365d"] == (2, None)
    assert found["github.commits_week"] == (11 / 52, 11)


def test_every_moment_of_a_large_log_is_answered():
    start = datetime(2015, 1, 5)
    commits = [
        commit(start + timedelta(minutes=29 * n), f"a{n * n % 5003}", is_merge=n % 5 == 0) for n in range(20_000)
    ]
    moments = [start + timedelta(days=4 * n) for n in range(1000)]

    found = sum(1 for _ in observe(commits, R, moments))

    assert found == 12_000


# --- identities ---


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("Ann", "ann@example.net"), ("Ann", "ann@home.net")),
        (("Ann", "ann@example.net"), ("A. N.", "ANN@Example.net")),
        (("Ann", "123+annie@users.noreply.github.com"), ("annie", "annie@users.noreply.github.com")),
        (("ann  LEE", "ann@example.net"), ("Ann Lee", "lee@home.net")),
        (("root", "ann@example.net"), ("Ann", "ann@example.net")),
    ],
    ids=[
        "one name",
        "one address in other case",
        "one account",
        "one name in other spacing",
        "a real address and root",
    ],
)
def test_these_are_one_person(github, home, one, other):
    assert len(authors(github, home, one, other)) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (("root", "ann@example.net"), ("root", "bob@example.net")),
        (("Ann", "noreply@github.com"), ("Bob", "noreply@github.com")),
        (("Ann", "root@localhost"), ("Bob", "root@localhost")),
        (("Ann", ""), ("Bob", "")),
        (("", "ann@example.net"), ("", "bob@example.net")),
        (("root", "root@localhost"), ("unknown", "root@localhost")),
        (("Ann", "1+ann@users.noreply.github.com"), ("Bob", "1+bob@users.noreply.github.com")),
        (("Ann", "bob@users.noreply.github.com"), ("Bob", "bob")),
        (("Ann", "no-reply@google.com"), ("Ann", "ann@example.net")),
    ],
    ids=[
        "root",
        "web address",
        "machine",
        "no address",
        "no name",
        "nothing but generic",
        "accounts",
        "a word",
        "a proxy",
    ],
)
def test_these_are_two(github, home, one, other):
    assert len(authors(github, home, one, other)) == 2


def test_a_chain_of_names_and_addresses_is_one_person(github, home):
    chain = [("Ann", "ann@one.net"), ("Ann Lee", "ann@two.net"), ("Ann Lee", "ann@three.net"), ("Ann", "ann@two.net")]

    assert len(authors(github, home, *chain)) == 1


def test_the_fingerprint_is_of_the_address_of_the_first_commit(github, home):
    assert authors(github, home, ("Ann", "Ann@Example.net"), ("Ann", "a@home.net")) == {"2a8d4e854810"}


@pytest.mark.parametrize(
    ("who", "kind"),
    [
        (("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com"), Kind.BOT),
        (("someone", "1+some[bot]@users.noreply.github.com"), Kind.BOT),
        (("new-thing[bot]", "x@example.net"), Kind.BOT),
        (("PyTorch MergeBot", "pytorchmergebot@users.noreply.github.com"), Kind.BOT),
        (("Facebook Community Bot", "6422482+facebook-github-bot@users.noreply.github.com"), Kind.BOT),
        (("renovate", "renovate@example.net"), Kind.BOT),
        (("Copilot", "198982749+Copilot@users.noreply.github.com"), Kind.BOT),
        (("Copybara-Service", "copybara-worker@google.com"), Kind.BOT),
        (("A. Unique TensorFlower", "gardener@tensorflow.org"), Kind.PROXY),
        (("TensorFlower Gardener", "gardener@tensorflow.org"), Kind.PROXY),
        (("jax authors", "no-reply@google.com"), Kind.PROXY),
        (("Flax Authors", "no-reply@google.com"), Kind.PROXY),
        (("Abbott", "abbot@example.net"), Kind.HUMAN),
        (("[bot] lover", "ann@example.net"), Kind.HUMAN),
    ],
    ids=lambda value: value[0] if isinstance(value, tuple) else value,
)
def test_the_author_says_whether_it_is_a_person(github, home, who, kind):
    github.repository().commit(MONDAY, who)

    assert [one.kind for one in read_log(fetch("o/r", home, PATIENCE_S))] == [kind]


def test_the_committer_does_not_matter(github, home):
    repository = github.repository()
    repository.commit(MONDAY, ANN)

    (found,) = read_log(fetch("o/r", home, PATIENCE_S))

    assert found.kind is Kind.HUMAN


# --- reading ---


def test_the_mailmap_of_tonight_is_respected(github, home):
    repository = github.repository()
    repository.commit(MONDAY, ANN)
    repository.commit(MONDAY, ("Other", "other@example.net"))
    before = read_log(fetch("o/r", home, PATIENCE_S))
    mailmap = repository.tree(mailmap="Ann <ann@example.net> <other@example.net>\n")
    repository.commit(MONDAY, ANN, tree=mailmap)

    after = read_log(fetch("o/r", home, PATIENCE_S))

    assert len({one.author for one in before}) == 2
    assert len({one.author for one in after}) == 1


def test_a_mailmap_that_puts_a_name_right_unites_by_that_name(github, home):
    repository = github.repository()
    repository.commit(MONDAY, ("al", "ann@one.net"))
    repository.commit(MONDAY, ("Ann Lee", "ann@two.net"), tree=repository.tree(mailmap="Ann Lee <ann@one.net>\n"))

    assert len({one.author for one in read_log(fetch("o/r", home, PATIENCE_S))}) == 1


def test_a_mailmap_of_the_operator_changes_nothing(github, home, tmp_path):
    repository = github.repository()
    repository.commit(MONDAY, ANN)
    repository.commit(MONDAY, BOB)
    (tmp_path / "mailmap").write_text("Ann <ann@example.net> <bob@example.net>\n")
    with github.config.open("a") as file:
        file.write(f"[mailmap]\n\tfile = {tmp_path / 'mailmap'}\n[log]\n\tshowSignature = true\n")

    assert len({one.author for one in read_log(fetch("o/r", home, PATIENCE_S))}) == 2


def test_without_its_mailmap_the_log_is_read_as_it_is_and_says_so(github, home, caplog):
    repository = github.repository()
    repository.commit(MONDAY, ANN)
    repository.commit(
        MONDAY,
        ("Other", "other@example.net"),
        tree=repository.tree(mailmap="Ann <ann@example.net> <other@example.net>"),
    )
    clone = fetch("o/r", home, PATIENCE_S)
    without_lazy_objects(clone)

    found = read_log(clone)

    assert len({one.author for one in found}) == 2
    assert ".mailmap could not be had" in caplog.text


def test_no_mailmap_is_nothing_to_say(github, home, caplog):
    github.repository().commit(MONDAY)

    read_log(fetch("o/r", home, PATIENCE_S))

    assert not caplog.text


def test_commits_without_a_usable_date_are_left_out_and_counted(github, home, caplog):
    repository = github.repository()
    for date in ("-5", "99999999999999999999", "253402300800", "9" * 5000, "x", ""):
        repository.commit(date)
    repository.commit("0")
    repository.commit(MONDAY)

    found = read_log(fetch("o/r", home, PATIENCE_S))

    assert sorted(one.committed_at for one in found) == [datetime(1970, 1, 1), MONDAY]
    with pytest.raises(ValueError, match="no moment"):
        git_log._row(b"0\x00-5\x00\x00Ann\x00ann@example.net\x00Fix\n")  # as newer versions of git may write it
    assert "6 commits without a usable date left out" in caplog.text


def test_names_in_odd_encodings_are_read(github, home):
    repository = github.repository()
    repository.commit(MONDAY, ("Ren\xe9", "rene@example.net"), encoding="latin-1")
    repository.commit(MONDAY, ("Ren\xe9", "other@example.net"), encoding="latin-1")
    repository.commit(MONDAY, ("Ren\xe8", "ren\xe9@example.net"), encoding="latin-1")
    repository.commit(MONDAY, ("\u674e\u96f7", "li@example.net"))

    assert len({one.author for one in read_log(fetch("o/r", home, PATIENCE_S))}) == 3


def test_a_log_that_breaks_off_is_an_error(github, home):
    repository = github.repository()
    repository.commit(MONDAY)
    repository.commit(MONDAY, BOB)
    clone = fetch("o/r", home, PATIENCE_S)
    without_commits(clone)

    with pytest.raises(BrokenError):
        read_log(clone)


def test_a_clone_that_is_not_there_is_an_error(home):
    with pytest.raises(SourceError, match="none"):
        read_log(home / "none.git")


def test_a_log_cannot_be_read_where_nothing_can_be_written(github, home, monkeypatch):
    github.repository().commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)

    def full(*_: object, **__: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(git_log.tempfile, "TemporaryFile", full)

    with pytest.raises(CloneError, match="No space left"):
        read_log(clone)


# --- fetching ---


def test_the_clone_stands_under_the_id_when_there_is_one(github, home):
    github.repository("Owner/Name").commit(MONDAY)

    assert fetch("Owner/Name", home, PATIENCE_S) == home / "git" / "owner__name.git"
    assert fetch("Owner/Name", home, PATIENCE_S, github_id=42) == home / "git" / "42.git"


def test_the_clone_has_no_files(github, home):
    repository = github.repository()
    repository.commit(MONDAY, tree=repository.tree(secret="contents", mailmap="Ann <ann@example.net>\n"))
    repository.commit(MONDAY)

    clone = fetch("o/r", home, PATIENCE_S)

    kinds = git(f"--git-dir={clone}", "cat-file", "--batch-all-objects", "--batch-check=%(objecttype)").split()
    assert kinds.count("commit") == 2
    assert "blob" not in kinds


def test_the_next_night_brings_only_what_is_new(github, home):
    repository = github.repository()
    first = repository.commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    mark = clone / "mark"
    mark.touch()
    second = repository.commit(WEDNESDAY, BOB)

    assert [one.sha for one in read_log(fetch("o/r", home, PATIENCE_S))] == [second, first]
    assert mark.exists()


def test_a_night_without_commits_changes_nothing(github, home):
    by_hand(github.repository())
    before = read_log(fetch("o/r", home, PATIENCE_S))

    assert read_log(fetch("o/r", home, PATIENCE_S)) == before


def test_a_renamed_branch_is_followed(github, home):
    repository = github.repository()
    old = repository.commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    new = repository.commit(WEDNESDAY, BOB, parents=[old], branch="trunk")
    repository.git("symbolic-ref", "HEAD", "refs/heads/trunk")
    repository.git("update-ref", "-d", "refs/heads/main")

    assert [one.sha for one in read_log(fetch("o/r", home, PATIENCE_S))] == [new, old]
    assert clone.exists()


def test_another_default_branch_counts_though_the_old_one_still_stands(github, home):
    repository = github.repository()
    first = repository.commit(MONDAY)
    repository.commit(MONDAY, BOB)
    fetch("o/r", home, PATIENCE_S)
    new = repository.commit(WEDNESDAY, BOB, parents=[first], branch="trunk")
    repository.git("symbolic-ref", "HEAD", "refs/heads/trunk")

    assert [one.sha for one in read_log(fetch("o/r", home, PATIENCE_S))] == [new, first]


def test_a_forced_push_replaces_the_history(github, home):
    repository = github.repository()
    first = repository.commit(MONDAY)
    repository.commit(MONDAY)
    mark = fetch("o/r", home, PATIENCE_S) / "mark"
    mark.touch()
    only = repository.commit(WEDNESDAY, BOB, parents=[first])

    assert [one.sha for one in read_log(fetch("o/r", home, PATIENCE_S))] == [only, first]
    assert mark.exists()


def test_a_history_that_goes_on_is_walked_to_its_beginning_once(github, home, monkeypatch):
    repository, walked = github.repository(), []
    first = repository.commit(MONDAY)
    fetch("o/r", home, PATIENCE_S)
    monkeypatch.setattr(git_clone, "_roots", lambda *of, roots=git_clone._roots: (walked.append(of[1]), roots(*of))[1])

    fetch("o/r", home, PATIENCE_S)
    second = repository.commit(WEDNESDAY, BOB)
    assert [one.sha for one in read_log(fetch("o/r", home, PATIENCE_S))] == [second, first]
    assert walked == ["HEAD", "HEAD"]
    repository.commit(WEDNESDAY, ANN, parents=[first])
    fetch("o/r", home, PATIENCE_S)

    assert walked == ["HEAD", "HEAD", "HEAD", git_clone.ARRIVED]


def test_a_history_that_is_merged_in_brings_first_commits_of_its_own(github, home):
    repository = github.repository()
    first = repository.commit(MONDAY)
    fetch("o/r", home, PATIENCE_S)
    foreign = repository.commit(MONDAY, BOB, parents=[], branch="side")
    merge = repository.commit(WEDNESDAY, parents=[first, foreign])

    assert {one.sha for one in read_log(fetch("o/r", home, PATIENCE_S))} == {first, foreign, merge}


def test_a_history_with_other_first_commits_is_set_aside_and_the_clone_stays(github, home):
    repository = github.repository()
    first = repository.commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    stranger = repository.commit(WEDNESDAY, BOB, parents=[])

    for _ in range(2):
        with pytest.raises(OtherHistoryError, match=r"o/r.git begins with other commits than the clone o__r.git"):
            fetch("o/r", home, PATIENCE_S)

    assert [one.sha for one in read_log(clone)] == [first]
    refs = git(f"--git-dir={clone}", "for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    assert refs == [f"refs/heads/default {first}", f"refs/set-aside/default {stranger}"]


def test_the_night_after_a_stranger_goes_on_where_the_clone_stood(github, home):
    repository = github.repository()
    first = repository.commit(MONDAY)
    fetch("o/r", home, PATIENCE_S)
    repository.commit(WEDNESDAY, BOB, parents=[])
    with pytest.raises(OtherHistoryError):
        fetch("o/r", home, PATIENCE_S)
    second = repository.commit(WEDNESDAY, parents=[first])

    assert [one.sha for one in read_log(fetch("o/r", home, PATIENCE_S))] == [second, first]


def test_a_stranger_does_not_get_into_a_clone_that_must_be_made_anew(github, home):
    repository = github.repository()
    repository.commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    (clone / "refs/arrived").mkdir(exist_ok=True)
    (clone / "refs/arrived/default.lock").touch()
    repository.commit(WEDNESDAY, BOB, parents=[])

    with pytest.raises(OtherHistoryError):
        fetch("o/r", home, PATIENCE_S)
    assert not is_kept("o/r", home)


def test_a_clone_is_kept_once_it_is_whole(github, home):
    github.repository("o/r").commit(MONDAY)

    assert not is_kept("o/r", home, 7)
    clone = fetch("o/r", home, PATIENCE_S, github_id=7)
    assert is_kept("o/r", home, 7)
    without_commits(clone)
    assert not is_kept("o/r", home, 7)


def test_other_branches_and_tags_stay_where_they_are(github, home):
    repository = github.repository()
    main = repository.commit(MONDAY)
    repository.commit(MONDAY, BOB, parents=[main], branch="side")
    repository.git("tag", "v1", "refs/heads/side")
    repository.git("tag", "v0", main)

    clone = fetch("o/r", home, PATIENCE_S)

    assert git(f"--git-dir={clone}", "for-each-ref", "--format=%(refname)").split() == ["refs/heads/default"]
    assert len(read_log(clone)) == 1


def test_a_renamed_repository_keeps_its_clone(github, home):
    repository = github.repository("o/old")
    first = repository.commit(MONDAY)
    mark = fetch("o/old", home, PATIENCE_S, github_id=7) / "mark"
    mark.touch()
    (github.folder / "o/old.git").rename(github.folder / "o/new.git")
    second = Repository(github.folder / "o/new.git").commit(WEDNESDAY)

    assert [one.sha for one in read_log(fetch("o/new", home, PATIENCE_S, github_id=7))] == [second, first]
    assert mark.exists()


@pytest.mark.parametrize(
    "config",
    [{"uploadpack.allowFilter": "false"}, {"uploadpackfilter.tree.allow": "false"}],
    ids=["filters are ignored", "filters are refused"],
)
def test_a_server_that_does_not_filter_sends_everything_and_goes_on_doing_so(github, home, config):
    repository = github.repository(**{key.replace(".", "__"): text for key, text in config.items()})
    repository.commit(MONDAY, tree=repository.tree(mailmap="Ann <ann@example.net>\n"))
    fetch("o/r", home, PATIENCE_S)
    repository.commit(WEDNESDAY)

    assert len(read_log(fetch("o/r", home, PATIENCE_S))) == 2


def test_a_server_that_stops_filtering_is_asked_for_everything(github, home):
    repository = github.repository()
    repository.commit(MONDAY)
    fetch("o/r", home, PATIENCE_S)
    repository.git("config", "uploadpackfilter.tree.allow", "false")
    repository.commit(WEDNESDAY)

    assert len(read_log(fetch("o/r", home, PATIENCE_S))) == 2


def test_what_a_hook_leaves_in_the_environment_does_not_lead_astray(github, home, tmp_path, monkeypatch):
    github.repository().commit(MONDAY)
    git("init", "--quiet", str(tmp_path / "mine"))
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "mine/.git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(tmp_path / "mine/.git/objects"))

    assert len(read_log(fetch("o/r", home, PATIENCE_S))) == 1
    assert not list((tmp_path / "mine/.git/objects/pack").iterdir())


# --- clones that are half made or broken ---


def test_a_run_killed_in_the_middle_leaves_nothing_that_the_next_one_trips_over(github, home, server):
    by_hand(github.repository())
    server.answering = lambda wire, _: wire.server.released.wait(30) and None
    github.leads_to(f"{server.url}/")
    script = f"from pathlib import Path; from collectors.git.clone import fetch; fetch('o/r', Path({str(home)!r}), 60)"
    with subprocess.Popen([sys.executable, "-c", script]) as run:
        until(lambda: server.asked)
        run.send_signal(signal.SIGKILL)
    half = home / "git/o__r.git"
    (half / "objects/pack/tmp_pack_abc").write_bytes(b"half")
    (half / "config.lock").touch()
    server.released.set()
    github.leads_to(f"{github.folder}/")

    assert len(read_log(fetch("o/r", home, PATIENCE_S))) == 12
    assert not list(half.rglob("tmp_pack*"))


def test_a_stale_lock_costs_the_clone_and_nothing_else(github, home, caplog):
    repository = github.repository()
    repository.commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    (clone / "refs/heads/default.lock").touch()
    repository.commit(WEDNESDAY)

    assert len(read_log(fetch("o/r", home, PATIENCE_S))) == 2
    assert "made anew" in caplog.text


@pytest.mark.parametrize("damage", ["no commits", "truncated pack", "no config", "no repository"])
def test_a_broken_clone_is_made_anew(github, home, damage):
    by_hand(github.repository())
    clone = fetch("o/r", home, PATIENCE_S)
    DAMAGES[damage](clone)

    assert len(read_log(fetch("o/r", home, PATIENCE_S))) == 12


def test_a_clone_that_breaks_twice_is_an_error(home, fake_git):
    fake_git('echo "fatal: something new" >&2; exit 128')

    with pytest.raises(BrokenError, match="something new") as caught:
        fetch("o/r", home, PATIENCE_S)

    assert caught.value.reason is Reason.INCOMPLETE
    assert "git/" in caught.value.next_step


def test_a_full_disk_does_not_cost_the_clone_that_stands(github, home, fake_git):
    github.repository().commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    fake_git('case "$*" in *fetch*) echo "fatal: write error: No space left on device" >&2; exit 128;; esac')

    with pytest.raises(CloneError, match="No space left"):
        fetch("o/r", home, PATIENCE_S)

    assert len(read_log(clone)) == 1


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(CloneError, match="cannot be kept"):
        fetch("o/r", tmp_path / "file", PATIENCE_S)


# --- what the server says ---


def test_a_missing_repository_is_gone(github, home):
    with pytest.raises(GoneError) as caught:
        fetch("o/none", home, PATIENCE_S)

    assert caught.value.reason is Reason.NOT_FOUND


def test_a_repository_that_went_leaves_the_clone(github, home):
    repository = github.repository()
    repository.commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    repository.path.rename(repository.path.with_name("elsewhere.git"))

    with pytest.raises(GoneError):
        fetch("o/r", home, PATIENCE_S)

    assert len(read_log(clone)) == 1


def test_a_repository_without_commits_is_incomplete(github, home):
    github.repository()

    with pytest.raises(IncompleteError, match="HEAD"):
        fetch("o/r", home, PATIENCE_S)


def test_a_history_that_was_cut_off_is_incomplete(github, home):
    repository = github.repository("o/whole")
    repository.commit(MONDAY)
    repository.commit(MONDAY)
    git("clone", "--quiet", "--bare", "--depth=1", f"file://{repository.path}", str(github.folder / "o/r.git"))

    with pytest.raises(IncompleteError, match="a part of the history"):
        fetch("o/r", home, PATIENCE_S)


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, GoneError), (410, GoneError), (401, GoneError), (403, RestrictedError), (451, RestrictedError), (429, LimitError), (500, NoAnswerError), (503, NoAnswerError)],
)  # fmt: skip
def test_a_status_says_who_must_act(github, home, server, status, error):
    server.answering = always(Reply(status, b"", {"WWW-Authenticate": 'Basic realm="GitHub"'} if status == 401 else {}))
    github.leads_to(f"{server.url}/")

    with pytest.raises(SourceError) as caught:
        fetch("o/r", home, PATIENCE_S)

    assert type(caught.value) is error


@pytest.mark.parametrize(
    "base", ["http://nowhere.invalid/", "http://127.0.0.1:1/"], ids=["no such host", "nobody listens"]
)
def test_no_network_is_no_answer_and_says_the_same_for_every_repository(github, home, base):
    github.leads_to(base)
    said = set()
    for name in ("o/a", "o/b"):
        with pytest.raises(NoAnswerError) as caught:
            fetch(name, home, PATIENCE_S)
        said.add(str(caught.value).partition(" after ")[0])

    assert len(said) == 1
    assert caught.value.reason is Reason.UNREACHABLE


def test_a_clone_survives_a_night_without_network(github, home):
    github.repository().commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    github.leads_to("http://127.0.0.1:1/")

    with pytest.raises(NoAnswerError):
        fetch("o/r", home, PATIENCE_S)

    assert len(read_log(clone)) == 1


def test_a_silent_server_is_given_up_when_the_time_is_up(github, home, server):
    server.answering = lambda wire, _: wire.server.released.wait(30) and None
    github.leads_to(f"{server.url}/")

    began = time.monotonic()
    with pytest.raises(NoAnswerError, match="time was up"):
        fetch("o/r", home, 1.0)

    assert time.monotonic() - began < 10


def test_a_server_that_drips_is_given_up_when_the_time_is_up(github, home, server):
    server.answering = drip
    github.leads_to(f"{server.url}/")

    began = time.monotonic()
    with pytest.raises(NoAnswerError, match="time was up"):
        fetch("o/r", home, 1.0)

    assert time.monotonic() - began < 10


def test_a_history_larger_than_a_clone_may_be_is_too_large_and_leaves_nothing(github, home, monkeypatch):
    repository = github.repository(uploadpack__allowFilter="false")
    repository.commit(MONDAY, tree=repository.tree(noise=NOISE))
    monkeypatch.setattr(git_process, "LARGEST_FILE", 2**16)

    with pytest.raises(TooLargeError) as caught:
        fetch("o/r", home, PATIENCE_S)

    assert caught.value.reason is Reason.TOO_LARGE
    assert not (home / "git/o__r.git").exists()


def test_what_makes_a_clone_too_large_one_night_does_not_cost_what_stands(github, home, monkeypatch):
    repository = github.repository(uploadpack__allowFilter="false")
    repository.commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    repository.commit(MONDAY, tree=repository.tree(noise=NOISE))
    monkeypatch.setattr(git_process, "LARGEST_FILE", 2**16)

    for _ in range(2):
        with pytest.raises(TooLargeError):
            fetch("o/r", home, PATIENCE_S)

    assert len(read_log(clone)) == 1
    assert len(list(clone.glob("objects/pack/tmp_*"))) <= 1


def test_a_slow_disk_does_not_cost_the_clone(github, home, monkeypatch):
    github.repository().commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)

    with pytest.raises(NoAnswerError, match="time was up"):
        fetch("o/r", home, 0.0)

    assert len(read_log(clone)) == 1


def test_when_the_time_is_up_the_children_of_git_end_too(home, fake_git, tmp_path, monkeypatch):
    monkeypatch.setattr(git_process, "PATIENCE_S", 0.2)
    fake_git(f"trap '' TERM; sleep 300 & echo $! > {tmp_path}/child; wait; sleep 300")

    with pytest.raises(NoAnswerError, match="time was up"):
        fetch("o/r", home, 1.0)

    until(lambda: not is_running(int((tmp_path / "child").read_text())))


def test_two_runs_do_not_fetch_the_same_clone_at_once(github, home):
    github.repository().commit(MONDAY)
    (home / "git").mkdir(parents=True)

    with git_clone.FileLock(home / "git/o__r.lock"), pytest.raises(NoAnswerError, match="another run"):
        fetch("o/r", home, 0.2)


def test_a_server_that_does_not_give_the_mailmap_costs_only_the_mailmap(github, home, fake_git, caplog):
    repository = github.repository()
    repository.commit(MONDAY, tree=repository.tree(mailmap="Ann <ann@example.net>\n"))
    fake_git('case "$GIT_NO_LAZY_FETCH $*" in 0*cat-file*) echo "fatal: early EOF" >&2; exit 128;; esac')

    assert len(read_log(fetch("o/r", home, PATIENCE_S))) == 1
    assert ".mailmap could not be had" in caplog.text


# --- git itself ---


def test_a_machine_without_git_says_what_to_do(home, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))

    with pytest.raises(NotSupportedError) as caught:
        fetch("o/r", home, PATIENCE_S)

    assert caught.value.reason is Reason.NOT_SUPPORTED
    assert "install git" in caught.value.next_step
    with pytest.raises(NotSupportedError):
        read_log(tmp_path)


def test_where_git_went_missing_the_clone_stays(github, home, tmp_path, monkeypatch):
    github.repository().commit(MONDAY)
    clone = fetch("o/r", home, PATIENCE_S)
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/env").symlink_to(shutil.which("env"))
    with monkeypatch.context() as without_git:
        without_git.setenv("PATH", str(tmp_path / "bin"))
        with pytest.raises(NotSupportedError) as caught:
            fetch("o/r", home, PATIENCE_S)

    assert "install git" in caught.value.next_step
    assert len(read_log(clone)) == 1


def test_a_git_too_old_says_what_to_do(home, fake_git):
    fake_git("echo 'error: unknown option `initial-branch=default`' >&2; echo 'usage: git init' >&2; exit 129")

    with pytest.raises(NotSupportedError, match="unknown option"):
        fetch("o/r", home, PATIENCE_S)


def test_a_git_that_dies_without_a_word_is_an_error(home, fake_git):
    fake_git("exit 1")

    with pytest.raises(BrokenError, match="git ended with 1"):
        fetch("o/r", home, PATIENCE_S)


def test_nobody_is_asked_for_a_password(home, fake_git, tmp_path):
    fake_git(f"env > {tmp_path}/seen; exit 1")

    with pytest.raises(SourceError):
        fetch("o/r", home, PATIENCE_S)

    seen = (tmp_path / "seen").read_text().splitlines()
    assert {"GIT_TERMINAL_PROMPT=0", "GIT_ASKPASS="} <= set(seen)


def test_a_secret_in_an_address_stays_out_of_the_message(home, fake_git):
    fake_git("echo \"fatal: could not read Password for 'https://ghp_secret@github.com'\" >&2; exit 128")

    with pytest.raises(GoneError) as caught:
        fetch("o/r", home, PATIENCE_S)

    assert "ghp_secret" not in str(caught.value)


# --- builders ---


def by_hand(repository: Repository) -> None:
    """Twelve commits around Monday, 4 May 2026: on and just outside the edge of every window."""
    mailmap = repository.tree(mailmap="Bob <bob@example.net> Robert <rob@elsewhere.net>\n")
    repository.commit(datetime(2024, 5, 1), ANN)
    repository.commit(MONDAY - timedelta(days=365) - SECOND, ("Old", "old@example.net"))
    repository.commit(MONDAY - timedelta(days=365), ("Edge", "edge@example.net"))
    repository.commit(MONDAY - timedelta(weeks=52), BOB)
    repository.commit(MONDAY - timedelta(days=91) - SECOND, ANN)
    repository.commit(MONDAY - timedelta(days=91), ("Ann", "ann@home.net"))
    repository.commit(
        MONDAY - timedelta(days=28), ("dependabot[bot]", "49699333+dependabot[bot]@users.noreply.github.com")
    )
    main = repository.commit(MONDAY - timedelta(days=7), ("jax authors", "no-reply@google.com"))
    side = repository.commit(datetime(2026, 4, 30), ("Robert", "rob@elsewhere.net"), parents=[main], branch="side")
    repository.commit(datetime(2026, 5, 1), BOB, parents=[main, side])
    repository.commit(MONDAY - SECOND, ("annie", "ANN@example.net"))
    repository.commit(MONDAY, ("Late", "late@example.net"), tree=mailmap)


def commit(at: datetime, author: str, kind: Kind = Kind.HUMAN, *, is_merge: bool = False) -> Commit:
    return Commit("0" * 40, at, author, kind, is_merge)


def values(found) -> dict[str, tuple[float | None, int | None]]:
    return {one.metric: (one.value, one.n) for one in found if isinstance(one, Observation)}


def authors(github: GitServer, home: Path, *signatures: tuple[str, str]) -> set[str]:
    repository = github.repository()
    for number, who in enumerate(signatures):
        repository.commit(MONDAY + number * SECOND, who)
    return {one.author for one in read_log(fetch("o/r", home, PATIENCE_S))}


@pytest.fixture
def fake_git(tmp_path, monkeypatch):
    """Put a shell script in the place of git; where it does not exit, the real one goes on."""
    real = subprocess.run(["which", "git"], capture_output=True, text=True, check=True).stdout.strip()

    def put(script: str) -> None:
        program = tmp_path / "bin/git"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\n{script}\nexec {real} "$@"\n')
        program.chmod(0o755)
        monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")

    return put


def without_lazy_objects(clone: Path) -> None:
    """Let the clone be as if trees and files had never been asked for."""
    without_commits(clone)
    git(f"--git-dir={clone}", "fetch", "--quiet", "--refetch", "--filter=tree:0", "origin", "+HEAD:refs/heads/default")
    assert "blob" not in git(f"--git-dir={clone}", "cat-file", "--batch-all-objects", "--batch-check")


def without_commits(clone: Path) -> None:
    for file in (clone / "objects/pack").iterdir():
        file.unlink()


def _truncate(clone: Path) -> None:
    for pack in (clone / "objects/pack").glob("*.pack"):
        pack.chmod(0o644)
        pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 2])


def _no_config(clone: Path) -> None:
    (clone / "config").write_text("[core\n")


def _no_repository(clone: Path) -> None:
    (clone / "HEAD").unlink()


DAMAGES = {
    "no commits": without_commits,
    "truncated pack": _truncate,
    "no config": _no_config,
    "no repository": _no_repository,
}


def drip(wire: Wire, _: Asked) -> None:
    """Promise much and send a byte now and then."""
    wire.send_response_only(200)
    wire.send_header("Content-Type", "application/x-git-upload-pack-advertisement")
    wire.send_header("Content-Length", "100000")
    wire.end_headers()
    while not wire.server.released.wait(0.1):
        wire.wfile.write(b"0")


def until(done, seconds: float = 10.0) -> None:
    """Wait until something is so."""
    ends = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < ends
        time.sleep(0.02)


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
