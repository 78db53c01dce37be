"""A real OpenID provider for the tests: npm ``oidc-provider`` on loopback."""

import json
import re
import subprocess
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from tempfile import TemporaryFile
from urllib.parse import urljoin

import httpx2
import pytest

from integrations.servers import free_port
from tests import tools

VERSION = "9.13.3"
_FORM = re.compile(r'<form[^>]*action="([^"]+)"')
_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')


@dataclass
class OpenIdProvider:
    """A provider that can be stopped, and started again with other keys."""

    redirect_uri: str
    secret: str = "the secret of the client, long enough"
    algorithm: str = "RS256"
    port: int = field(default_factory=free_port)
    people: dict[str, dict[str, object]] = field(default_factory=dict)
    client: dict[str, object] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None

    @property
    def issuer(self) -> str:
        """How it names itself."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it with new keys and wait until it answers."""
        client = {"client_id": "mentorgraph", "client_secret": self.secret, "redirect_uris": [self.redirect_uri], **self.client}
        config = json.dumps({"clients": [client], "people": self.people, "algorithm": self.algorithm})
        command = [tools.node(), str(Path(__file__).with_name("oidc_provider.mjs")), str(tools.from_npm(oidc_provider=VERSION)), str(self.port), config]
        with TemporaryFile("w+") as complaints:
            self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True)  # noqa: S603 - our own words
            assert self._process.stdout is not None
            for line in self._process.stdout:
                if line.strip() == "ready":
                    return
            complaints.seek(0)
            pytest.fail(f"the OpenID provider did not start: {complaints.read()[-2000:]}")

    def stop(self) -> None:
        """Stop it."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=10)
            assert self._process.stdout is not None
            self._process.stdout.close()
        self._process = None

    async def browse(self, address: str, *, login: str) -> str:
        """What a person does in a browser: follow redirects, fill in the forms; gives the address at which they come back to us."""
        async with httpx2.AsyncClient(timeout=10, trust_env=False) as browser:
            method, where, form = "GET", address, None
            for _ in range(20):
                answer = await browser.request(method, where, data=form)
                if answer.is_redirect:
                    method, where, form = "GET", urljoin(where, answer.headers["location"]), None
                    if where.startswith(self.redirect_uri):
                        return where
                    continue
                found = _FORM.search(answer.text)
                assert found is not None, answer.text[:500]
                form = {name: unescape(value) for name, value in _HIDDEN.findall(answer.text)}
                if 'name="login"' in answer.text:
                    form |= {"login": login, "password": "any"}
                method, where = "POST", urljoin(where, unescape(found[1]))
        raise AssertionError("the provider never sends the browser back")
