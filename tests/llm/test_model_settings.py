"""Settings of the model as people paste them, and an environment that is meant for other programs."""

import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from modelled import KEY, SHOWN, TRUE, heard
from openai_server import Reply
from surroundings import clean_environment

from askme.errors import SettingsError
from askme.settings import load_settings
from askme.storage.addresses import is_loopback

URL = "http://127.0.0.1:11434/v1"


def pasted(value):
    """Return ways in which a value comes with more than itself."""
    return [f"{value}\n", f" {value}\t", f"“{value}”", f"'{value}'", f"\u200b{value}\ufeff", f"\u00a0{value}\u2060\r\n"]


@pytest.mark.parametrize(
    ("variable", "name", "value"),
    [
        ("OPENAI_API_KEY", "openai_api_key", KEY),
        ("OPENAI_BASE_URL", "openai_base_url", URL),
        ("ASKME_CHAT_MODEL", "chat_model", "Qwen/Qwen3-8B:free"),
        ("ASKME_EMBEDDING_MODEL", "embedding_model", "none"),
        ("ASKME_REASONING_EFFORT", "reasoning_effort", "low"),
    ],
)
def test_what_comes_along_when_a_value_is_pasted_is_left_out(monkeypatch, variable, name, value):
    for text in pasted(value):
        monkeypatch.setenv(variable, text)
        read = getattr(load_settings(), name)
        assert (read.get_secret_value() if name == "openai_api_key" else read) == value


@pytest.mark.parametrize("text", [" ", "\n", "\u200b", "“”"])
def test_what_is_nothing_but_that_is_unset(monkeypatch, text):
    monkeypatch.setenv("OPENAI_API_KEY", text)
    monkeypatch.setenv("OPENAI_BASE_URL", text)
    assert not load_settings().has_model


BAD = {
    "OPENAI_API_KEY": ["sk-a b", "sk-a\u200bb", "sk-\u2013b", "sk-a\nb", "密钥"],
    "OPENAI_BASE_URL": [
        "127.0.0.1:11434/v1", "http://", "http:///v1", "http://host:port/v1", "http://host:99999/v1", "http://a b/v1",
        "http://a\u200bb/v1", "http://host/v1#x", "http://[::1/v1",
    ],
    "ASKME_CHAT_MODEL": ["qwen\u200b3", "a\nb"],
    "ASKME_MAX_TOKENS": ["0", "many"],
    "ASKME_PRICES": [
        "{'m': [1,2,3]}", "m=1", '{"m": [1,2]}', '{"m": [-1,0,0]}', '{"m": [NaN,0,0]}', '{"m": ["much",0,0]}', "[1]",
        "{“m”: [1,2,3]}",
    ],
}  # fmt: skip


@pytest.mark.parametrize(("variable", "text"), [(name, text) for name, texts in BAD.items() for text in texts])
def test_what_cannot_be_used_is_told_at_the_start(monkeypatch, variable, text):
    monkeypatch.setenv(variable, text)
    with pytest.raises(SettingsError, match=rf"^{variable}: [^\n]+$") as raised:
        load_settings()
    if variable == "OPENAI_API_KEY":
        assert "sk-a" not in str(raised.value)


def test_an_address_is_kept_but_for_what_is_the_clients_to_add():
    for given, kept in {
        f"{URL}/": URL,
        f"{URL}/chat/completions": URL,
        f"{URL}/chat/completions?api-version=1": f"{URL}?api-version=1",
        "https://host.example": "https://host.example",
        "https://user@host.example:8443/a/b": "https://user@host.example:8443/a/b",
    }.items():
        assert load_settings(openai_base_url=given).openai_base_url == kept


# Proxies and certificates


@pytest.mark.parametrize(
    ("url", "is_one"),
    [
        ("http://127.0.0.1:8000/v1", True), ("http://127.8.9.1", True), ("http://localhost/v1", True),
        ("http://[::1]:8000", True),
        ("http://0.0.0.0:8000/v1", True), ("http://model.localhost", True), ("https://api.openai.com/v1", False),
        ("http://10.0.0.1", False), ("http://localhost.example", False), ("http://[::1", False), ("", False),
    ],
)  # fmt: skip
def test_loopback(url, is_one):
    assert is_loopback(url) == is_one


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", ["http://127.0.0.1:9", "socks5://127.0.0.1:9", "nonsense://x:y"])
def test_a_model_on_this_machine_is_not_asked_by_proxy(server, patient, monkeypatch, tmp_path, variable, proxy):
    monkeypatch.setenv(variable, proxy)
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent.pem")
    server.replies(Reply(TRUE))
    chain = patient(embedding_model="e", data_dir=tmp_path)
    assert chain.assistant.prepare()
    answer = heard(chain)
    assert (answer.text, answer.fallback) == (SHOWN, "")


class Proxy(BaseHTTPRequestHandler):
    """Notes what it is asked for and refuses it."""

    def do_POST(self):
        self.server.asked.append(self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_error(502)

    def log_message(self, *_):
        """Say nothing."""


def test_another_machine_is_asked_by_proxy(patient, monkeypatch):
    with HTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        proxy.asked = []
        thread = threading.Thread(target=proxy.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.server_address[1]}")
        assert heard(patient(openai_base_url="http://model.example/v1")).fallback == "server error 502"
        proxy.shutdown()
        thread.join()
    assert set(proxy.asked) == {"http://model.example/v1/chat/completions"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks5://127.0.0.1:1080"),
        ("HTTPS_PROXY", "nonsense://127.0.0.1"),
        ("HTTP_PROXY", "http://127.0.0.1:port"),
        ("SSL_CERT_FILE", "/nonexistent.pem"),
    ],
)
def test_a_variable_that_cannot_be_used_is_named_and_costs_no_answer(
    patient, monkeypatch, tmp_path, caplog, variable, value
):
    monkeypatch.setenv(variable, value)
    chain = patient(openai_base_url="https://model.example/v1", embedding_model="e", data_dir=tmp_path)
    assert not chain.assistant.prepare()
    answer = heard(chain)
    assert (answer.mode, answer.usage) == ("extractive", None)
    assert answer.fallback.startswith(f"{variable} can't be used")
    assert caplog.text.count(f"model: {variable} can't be used") == 1
    assert value not in caplog.text


def test_the_environment_of_these_tests_names_no_proxy():
    assert not {name.lower() for name in clean_environment()} & {"http_proxy", "https_proxy", "all_proxy"}
    assert not {name.lower() for name in os.environ} & {"http_proxy", "https_proxy", "all_proxy"}
