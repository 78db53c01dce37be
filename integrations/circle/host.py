"""Circle behind the port for hosts."""

from pathlib import Path

from integrations import guides
from integrations.circle import addresses, auth, messages, provider, webhooks
from integrations.circle.client import CircleClient
from integrations.circle.manifest import MANIFEST
from mentorgraph.host import Host, HostClient, Http, Installation


class Circle:
    """A community on Circle. Each method is a function of the module that its subject has."""

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
    sign_in_callback = staticmethod(provider.sign_in_callback)
    sign_in_form = staticmethod(provider.sign_in_form)
    guide = staticmethod(guides.load(Path(__file__).with_name("guide.yaml")))

    def client(self, installation: Installation, http: Http) -> HostClient:
        """The community's API."""
        return CircleClient(installation, http)


HOST: Host = Circle()
