"""What a host says of itself."""

from mentorgraph.host import AccountFinder, Capability, ExternalFinder, HostInvalid, TokenChecker
from mentorgraph.kit.suite.playing import Played


class Naming(Played):
    """Names, addresses and capabilities."""

    def test_it_says_what_it_is(self) -> None:
        host = self.on_stage.host
        assert host.name == host.name.lower()
        assert host.name.isidentifier()
        assert host.title
        assert host.rate_limit.per_minute > 0
        assert host.max_body > 1_000
        assert host.capabilities <= frozenset(Capability)

    def test_an_address_is_put_in_one_form_and_what_is_none_is_said(self) -> None:
        host = self.on_stage.host
        once = host.normalise_url(self.on_stage.url)
        assert host.normalise_url(once) == once
        assert not once.endswith("/")
        for junk in ("", "   ", "http://", "https://[", "javascript:alert(1)", "https://user:password@example.org", "file:///etc/passwd"):
            try:
                host.normalise_url(junk)
            except HostInvalid as invalid:
                assert len(invalid.message.splitlines()) == 1
            else:
                raise AssertionError(f"{junk!r} was taken for an address")

    def test_what_it_says_it_can_do_its_client_has(self) -> None:
        host = self.on_stage.host
        client: object = self.run(self.service.parts.runtime.client(self.service.id))
        if host.capabilities & {Capability.SIGN_IN_BY_MAIL, Capability.SIGN_IN_BY_MESSAGE}:
            assert isinstance(client, AccountFinder)
        if Capability.SIGN_IN_BY_TOKEN in host.capabilities:
            assert isinstance(client, TokenChecker)
        if Capability.EXTERNAL_IDS in host.capabilities:
            assert isinstance(client, ExternalFinder)
        said = self.run(self.run(self.service.parts.runtime.client(self.service.id)).describe())
        assert said.title
        assert said.capabilities <= host.capabilities, "a key cannot do more than the host"
