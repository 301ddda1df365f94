"""Questions of a cohort are kept as they were looked at, once."""

from datetime import datetime, timedelta

from warehouse.facts import append_facts
from warehouse.query import rows

DAY = datetime(2026, 5, 1)
ASKED = datetime(2026, 2, 1)
HOUR = timedelta(hours=1)


def test_what_is_landed_again_is_not_kept_again(warehouse):
    some = [question(1, ASKED + HOUR), question(2)]
    assert append_facts(warehouse, "question", some, DAY, "one") == 2

    found = append_facts(warehouse, "question", some, DAY + HOUR, "two")

    assert found == 0
    assert kept(warehouse) == [(1, "one"), (2, "one")]


def test_what_changed_since_is_kept_beside_it(warehouse):
    append_facts(warehouse, "question", [question(1), question(2)], DAY, "one")
    append_facts(warehouse, "question", [question(1, ASKED + HOUR), question(2)], DAY + HOUR, "two")
    append_facts(warehouse, "question", [question(2) | {"seen_until": DAY + 24 * HOUR}], DAY + 24 * HOUR, "three")

    assert kept(warehouse) == [(1, "one"), (1, "two"), (2, "one"), (2, "three")]


def test_the_newest_cohort_of_a_subject_is_counted_each_question_once(warehouse):
    append_facts(warehouse, "question", [question(number) for number in (1, 2, 3)], DAY, "one")
    newest = [question(number) | {"seen_until": DAY + 168 * HOUR} for number in (3, 4)]
    append_facts(warehouse, "question", newest, DAY + 168 * HOUR, "two")
    append_facts(warehouse, "question", [newest[0] | {"first_answer_at": DAY}], DAY + 169 * HOUR, "three")

    assert counted(warehouse, DAY + 200 * HOUR) == {"jax": 2}
    assert counted(warehouse, DAY + HOUR) == {"jax": 3}
    assert counted(warehouse, DAY) == {}


def question(number, first_answer_at=None):
    return {
        "subject": "jax",
        "question": number,
        "asked_at": ASKED,
        "first_answer_at": first_answer_at,
        "seen_until": DAY,
    }


def kept(connection):
    return connection.sql("select question, run_id from question order by question, known_at").fetchall()


def counted(connection, before):
    return {row["subject"]: row["questions"] for row in rows(connection, "memory_questions", before=before)}
