"""A site whose subjects come in blocks has the same files, byte for byte, as one whose subjects come together."""

from dataclasses import replace

from reports.site_facts import BY_SUBJECT, SiteFacts
from tests.reports.site_builders import files_of, site


def test_blocks_of_subjects_make_the_same_site():
    whole = site(duckdb_bytes=1)
    first, second = (block(whole, names) for names in (("alpha", "beta"), ("gamma", "lib", "omega")))

    apart, together = files_of([first, second]), files_of([whole])

    assert apart.keys() == together.keys()
    assert [name for name in together if apart[name] != together[name] and not name.endswith(".parquet")] == []


def block(whole: SiteFacts, names: tuple[str, ...]) -> SiteFacts:
    own = {name: {one: by[one] for one in names if one in by} for name in BY_SUBJECT for by in [getattr(whole, name)]}
    return replace(whole, cards=[card for card in whole.cards if card.subject in names], **own)
