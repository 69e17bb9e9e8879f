"""The settings of limits, budget and kept answers: what is none is said clearly, and a password is repeated nowhere."""

import pytest

from askme.errors import SettingsError
from askme.settings import load_settings
from askme.web.rate_limit import Gate

PASSWORD = "zqxw-secret"


@pytest.mark.parametrize(
    "address",
    [
        "nowhere",
        "localhost:6379",
        "http://localhost:6379",
        "redis://",
        f"redis://:{PASSWORD}@host:port/0",
        f"redis://:{PASSWORD}@[::1",
        f"rediss://:{PASSWORD}@",
        "unix://",
    ],
)
def test_an_address_that_is_none_is_said_so(address, monkeypatch):
    monkeypatch.setenv("ASKME_REDIS_URL", address)
    with pytest.raises(SettingsError, match=r"ASKME_REDIS_URL: .*redis://host:6379/0") as failure:
        load_settings()
    assert PASSWORD not in str(failure.value)


@pytest.mark.parametrize(
    "address", [f"redis://:{PASSWORD}@host:6379/2", "rediss://host", "redis://[::1]:6379", "unix:///run/redis.sock"]
)
def test_an_address_of_redis_is_taken_and_not_shown(address, monkeypatch):
    monkeypatch.setenv("ASKME_REDIS_URL", address)
    settings = load_settings()
    assert settings.redis_url.get_secret_value() == address
    assert PASSWORD not in repr(settings)
    Gate(settings).close()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PER_MINUTE", "-1"),
        ("PER_MINUTE", "many"),
        ("PER_DAY", "1.5"),
        ("ALL_PER_MINUTE", "-1"),
        ("BUDGET_DAY_USD", "nan"),
        ("BUDGET_DAY_USD", "-0.1"),
        ("BUDGET_MONTH_USD", "inf"),
        ("ASSUMED_USD", "cheap"),
        ("CACHE_ANSWERS", "-5"),
    ],
)
def test_a_number_that_is_none_is_said_so(name, value, monkeypatch):
    monkeypatch.setenv(f"ASKME_{name}", value)
    with pytest.raises(SettingsError, match=f"^ASKME_{name}: .*; mend or unset it$"):
        load_settings()


def test_zero_is_no_limit():
    gate = Gate(load_settings(per_minute=0, per_day=0, all_per_minute=0))
    assert [gate.question("somebody") for _ in range(1000)] == [None] * 1000


def test_the_command_line_ends_in_one_line(askme):
    ran = askme("ask", "hello", ASKME_REDIS_URL=f"redis://:{PASSWORD}@host:port/0")
    assert ran.is_one_line_error
    assert ran.code == 2
    assert "ASKME_REDIS_URL" in ran.err
    assert PASSWORD not in ran.err
