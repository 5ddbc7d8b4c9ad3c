"""The environment and the command line: used, or rejected with one message before any request."""

from __future__ import annotations

import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer

from integration_tests.harness import catalog_of
from integration_tests.test_security import Commands

NOWHERE = {"start_date": "2024-01-01", "client_id": "cl13nt-of-it", "access_token": "s3cret", "store_hash": "abc123"}
NO_VARIABLE = dict.fromkeys(
    ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NO_PROXY", "no_proxy", "HTTPS_PROXY", "ALL_PROXY"), ""
)
BAD_CERTIFICATES = "cannot be read: {}. Correct the path, or unset the variable."
NO_PROXY = "that is not a valid address: write it as http://proxy.example.com:3128."


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


def errors(output: str) -> list[tuple[str, str]]:
    """The failure type and message of each error that was printed."""
    for word in ("Something went wrong", "Traceback", "unexpected error"):
        assert word not in output
    found = [json.loads(line) for line in output.splitlines()]
    traces = [message["trace"]["error"] for message in found if message.get("trace", {}).get("error")]
    assert not any(error.get("stack_trace") for error in traces)
    return [(error["failure_type"], error["message"]) for error in traces]


def check(commands: Commands, config: Any, **environment: str) -> str:
    """The sentence with which a check of a store behind TLS fails, which no retry came before."""
    path = commands.write("config.json", {**NOWHERE, "api_url": "https://127.0.0.1:9", **config})
    output = commands.output("check", "--config", path, **{**NO_VARIABLE, **environment})
    assert "s3cret" not in output and "Retries exhausted" not in output
    ((failure_type, message),) = errors(output)
    assert failure_type == "config_error"
    return message


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_certificates_that_are_not_there_are_named(variable: str, commands: Commands) -> None:
    """It ended in "Something went wrong in the connector"."""
    message = check(commands, {}, **{variable: "/no/roots.pem"})
    assert message.startswith(f"The certificates that the environment variable {variable} names (/no/roots.pem) ")
    assert message.endswith(BAD_CERTIFICATES.format("No such file or directory"))


def test_a_file_without_certificates_is_named(commands: Commands) -> None:
    """It was tried seven times."""
    path = commands.write("roots.pem", "no certificate")
    assert check(commands, {}, REQUESTS_CA_BUNDLE=path).endswith(BAD_CERTIFICATES.format("it contains no certificates"))


def test_a_stream_fails_with_the_same_sentence(commands: Commands) -> None:
    """It was an unexpected error with a stack trace."""
    config = commands.write("config.json", {**NOWHERE, "api_url": "https://127.0.0.1:9"})
    catalog = commands.write("catalog.json", ConfiguredAirbyteCatalogSerializer.dump(catalog_of(["coupons", "orders"])))
    arguments = ("read", "--config", config, "--catalog", catalog)
    messages = [message for _, message in errors(commands.output(*arguments, REQUESTS_CA_BUNDLE="/no/roots.pem"))]
    assert len(messages) == 3
    assert all("REQUESTS_CA_BUNDLE" in message for message in messages[:2])


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "socks5h://user:s3cret@127.0.0.1:1080"])
def test_a_socks_proxy_is_refused_at_once(variable: str, proxy: str, commands: Commands) -> None:
    """It was tried for 73 seconds, though no retry can help."""
    message = check(commands, {}, **{variable: proxy})
    assert message.startswith("The environment names a SOCKS proxy")


@pytest.mark.parametrize(
    "proxy",
    [
        "ftp://127.0.0.1:1",
        "http://user:s3cret@h:99999",
        "http://h:abc",
        "http://",
        "http://:8080",
        "http://[::1",
        "h t",
    ],
)
def test_what_is_no_address_of_a_proxy_is_refused_at_once(proxy: str, commands: Commands) -> None:
    """Nor can a retry help here."""
    assert check(commands, {}, HTTPS_PROXY=proxy).endswith(NO_PROXY)


@contextmanager
def refusing_proxy(response: bytes) -> Iterator[str]:
    """The address of a proxy that gives this response to each request, once."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def refuse() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(10_000)
                connection.sendall(response)

        threading.Thread(target=refuse, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.mark.parametrize("status", [b"407 Proxy Authentication Required", b"403 Forbidden"])
def test_a_request_is_not_repeated_after_a_refusal_of_the_proxy(status: bytes, commands: Commands) -> None:
    """It wants a password, or does not let the host be reached: both are settings."""
    with refusing_proxy(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\n\r\n") as proxy:
        message = check(commands, {}, HTTPS_PROXY=proxy)
    assert message.startswith("The proxy that the environment names (HTTPS_PROXY or ALL_PROXY) refused the connection")
    assert f"({status[:3].decode()})" in message


@pytest.mark.parametrize("host", ["a..b", ".", ".a.com", "a" * 64 + ".com"])
def test_a_host_that_no_name_service_takes_is_refused(host: str, commands: Commands) -> None:
    """It ended in "Something went wrong in the connector"."""
    assert "The API address is not a valid URL" in check(commands, {"api_url": f"https://{host}"})


@pytest.mark.parametrize("name", [os.fsdecode(b"\xff.json"), "", "é.json", "a\nb.json", "x" * 5000, "/dev/null", "/"])
def test_any_path_is_read_or_explained(name: str, commands: Commands) -> None:
    """A path that is not UTF-8 ended in a guess at memory."""
    path = str(Path("/no") / name) if name and not name.startswith("/") else name
    ((failure_type, message),) = errors(commands.output("check", "--config", path))
    assert failure_type == "config_error"
    assert message.endswith(".")
