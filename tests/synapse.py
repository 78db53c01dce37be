"""A real Matrix homeserver for the tests: Synapse from PyPI, in an environment of its own, on loopback."""

import contextlib
import hashlib
import hmac
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
import yaml

from integrations.servers import free_port
from tests import tools

VERSION = "1.163.2"
SERVER_NAME = "community.test"
_START_SECONDS = 300
"""It takes four on an idle machine; a busy one is no failure."""


def installed() -> Path:
    """Synapse's interpreter. Its pins differ from ours, so it has an environment of its own. Fails when it cannot be installed."""
    return tools.from_pypi(f"matrix-synapse=={VERSION}") / "python"


@dataclass
class Synapse:
    """A homeserver that can be stopped and started again with what it knows."""

    folder: Path
    python: Path
    port: int
    registrations: list[Path] = field(default_factory=list)
    _process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where its client API is."""
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Write a configuration without limits of rate, without other servers, on SQLite."""
        command = [
            *(str(self.python), "-m", "synapse.app.homeserver", "--server-name", SERVER_NAME),
            *("--config-path", "homeserver.yaml", "--generate-config", "--report-stats=no"),
        ]
        subprocess.run(command, cwd=self.folder, check=True, capture_output=True, timeout=_START_SECONDS)  # noqa: S603 - our own words
        path = self.folder / "homeserver.yaml"
        config = yaml.safe_load(path.read_text())
        quick = {"per_second": 10_000, "burst_count": 10_000}
        config |= {
            "listeners": [
                {"port": self.port, "type": "http", "tls": False, "bind_addresses": ["127.0.0.1"], "resources": [{"names": ["client", "openid"]}]},
            ],
            "public_baseurl": f"{self.url}/",
            "trusted_key_servers": [],
            "registration_shared_secret": "a secret of the tests",
            "rc_message": quick,
            "rc_registration": quick,
            "rc_joins": {"local": quick, "remote": quick},
            "rc_joins_per_room": quick,
            "rc_invites": {"per_room": quick, "per_user": quick, "per_issuer": quick},
            "rc_login": {"address": quick, "account": quick, "failed_attempts": quick},
            "rc_room_creation": quick,
            "bcrypt_rounds": 4,
            "federation_domain_whitelist": [],
        }
        path.write_text(yaml.safe_dump(config))

    def start(self) -> None:
        """Start it and wait until it answers."""
        config = yaml.safe_load((self.folder / "homeserver.yaml").read_text())
        config["app_service_config_files"] = [str(path) for path in self.registrations]
        (self.folder / "homeserver.yaml").write_text(yaml.safe_dump(config))
        output = (self.folder / "output.txt").open("ab")
        with output:
            self._process = subprocess.Popen(  # noqa: S603 - our own words
                [str(self.python), "-m", "synapse.app.homeserver", "-c", "homeserver.yaml"], cwd=self.folder, stdout=output, stderr=output
            )
        deadline = time.monotonic() + _START_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx2.HTTPError):
                if httpx2.get(f"{self.url}/health", timeout=2).status_code == 200:
                    return
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        pytest.fail(f"Synapse did not start: {(self.folder / 'output.txt').read_text()[-1000:]}")

    def stop(self) -> None:
        """Stop it and wait until it has."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait(timeout=20)
        self._process = None

    def call(self, method: str, path: str, body: Mapping[str, object] | None = None, *, token: str = "") -> dict[str, object]:
        """Ask it something as anyone could. Fails the test when it refuses."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx2.request(method, f"{self.url}{path}", json=body, headers=headers, timeout=30)
        found: dict[str, object] = answer.json()
        assert answer.status_code == 200, (method, path, answer.status_code, found)
        return found

    def register(self, name: str, *, admin: bool = False) -> str:
        """Make an account; returns its access token."""
        nonce = str(self.call("GET", "/_synapse/admin/v1/register")["nonce"])
        words = (nonce, name, f"password of {name}", "admin" if admin else "notadmin")
        mac = hmac.new(b"a secret of the tests", b"\0".join(word.encode() for word in words), hashlib.sha1).hexdigest()
        answer = self.call(
            "POST",
            "/_synapse/admin/v1/register",
            {"nonce": nonce, "username": name, "password": words[2], "admin": admin, "mac": mac, "displayname": name.title()},
        )
        return str(answer["access_token"])


@contextmanager
def running_synapse(folder: Path) -> Iterator[Synapse]:
    """Start a homeserver in ``folder``; stops it in the end."""
    server = Synapse(folder=folder, python=installed(), port=free_port())
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        server.stop()
