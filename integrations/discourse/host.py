"""Discourse behind the port for hosts."""

from pathlib import Path

from integrations import guides
from integrations.discourse import addresses, auth, messages, webhooks
from integrations.discourse.client import DiscourseClient
from integrations.discourse.manifest import MANIFEST
from mentorgraph.host import Host, HostClient, Http, Installation


class Discourse:
    """A forum that runs Discourse. Each method is a function of the module that its subject has."""

    name = MANIFEST.domain
    title = MANIFEST.title
    capabilities = MANIFEST.capabilities
    rate_limit = MANIFEST.rate_limit
    max_body = MANIFEST.max_body

    normalise_url = staticmethod(addresses.normalise_url)
    verify = staticmethod(webhooks.verify)
    admit = staticmethod(webhooks.admit)
    acknowledgement = staticmethod(webhooks.acknowledgement)
    to_events = staticmethod(webhooks.to_events)
    recorded = staticmethod(webhooks.recorded)
    sign_in_start = staticmethod(auth.sign_in_start)
    sign_in_finish = staticmethod(auth.sign_in_finish)
    peek_nonce = staticmethod(auth.peek_nonce)
    render = staticmethod(messages.render)
    guide = staticmethod(guides.load(Path(__file__).with_name("guide.yaml")))

    def client(self, installation: Installation, http: Http) -> HostClient:
        """The forum's API."""
        return DiscourseClient(installation, http)


HOST: Host = Discourse()
