"""Settings from the environment, .env or speedscore.toml; tokens under the names that their ecosystems use."""

import os
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import tomli
from dotenv import dotenv_values
from pydantic import AliasChoices, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from catalog.errors import InputError
from catalog.load import Catalog, load_catalog
from catalog.text import text_of
from collectors.github_api.addresses import graphql_url_of, web_url_of
from collectors.transport.archive import strip_secrets
from flows.places import file_in_the_way

if TYPE_CHECKING:
    from collectors.source import Address


LEAST_CHARACTERS = 8
LONGEST_S = 1_000_000
DOTENV, TABLE = Path(".env"), Path("speedscore.toml")
OWN_NAMES = {"GITHUB_TOKEN", "GH_TOKEN", "HF_TOKEN", "STACKEXCHANGE_KEY"}
"""The settings that have the names of their ecosystems, without our prefix."""


def _formerly(name: str, old: str) -> AliasChoices:
    """Return the names of a setting that had another one; the old name still works."""
    return AliasChoices(*(form for one in (name, old) for form in (f"speedscore_{one}", one)))


class Table(TomlConfigSettingsSource):
    """speedscore.toml, in UTF-8 with or without its mark."""

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        return tomli.loads(text_of(Path(str(file_path))))


class Settings(BaseSettings):
    """Everything that can be set from outside; `speedscore status --settings` shows it."""

    model_config = SettingsConfigDict(
        env_prefix="SPEEDSCORE_",
        env_file=DOTENV,
        toml_file=TABLE,
        extra="ignore",
        frozen=True,
    )

    home_dir: Path = Path("data")
    warehouse: Path | None = None
    catalog: Path | None = None
    github_api_url: str = "https://api.github.com"
    github_graphql_url: str | None = None
    github_web_url: str | None = None
    stackexchange_api_url: str = "https://api.stackexchange.com/2.3"
    discord_api_url: str = "https://discord.com/api/v10"
    papers_archive_url: str = "https://huggingface.co"
    huggingface_url: str = "https://huggingface.co"
    gharchive_url: str = "https://data.gharchive.org"
    dask_address: str | None = None
    pypistats_url: str = "https://pypistats.org/api"
    openreview_url: str = "https://api2.openreview.net"
    openreview_v1_url: str = "https://api.openreview.net"
    paperswithcode_url: str = "https://paperswithcode.co/api/v1"
    venue_site_url: str = "https://{venue}.cc"
    pmlr_url: str = "https://proceedings.mlr.press"
    max_concurrency: int = Field(default=8, ge=1, le=100)
    github_max_wait_s: float = Field(default=60, ge=0, le=LONGEST_S)
    timeout_s: float = Field(default=10, gt=0, le=LONGEST_S)
    recent_days: int = Field(default=30, ge=0, le=366, validation_alias=_formerly("recent_days", "heal_days"))
    recent_calls: int = Field(default=60, ge=0, validation_alias=_formerly("recent_calls", "heal_calls"))
    deadline_s: float = Field(default=60, gt=0, le=LONGEST_S)
    sql_timeout_s: float = Field(default=60, gt=0, le=LONGEST_S)
    duckdb_wasm: Path | None = None
    label: str | None = None
    nightly_cron: str = "0 2 * * *"
    report_cron: str = "0 6 * * 1"
    serve_port: int = Field(default=4200, ge=0, le=65535)
    catch_up: bool = True
    ping_url: SecretStr | None = None
    notify_urls: SecretStr | None = None

    github_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("GITHUB_TOKEN", "GH_TOKEN", "github_token")
    )
    stackexchange_key: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("STACKEXCHANGE_KEY", "stackexchange_key")
    )
    github_login: str | None = None
    github_password: SecretStr | None = None
    github_app_id: str | None = None
    github_app_private_key: SecretStr | None = None
    github_app_installation_id: str | None = None
    github_netrc: bool = False
    hf_token: SecretStr | None = Field(default=None, validation_alias=AliasChoices("HF_TOKEN", "hf_token"))

    @field_validator("home_dir")
    @classmethod
    def _is_no_file(cls, folder: Path) -> Path:
        """Refuse a file where a folder is to be."""
        if taken := file_in_the_way(folder):
            raise ValueError(f"{taken} is a file; name a folder")
        return folder

    @field_validator("home_dir", "warehouse", "catalog", "github_api_url", "duckdb_wasm", mode="before")
    @classmethod
    def _is_named(cls, place: object, info: ValidationInfo) -> object:
        """Take an empty text for the usual place, as compose files hand it on: as a path it is the folder one is in."""
        return cls.model_fields[str(info.field_name)].default if place == "" else place

    @field_validator("github_token", "stackexchange_key", "hf_token")
    @classmethod
    def _is_one_word(cls, secret: SecretStr | None) -> SecretStr | None:
        """Refuse what can stand in no header: it was copied with something beside it."""
        if secret is None:
            return None
        text = secret.get_secret_value().strip()
        if not text.isascii() or any(not "!" <= character <= "~" for character in text):
            raise ValueError("it holds a space, or a character that is not ASCII, as no token does; copy it anew")
        return SecretStr(text)

    @field_validator("github_token", "stackexchange_key", "hf_token", "github_password", "github_app_private_key")
    @classmethod
    def _is_long_enough(cls, secret: SecretStr | None) -> SecretStr | None:
        """Refuse what is no secret: it would be masked wherever it stands, in data too."""
        if secret is not None and 0 < len(secret.get_secret_value()) < LEAST_CHARACTERS:
            least = f"a secret of fewer than {LEAST_CHARACTERS} characters is none"
            raise ValueError(f"{least}; unset it, or set the real one")
        return secret

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - no secret files are read
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Order: arguments, environment, .env, speedscore.toml."""
        return init_settings, env_settings, dotenv_settings, Table(settings_cls)

    @property
    def published(self) -> Path:
        """The warehouse that everybody reads."""
        return self.warehouse or self.home_dir / "speedscore.duckdb"

    @property
    def graphql_url(self) -> str:
        """Where GraphQL queries go."""
        return self.github_graphql_url or graphql_url_of(self.github_api_url)

    @property
    def web_url(self) -> str:
        """Where GitHub's clones come from and its links lead: as set, else as the address of the API tells."""
        return (self.github_web_url or web_url_of(self.github_api_url)).rstrip("/")

    @property
    def github_credentials(self) -> dict[str, str]:
        """The credentials for GitHub that are set, by the names that PyGithub's classes use."""
        given = {
            "token": _reveal(self.github_token),
            "login": self.github_login,
            "password": _reveal(self.github_password),
            "app_id": self.github_app_id,
            "app_private_key": _reveal(self.github_app_private_key),
            "app_installation_id": self.github_app_installation_id,
            "netrc": "yes" if self.github_netrc else None,
        }
        return {name: value for name, value in given.items() if value}

    def base_url(self, address: "Address | None") -> str:
        """Return the base address of a source without a slash at its end: as set, else as the source has it."""
        if address is None:
            return ""
        return (self._set(address.setting) or address.default).rstrip("/")

    def secret_of(self, address: "Address | None") -> str | None:
        """Return the secret that a source names, where it is set."""
        return self._set(address.secret) if address and address.secret else None

    def secrets_of(self, address: "Address | None") -> list[str]:
        """Return every secret text that a run of a source may send: none of them may reach a file."""
        kept = (self.github_token, self.github_password, self.github_app_private_key)
        known = [_reveal(secret) for secret in (*kept, self.stackexchange_key, self.hf_token)]
        return [secret for secret in (*known, self.secret_of(address)) if secret]

    def masked(self, text: str) -> str:
        """Return a text without the secrets that are set, and without parameters that carry one."""
        for secret in self.secrets_of(None):
            text = text.replace(secret, "***")
        return strip_secrets(text)

    def _set(self, name: str) -> str | None:
        """Return a setting as text; one that only a source knows stands in the environment, .env or the TOML file."""
        if name in type(self).model_fields:
            found = getattr(self, name)
            return found.get_secret_value() if isinstance(found, SecretStr) else found
        return _unlisted().get(name)

    @property
    def followed(self) -> Catalog:
        """The catalog: the shipped one, with the user's own on top or in its place."""
        return load_catalog(self.catalog or (self.own_catalog if self.own_catalog.is_file() else None))

    @property
    def in_force(self) -> dict[str, object]:
        """Every setting by its name; one that is not set and follows from others as it holds."""
        follows = {
            "warehouse": self.published,
            "catalog": self.own_catalog if self.own_catalog.is_file() else self.catalog,
            "github_graphql_url": self.graphql_url,
            "github_web_url": self.web_url,
        }
        return self.model_dump() | follows

    @property
    def own_catalog(self) -> Path:
        """The user's own catalog: the file that is set, else `catalog.toml` in the home folder, if it is there."""
        return self.catalog or self.home_dir / "catalog.toml"


def _unlisted() -> dict[str, str]:
    """Return every setting by its name in lower case, those that `Settings` does not list among them."""
    given = {**dotenv_values(DOTENV), **os.environ}
    named = {name.lower().removeprefix("speedscore_"): text for name, text in given.items() if text}
    return (tomli.loads(text_of(TABLE)) if TABLE.exists() else {}) | named


def _reveal(secret: SecretStr | None) -> str | None:
    return secret.get_secret_value() if secret else None


def load_settings(**given: Any) -> Settings:
    """Return the settings; raise InputError that names the setting, or the file, and what is wrong with it."""
    if DOTENV.is_file():
        text_of(DOTENV)
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"]).upper()
        name = name if name in OWN_NAMES else f"SPEEDSCORE_{name.removeprefix('SPEEDSCORE_')}"
        raise InputError(f"setting {name}: {first['msg'].removeprefix('Value error, ')}") from error
    except ValueError as error:
        raise InputError(f"speedscore.toml: {error}") from error
