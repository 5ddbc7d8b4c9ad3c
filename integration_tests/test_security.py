"""Promise P7: the credentials go to the configured store and nowhere else, and all requests only read."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
import requests
from airbyte_cdk.models import ConfiguredAirbyteCatalogSerializer
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from integration_tests.harness import CORE, CommandLine, catalog_of, config_for, sync
from integration_tests.secrecy import forms_of
from sandbox import Options, Server, serve
from source_bigcommerce.source import SourceBigcommerce, logger
from unit_tests.representatives import in_turn

TOKEN = "t0k\"en+&/=%25<>\\'{}$~s3cr3t"
CLIENT = "cl\"ient+&/=%41<>\\'{}$~s3cr3t"
TINY = Options(orders=12, products=12, customers=12, coupons=6, token=TOKEN)
LARGER = Options(orders=60, products=12, customers=12, coupons=6, token=TOKEN)  # with records of every stream


class Commands(CommandLine):
    """The same without pauses between attempts."""

    def output(self, *arguments: str, **environment: str) -> str:
        """All that a command prints."""
        return self.run(*arguments, has_pauses=False, **environment)[1]

    def all(self, config: Any, *options: str) -> Iterator[str]:
        """The output of each command that takes a config."""
        settings = self.write("config.json", config)
        catalog = self.write("catalog.json", ConfiguredAirbyteCatalogSerializer.dump(catalog_of()))
        yield self.output("check", "--config", settings, *options)
        yield self.output("discover", "--config", settings, *options)
        yield self.output("read", "--config", settings, "--catalog", catalog, *options)


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    return Commands(tmp_path)


def settings_of(server: Server) -> dict[str, Any]:
    """The config of the server's store."""
    return config_for(server, client_id=CLIENT)


def assert_clean(output: str) -> None:
    """No form of a secret is in the output, and no long piece of one: masking may leave a part."""
    for secret in (TOKEN, CLIENT):
        for form in forms_of(secret):
            assert form not in output, f"{form} is in the output"
        assert "s3cr3t" not in output, f"a part of {secret} is in the output"


# Only reading.


@pytest.mark.exhaustive
def test_nothing_but_get_is_ever_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """The account may be allowed more than it should; the connector never changes a store."""
    sent: list[str] = []
    send = requests.Session.send

    def only_get(session: Any, request: Any, **kwargs: Any) -> Any:
        sent.append(request.method)
        assert request.method == "GET" and not request.body
        return send(session, request, **kwargs)

    monkeypatch.setattr(requests.Session, "send", only_get)
    with serve(LARGER) as server:
        assert SourceBigcommerce().check_connection(logger, settings_of(server)) == (True, None)
        assert SourceBigcommerce().discover(logger, settings_of(server)).streams
        result = sync(server, client_id=CLIENT)
        methods = {request.method for request in server.requests}
    assert not result.failure and all(result.records[name] for name in CORE)
    assert methods == {"GET"} and set(sent) == {"GET"}


# Secrets in output.


@pytest.mark.parametrize("options", [[], ["--debug"]], ids=["", "debug"])
def test_no_output_holds_a_secret(commands: Commands, options: list[str]) -> None:
    """Of any command; a token may hold characters that each way of printing writes in its own way."""
    with serve(TINY) as server:
        for output in commands.all(settings_of(server), *options):
            assert_clean(output)
            assert '"type":' in output
            assert not options or "DEBUG" in output


@pytest.mark.exhaustive
@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("v2/time", 401, json.dumps({"title": f"bad token {TOKEN} of {CLIENT}"})),
        ("v2/orders", 422, json.dumps([{"message": f"{quote(TOKEN, safe='')} {TOKEN}"}])),
        ("v3/customers", 200, f"<html>{TOKEN} {CLIENT}</html>"),
        ("v2/coupons", 503, json.dumps({"title": str({"X-Auth-Token": TOKEN, "X-Auth-Client": CLIENT})})),
    ],
)
def test_no_output_holds_a_secret_that_the_store_repeats(commands: Commands, path: str, status: int, said: str) -> None:
    """Error bodies are shown to the user, and a gateway may put the request's headers into them."""
    with serve(TINY) as server:
        server.fail(path, times=10_000, status=status, body=said)
        for output in commands.all(settings_of(server), "--debug"):
            assert_clean(output)


@pytest.mark.parametrize(
    "changes",
    [
        {"access_token": f"{TOKEN} x"},
        {"access_token": [TOKEN]},
        {"access_token": {"value": TOKEN}},
        {"client_id": f"{CLIENT}\n{CLIENT}"},
        {"start_date": "never"},
        {"api_url": f"https://{quote(TOKEN, safe='')}@127.0.0.1"},
        {"num_workers": "x"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_no_output_about_a_bad_config_holds_a_secret(commands: Commands, changes: dict[str, Any]) -> None:
    """The sentence names the setting, not what is in it."""
    with serve(TINY) as server:
        for output in commands.all({**settings_of(server), **changes}, "--debug"):
            assert_clean(output)


# Other hosts.


class Recorder:
    """A server that records all that it is sent, and returns nothing of use."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                line = self.rfile.readline(65_536)
                while line.strip():
                    recorder.lines.append(line.decode("latin-1").rstrip())
                    line = self.rfile.readline(65_536)
                self.wfile.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                self.close_connection = True

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client that hangs up is meant
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@contextmanager
def recording(certificate: Path | None = None) -> Iterator[Recorder]:
    """A recorder that runs; with TLS when it is given a certificate."""
    recorder = Recorder()
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        recorder.server.socket = context.wrap_socket(
            recorder.server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=recorder.server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield recorder
    finally:
        recorder.server.shutdown()
        recorder.server.server_close()
        thread.join()


@pytest.fixture
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pauses between attempts."""
    monkeypatch.setattr("time.sleep", lambda _: None)


@pytest.mark.parametrize(
    ("status", "path"), in_turn((301, 302, 303, 307, 308), ("v2/time", "v2/orders", "v3/customers"))
)
def test_a_redirect_is_not_followed(path: str, status: int, quickly: None) -> None:
    """Neither at the first request nor later; not even the connection is made."""
    with serve(TINY) as server, recording() as elsewhere:
        server.fail(path, times=1000, kind="redirect", status=status, headers={"Location": f"{elsewhere.url}/x"})
        result = sync(server, ["orders", "customers"], client_id=CLIENT)
    assert result.failure and elsewhere.lines == []


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_a_store_on_this_machine_is_never_reached_through_a_proxy(
    variable: str, monkeypatch: pytest.MonkeyPatch, quickly: None
) -> None:
    """Without TLS the proxy would read the token."""
    with serve(TINY) as server, recording() as proxy:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, proxy.url)
        result = sync(server, ["coupons"], client_id=CLIENT)
    assert not result.failure and proxy.lines == []


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_a_proxy_opens_a_tunnel_and_sees_no_secret(
    variable: str, monkeypatch: pytest.MonkeyPatch, quickly: None, server: Server
) -> None:
    """Everything else is encrypted for the store."""
    with recording() as proxy:
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv(variable, proxy.url)
        result = sync(server, ["coupons"], client_id=CLIENT, api_url="https://api.store.invalid")
    assert result.failure
    assert proxy.lines and proxy.lines[0].startswith("CONNECT api.store.invalid:443 ")
    assert all(line.startswith(("CONNECT ", "Host:")) for line in proxy.lines)
    assert_clean("\n".join(proxy.lines))


def test_a_netrc_file_adds_no_credentials(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, server: Server) -> None:
    """A password for another program is not the store's business."""
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login someone password from-netrc\ndefault login x password from-netrc\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(netrc))
    headers: list[dict[str, str]] = []
    send = requests.Session.send

    def note(session: Any, request: Any, **kwargs: Any) -> Any:
        headers.append(dict(request.headers))
        return send(session, request, **kwargs)

    monkeypatch.setattr(requests.Session, "send", note)
    assert not sync(server, ["coupons"], client_id=CLIENT).failure
    assert headers and all("authorization" not in {name.lower() for name in sent} for sent in headers)


@pytest.fixture
def server() -> Iterator[Server]:
    with serve(TINY) as server:
        yield server


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for 127.0.0.1 that nobody but itself has signed, with its key."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(timezone.utc)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    path.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return path


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""},
        {"PYTHONHTTPSVERIFY": "0"},
        {"CURL_CA_BUNDLE": "", "REQUESTS_CA_BUNDLE": "", "PYTHONHTTPSVERIFY": "0", "SSL_CERT_FILE": ""},
    ],
    ids=str,
)
def test_nothing_is_sent_to_a_host_without_a_valid_certificate(
    environment: dict[str, str], certificate: Path, commands: Commands
) -> None:
    """No request line, and a sentence about TLS; nothing in the environment turns the check off."""
    with recording(certificate) as host:
        output = check_of(host, commands, **environment)
    assert host.lines == []
    assert "TLS certificate of the API host could not be verified" in output
    assert_clean(output)


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_company_s_own_roots_may_be_named(variable: str, certificate: Path, commands: Commands) -> None:
    """The counterpart of the test above: the host receives the request if its certificate is among them."""
    with recording(certificate) as host:
        output = check_of(host, commands, **{"REQUESTS_CA_BUNDLE": "", variable: str(certificate)})
    assert host.lines and host.lines[0] == "GET /stores/abc123/v2/time HTTP/1.1"
    assert any(TOKEN in line for line in host.lines), "it goes to the store, and there it is needed"
    assert_clean(output)


def check_of(host: Recorder, commands: Commands, **environment: str) -> str:
    """The output of a check of a store on this host."""
    config = {
        "start_date": "2024-01-01",
        "client_id": CLIENT,
        "access_token": TOKEN,
        "store_hash": "abc123",
        "api_url": f"https://localhost:{host.server.server_port}",
    }
    return commands.output("check", "--debug", "--config", commands.write("config.json", config), **environment)


# Paths that ids of the store become part of.

ODD_IDS = [
    "1/../../x",
    "1?x=",
    "..",
    "%2e%2e",
    "1#",
    "",
    True,
    1.5,
    None,
    [1],
    {"id": 1},
    -1,
    "\\..\\",
    "1%2f..",
    10**30,
]


@pytest.mark.parametrize(
    ("odd", "stream"),
    in_turn(ODD_IDS, ["orders", "order_taxes", "transactions", "order_products", "order_shipments"]),
    ids=str,
)
def test_an_id_cannot_lead_out_of_the_path_it_belongs_into(stream: str, odd: Any, quickly: None) -> None:
    """A path built from what a store says must stay what it was meant to be."""
    with serve(TINY) as server:
        body = json.dumps([{"id": odd, "date_modified": "Tue, 05 Mar 2024 10:00:00 +0000", "items_shipped": 1}])
        server.fail("v2/orders", times=1000, status=200, body=body)
        result = sync(server, [stream], client_id=CLIENT)
        paths = {request.path.strip("/") for request in server.requests}
    assert all(
        part.isalnum() or part.lstrip("-").isdigit() or "_" in part for path in paths for part in path.split("/")
    )
    assert all("e" not in path.split("/")[2] for path in paths if path.startswith("v2/orders/") and path[10].isdigit())
    if not isinstance(odd, int) or isinstance(odd, bool):
        assert result.statuses[stream][-1] == "INCOMPLETE" and not result.states[stream]
        assert not {path for path in paths if path.startswith(("v2/orders/", "v3/orders/"))} - {"v2/orders/count"}


# Nothing is fetched and run on the way.


def test_no_module_of_the_connector_can_execute_or_unpickle() -> None:
    """Input from outside is data only."""
    package = Path(__file__).parents[1] / "source_bigcommerce"
    for module in package.rglob("*.py"):
        text = module.read_text(encoding="utf-8")
        for word in ("eval(", "exec(", "pickle", "subprocess", "os.system", "yaml.load", "verify=False", "__import__"):
            assert word not in text, f"{module.name}: {word}"
