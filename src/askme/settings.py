"""Every knob once, with unit and help; the only reader of the environment."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnreadableError

from askme.errors import SettingsError
from askme.origins import ORIGIN
from askme.storage.addresses import ServerAddress, names_redis

ROOT = Path(__file__).resolve().parents[2]
SHORTEST_TOKEN = 16
"""Characters of a token that nobody guesses."""
_AROUND = r"[\s\"'`“”„‘’‚«»\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+"
"""What comes along when something is copied: white space, quotes, and what can't be seen."""
_PASTED = re.compile(rf"\A{_AROUND}|{_AROUND}\Z")
_ENDPOINT = re.compile(r"/(?:chat/completions|completions|embeddings|models|responses)/*\Z")
_PROXIES = ("all_proxy", "https_proxy", "http_proxy")
Dollars = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Settings(BaseSettings):
    """The settings of one process. An empty value in the environment counts as unset."""

    model_config = SettingsConfigDict(env_prefix="ASKME_", env_ignore_empty=True, extra="ignore", populate_by_name=True)

    knowledge_dir: Path = Field(default=ROOT / "knowledge", description="folder with the résumé as data; only read")
    data_dir: Path = Field(default=ROOT / ".askme", description="folder for everything written at run time")
    prompts_dir: Path = Field(default=ROOT / "prompts", description="folder with the model's prompts; only read")
    chroma_url: SecretStr = Field(
        default=SecretStr(""),
        description="Chroma server that replicas share, http(s)://[token@]host[:port][/?tenant=…&database=…]",
    )
    openai_api_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("OPENAI_API_KEY"),
        description="key for the language model; without it, and without a base URL, answers are made without a model",
    )
    openai_base_url: str = Field(
        default="",
        validation_alias=AliasChoices("OPENAI_BASE_URL"),
        description="address of an OpenAI-compatible server (Ollama, vLLM, another provider), mostly ending in /v1",
    )
    chat_model: str = Field(default="gpt-6-luna", description="the model that words answers")
    reasoning_effort: str = Field(
        default="none",
        description="how much the model thinks before it answers: none, minimal, low, medium, high; default: its own",
    )
    max_tokens: int = Field(
        default=1200,
        ge=64,
        le=100_000,
        description="tokens that an answer by the model may have; six times as many once it is seen to think first",
    )
    embedding_model: str = Field(
        default="text-embedding-3-small", description='the model for search by meaning; "none": by words alone'
    )
    context_tokens: int = Field(
        default=12_000,
        ge=2_000,
        le=1_000_000,
        description="tokens a prompt may have: the whole résumé is in it where it fits, else what is nearest",
    )
    connect_seconds: float = Field(default=3, gt=0, le=60, description="seconds to reach the model's server")
    first_token_seconds: float = Field(
        default=8, gt=0, le=120, description="seconds the model may be silent, at the start or in the middle"
    )
    total_seconds: float = Field(
        default=20, gt=0, le=300, description="seconds for an answer by the model, retries included"
    )
    embedding_seconds: float = Field(
        default=2, gt=0, le=60, description="seconds to embed a question; then by words alone"
    )
    prices: dict[str, tuple[Dollars, Dollars, Dollars]] = Field(
        default={"gpt-6-luna": (0.10, 0.01, 0.50)},
        description="US dollars for a million tokens of prompt, cached prompt and completion, by model, as JSON",
    )
    host: str = Field(
        default="",
        validation_alias=AliasChoices("GRADIO_SERVER_NAME"),
        description="address to listen on; 127.0.0.1, on a Space 0.0.0.0",
    )
    port: int = Field(
        default=7860,
        ge=0,
        le=65535,
        validation_alias=AliasChoices("GRADIO_SERVER_PORT"),
        description="TCP port of the page",
    )
    space_id: str = Field(
        default="", validation_alias=AliasChoices("SPACE_ID"), description="set by Hugging Face on a Space"
    )
    max_question_chars: int = Field(default=2000, ge=50, le=100_000, description="characters that a question may have")
    candidates: int = Field(default=40, ge=5, le=500, description="documents taken from the index for a question")
    evidence: int = Field(default=8, ge=1, le=50, description="bullets shown as evidence while an answer is made")
    concurrency: int = Field(default=40, ge=1, le=40, description="questions answered at once by one process")
    queue_size: int = Field(default=200, ge=1, le=10_000, description="questions that may wait; beyond it: busy")
    allowed_origins: str = Field(
        default="",
        description="origins that may embed the page and speak with it, comma separated; "
        "unset: huggingface.co, *.hf.space and the résumé's homepage",
    )
    journal_days: int = Field(
        default=90, ge=0, le=3650, description="days for which questions are kept; 0: nothing is kept at all"
    )
    journal_dataset: str = Field(
        default="",
        description="private dataset on the Hugging Face hub, owner/name, that the journal is kept in; needs HF_TOKEN",
    )
    journal_minutes: float = Field(
        default=5, gt=0, le=1440, description="minutes between two commits of the journal to its dataset"
    )
    hf_token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=AliasChoices("HF_TOKEN"),
        description="token for the Hugging Face hub that may write to the journal's dataset",
    )
    admin_token: SecretStr = Field(
        default=SecretStr(""),
        description="password of /insights, at least 16 characters; unset: there is no such page",
    )
    redis_url: SecretStr = Field(
        default=SecretStr(""),
        description="address of a Redis server (redis://, rediss:// or unix://) in which replicas share limits, budget "
        "and kept answers; unset: memory and the data folder",
    )
    per_minute: int = Field(
        default=12, ge=0, le=100_000, description="questions of one visitor in a minute; 0: no limit"
    )
    per_day: int = Field(default=200, ge=0, le=100_000, description="questions of one visitor in 24 hours; 0: no limit")
    all_per_minute: int = Field(
        default=600, ge=0, le=100_000, description="questions of all visitors together in a minute; 0: no limit"
    )
    budget_day_usd: float = Field(
        default=1,
        ge=0,
        allow_inf_nan=False,
        description="US dollars that the model may cost in a day (UTC), then answers are made without it; 0: no limit",
    )
    budget_month_usd: float = Field(
        default=10, ge=0, allow_inf_nan=False, description="the same for a calendar month; 0: no limit"
    )
    assumed_usd: float = Field(
        default=0.002, ge=0, allow_inf_nan=False, description="US dollars that an answer of unknown cost counts as"
    )
    cache_answers: int = Field(
        default=5000, ge=0, le=1_000_000, description="answers kept for the next visitor who asks the same; 0: none"
    )
    log_level: str = Field(default="INFO", description="DEBUG, INFO, WARNING or ERROR")
    log_format: Literal["text", "json"] = Field(default="text", description="text, or json: one object a line")
    log_questions: bool = Field(default=False, description="whether questions are logged, cut at 200 characters")

    @field_validator("log_level")
    @classmethod
    def _known_level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError("use DEBUG, INFO, WARNING or ERROR")
        return value.upper()

    @field_validator("allowed_origins")
    @classmethod
    def _are_origins(cls, value: str) -> str:
        origins = [origin.strip().lower().rstrip("/") for origin in value.split(",") if origin.strip()]
        if not all(map(ORIGIN.fullmatch, origins)):
            raise ValueError("use origins such as https://example.com or https://*.example.com, with commas between")
        return ",".join(origins)

    @field_validator("journal_dataset")
    @classmethod
    def _is_dataset(cls, value: str) -> str:
        if value and not re.fullmatch(r"[\w.-]+/[\w.-]+", value):
            raise ValueError("use the name of a dataset, owner/name")
        return value

    @field_validator("admin_token")
    @classmethod
    def _is_long(cls, value: SecretStr) -> SecretStr:
        if 0 < len(value.get_secret_value()) < SHORTEST_TOKEN:
            raise ValueError(f"use at least {SHORTEST_TOKEN} characters")
        return value

    @field_validator(
        "openai_api_key", "openai_base_url", "chat_model", "embedding_model", "reasoning_effort", mode="before"
    )
    @classmethod
    def _pasted(cls, value: object) -> object:
        return _PASTED.sub("", value) if isinstance(value, str) else value

    @field_validator("openai_api_key")
    @classmethod
    def _can_be_sent(cls, value: SecretStr) -> SecretStr:
        if odd := re.search(r"[^!-~]", value.get_secret_value()):
            raise ValueError(f"character {odd.start() + 1} can't be part of a key; copy it once more")
        return value

    @field_validator("chat_model", "embedding_model")
    @classmethod
    def _is_named(cls, value: str) -> str:
        if not value.isprintable():
            raise ValueError("use the name of a model, without characters that can't be seen")
        return value

    @field_validator("openai_base_url")
    @classmethod
    def _is_address(cls, value: str) -> str:
        if value and not value.startswith(("http://", "https://")):
            raise ValueError("use an address that begins with http:// or https://")
        if value and not _names_a_host(value):
            raise ValueError("use an address such as http://127.0.0.1:11434/v1")
        path, mark, query = value.partition("?")
        return _ENDPOINT.sub("", path).rstrip("/") + mark + query

    @field_validator("chroma_url")
    @classmethod
    def _names_a_server(cls, value: SecretStr) -> SecretStr:
        _ = value.get_secret_value() and ServerAddress.read(value.get_secret_value())
        return value

    @field_validator("redis_url")
    @classmethod
    def _is_redis(cls, value: SecretStr) -> SecretStr:
        if value.get_secret_value() and not names_redis(value.get_secret_value()):
            raise ValueError("use an address such as redis://host:6379/0, rediss://… or unix:///path")
        return value

    @property
    def has_model(self) -> bool:
        """Whether a language model is configured."""
        return bool(self.openai_api_key.get_secret_value() or self.openai_base_url)

    @property
    def has_dataset(self) -> bool:
        """Whether the journal is kept in a dataset on the hub."""
        return bool(self.journal_days and self.journal_dataset and self.hf_token.get_secret_value())

    @property
    def origins(self) -> tuple[str, ...]:
        """The configured origins."""
        return tuple(filter(None, self.allowed_origins.split(",")))

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that may appear nowhere."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(value.get_secret_value() for value in values if isinstance(value, SecretStr) and value)

    def without_model(self) -> Settings:
        """Return the same settings with no language model."""
        return self.model_copy(update={"openai_api_key": SecretStr(""), "openai_base_url": ""})

    @property
    def address(self) -> str:
        """The address to listen on."""
        return self.host or ("0.0.0.0" if self.space_id else "127.0.0.1")  # noqa: S104 (a Space must listen on all)


def _names_a_host(url: str) -> bool:
    """Whether an address has a host, a port that can be one, and nothing that can't be sent or seen."""
    try:
        parts = urlsplit(url)
        there = bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return there and url.isprintable() and " " not in url and not parts.fragment


def proxy_variables(scheme: str = "") -> list[str]:
    """Return the variables that name proxies, those of a scheme if there are any; the HTTP client goes by them."""
    names = [name for name in os.environ if name.lower() in _PROXIES and os.environ[name]]
    return [name for name in names if os.environ[name].startswith(scheme)] or names


def trust_variables() -> list[str]:
    """Return the variables that name certificates, those that lead nowhere if any do."""
    names = [name for name in ("SSL_CERT_FILE", "SSL_CERT_DIR") if os.environ.get(name)]
    return [name for name in names if not Path(os.environ[name]).exists()] or names


def load_settings(**overrides: object) -> Settings:
    """Read the settings from the environment.

    Raises:
        SettingsError: a value can't be used; names the variable and why.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except UnreadableError as error:
        raise SettingsError('ASKME_PRICES: isn\'t JSON; write {"name of a model": [1, 0.1, 4]}') from error
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "settings"
        variable = name if name.isupper() else f"ASKME_{name.upper()}"
        raise SettingsError(f"{variable}: {first['msg']}; mend or unset it") from error
