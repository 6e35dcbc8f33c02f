"""The gateway: one origin for pages, built files and objects, open to named hosts only."""

import dataclasses
import hashlib
import http.server
import ipaddress
import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from resource_hub.infra import gateway
from resource_hub.infra.installation import Installation
from resource_hub.infra.storage import Storage
from tests.infra.standing import ask, installed, running_gateway, running_store, wait_until

pytestmark = pytest.mark.slow


@contextmanager
def echoing(port: int, certificate: Path | None = None) -> Iterator[None]:
    """Listen on ``port`` and tell each caller what it sent."""

    class Echo(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = json.dumps({name.lower(): value for name, value in self.headers.items()} | {"path": self.path}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_words: object) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Echo)
    if certificate:
        secure = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        secure.load_cert_chain(certificate)
        server.socket = secure.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


def answering_web(found: Installation) -> AbstractContextManager[None]:
    """Listen where the web process would."""
    return echoing(found.ports["web"])


def test_objects_pass_signed_for_the_address_people_use_and_never_unsigned(tmp_path: Path) -> None:
    found = installed(tmp_path, allowed_hosts="hub.lan")
    port, bucket = int(found.settings.port), found.settings.s3_bucket
    named = dataclasses.replace(found.settings, s3_public_url=f"http://hub.lan:{port}")
    storage = Storage(named, found.s3_endpoint, *found.s3_keys)
    data = os.urandom(300_000)
    with running_store(found), running_gateway(found):
        storage.put_bytes("originals/文件", data, "text/html")
        url = urlsplit(storage.presign_get("originals/文件"))
        target, host = f"{url.path}?{url.query}", {"Host": f"hub.lan:{port}"}
        status, headers, body = ask(port, target, headers=host)
        assert (status, hashlib.sha256(body).digest()) == (200, hashlib.sha256(data).digest())
        assert headers["content-security-policy"] == "default-src 'none'; sandbox"
        status, headers, body = ask(port, target, headers=host | {"Range": "bytes=100-199", "Accept-Encoding": "gzip"})
        assert (status, body) == (206, data[100:200])
        upload = storage.open_multipart("originals/two", "video/mp4")
        part = urlsplit(storage.presign_part("originals/two", upload, 1))
        assert ask(port, f"{part.path}?{part.query}", "PUT", host, data)[0] == 200
        assert storage.stored_parts("originals/two", upload)[0].etag == hashlib.md5(data, usedforsecurity=False).hexdigest()
        assert ask(port, target)[0] == 403, "the signature holds for one host only"
        for path in (f"/{bucket}", f"/{bucket}/", f"/{bucket}/?list-type=2", f"/{bucket}?list-type=2"):
            assert ask(port, path)[0] == 404
        assert ask(port, f"/{bucket}/originals/two")[0] == 403
        assert ask(port, f"/{bucket}/new", "PUT", body=b"x")[0] == 403
        assert ask(port, target, "DELETE", headers=host)[0] == 405


def test_a_store_behind_https_is_told_the_host_that_was_signed(tmp_path: Path) -> None:
    certificate, s3_port = _certificate(tmp_path), _free_port()
    found = installed(
        tmp_path, allowed_hosts="hub.lan", s3_endpoint=f"127.0.0.1:{s3_port}", s3_secure="1", s3_access_key="a", s3_secret_key="b"
    )
    port = int(found.settings.port)
    with echoing(s3_port, certificate), running_gateway(found, SSL_CERT_FILE=str(certificate)):
        status, _, body = ask(port, f"/{found.settings.s3_bucket}/originals/one", headers={"Host": f"hub.lan:{port}"})
    assert status == 200, body
    assert json.loads(body)["host"] == f"hub.lan:{port}"


def test_pages_reach_the_web_with_host_and_address_and_other_hosts_are_told_where_to_go(tmp_path: Path) -> None:
    found = installed(tmp_path, allowed_hosts="hub.lan")
    port = int(found.settings.port)
    with answering_web(found), running_gateway(found):
        for host in (f"127.0.0.1:{port}", f"localhost:{port}", "hub.lan", f"hub.lan:{port}"):
            status, _, body = ask(port, "/resources", headers={"Host": host, "X-Forwarded-For": "10.0.0.1"})
            assert status == 200
            said = json.loads(body)
            assert (said["host"], said["x-forwarded-proto"], said["x-forwarded-for"]) == (host, "http", "127.0.0.1")
        status, headers, body = ask(port, "/resources", headers={"Host": "evil.example"})
        assert status == 421
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert "HUB_ALLOWED_HOSTS" in body.decode()
        assert ask(port, "/api/v1/x", "POST", body=b"x" * 1000)[0] == 200
        status, _, body = ask(port, "/api/v1/x", "POST", body=b"x" * (33 << 20))
        assert (status, json.loads(body)["error"]["code"]) == (413, "too_large")


def test_while_the_web_restarts_callers_wait_and_then_are_told_when_to_come_again(tmp_path: Path) -> None:
    found = installed(tmp_path)
    port = int(found.settings.port)
    with running_gateway(found):
        answers: list[int] = []
        waiting = threading.Thread(target=lambda: answers.append(ask(port, "/")[0]))
        waiting.start()
        with answering_web(found):
            waiting.join()
        assert answers == [200]
        status, headers, body = ask(port, "/resources", headers={"Accept-Encoding": "identity"})
        assert (status, headers["retry-after"], headers["content-type"]) == (503, "5", "text/html; charset=utf-8")
        assert "平台正在恢复" in body.decode()
        assert ask(port, gateway.OWN_PAGE)[1]["content-type"].startswith("text/css")
        status, headers, body = ask(port, "/api/v1/resources")
        assert (status, headers["retry-after"], json.loads(body)["error"]["code"]) == (503, "5", "unavailable")
        status, _, body = ask(port, "/healthz")
        assert (status, json.loads(body)["components"]["web"]) == (503, "down")


def test_built_files_come_compressed_from_disk_and_are_kept_for_good(tmp_path: Path) -> None:
    found = installed(tmp_path)
    port = int(found.settings.port)
    built = Path(__file__).parents[2] / "static" / "dist"
    name = next(path.name for path in sorted((built / "assets").glob("*.js")) if Path(f"{path}.br").exists())
    with answering_web(found), running_gateway(found):
        for encoding, ending in (("br, gzip", ".br"), ("gzip", ".gz"), ("identity", "")):
            status, headers, body = ask(port, f"/static/assets/{name}", headers={"Accept-Encoding": encoding})
            assert (status, body) == (200, (built / "assets" / f"{name}{ending}").read_bytes())
            assert headers["cache-control"] == "public, max-age=31536000, immutable"
        status, headers, body = ask(port, "/static/assets/")
        assert (status, json.loads(body)["path"]) == (200, "/static/assets/"), "a folder is not listed; the web answers"
        assert "immutable" not in headers.get("cache-control", "")


def test_a_lan_name_gets_https_from_our_own_authority_and_plain_http_only_here(tmp_path: Path) -> None:
    secure_port = _free_port()
    found = installed(tmp_path, public_url=f"https://hub.lan:{secure_port}", allowed_hosts="school.lan")
    authority = gateway.ca_certificate_path(found.settings)
    with answering_web(found), running_gateway(found):
        wait_until(authority.exists)
        said: list[dict[str, str]] = []

        def can_ask() -> bool:
            try:
                said.append(_ask_securely(secure_port, "hub.lan", authority))
            except OSError:
                return False
            return True

        wait_until(can_ask)
        assert said[-1]["x-forwarded-proto"] == "https"
        assert said[-1]["host"] == f"hub.lan:{secure_port}"
        assert _ask_securely(secure_port, "school.lan", authority)["host"] == f"school.lan:{secure_port}"
        assert ask(int(found.settings.port), "/")[0] == 200
    assert "Resource Hub" in x509.load_pem_x509_certificate(authority.read_bytes()).subject.rfc4514_string()
    assert (authority.parent / "root.key").stat().st_mode & 0o077 == 0


def test_public_names_are_told_from_names_of_the_school_network() -> None:
    assert gateway.is_public_name("hub.qinglan.edu.cn")
    for name in ("hub", "hub.lan", "hub.local", "192.168.1.5", "[fd00::1]", "localhost"):
        assert not gateway.is_public_name(name)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _certificate(folder: Path) -> Path:
    """Write a key with a certificate of its own for 127.0.0.1, and return where."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "store")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now - timedelta(days=1), now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = folder / "store.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return path


def _ask_securely(port: int, name: str, authority: Path) -> dict[str, str]:
    trusting = ssl.create_default_context(cafile=str(authority))
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        trusting.wrap_socket(plain, server_hostname=name) as secure,
    ):
        secure.sendall(f"GET / HTTP/1.1\r\nHost: {name}:{port}\r\nConnection: close\r\n\r\n".encode())
        answer = b""
        while more := secure.recv(65536):
            answer += more
    found: dict[str, str] = json.loads(answer.partition(b"\r\n\r\n")[2])
    return found
