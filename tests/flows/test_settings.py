"""Settings that cannot be meant are one sentence that names the setting, never its value."""

import pytest

from catalog.errors import InputError
from flows.settings import load_settings


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "STACKEXCHANGE_KEY", "HF_TOKEN", "SPEEDSCORE_GITHUB_PASSWORD"])
def test_a_secret_of_few_characters_is_refused_by_its_name(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv(name, "1")

    with pytest.raises(InputError, match=f"setting {name}: a secret of fewer than 8 characters is none") as caught:
        load_settings()
    assert "1;" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "ghp_sesame"])
def test_no_secret_and_a_real_one_pass(tmp_path, monkeypatch, text):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GITHUB_TOKEN", text)

    assert load_settings()
