"""Signing in by a token that the host vouches for: the member's own client got it from the host and gave it to us."""

import asyncio
from collections.abc import Mapping

from mentorgraph.host import Capability, TokenChecker
from plugin.errors import Invalid, Unavailable
from plugin.services.identity import signing_in
from plugin.services.identity.signing_in import WIDGET_FOR, SignedIn
from plugin.services.runtime import Runtime

SECONDS = 15.0


async def sign_in(runtime: Runtime, installation_id: int, *, answer: Mapping[str, str]) -> SignedIn:
    """Ask the host whose token this is. Raises :class:`SignInRefused`.

    What comes out is a token for a widget: such a token says nothing of whom it was meant for, so whoever was given one could pass it on to us.
    """
    installation = await runtime.installation(installation_id)
    host = runtime.host(installation.host)
    client = await runtime.client(installation_id)
    if Capability.SIGN_IN_BY_TOKEN not in host.capabilities or not isinstance(client, TokenChecker):
        raise Invalid("{title} does not offer this way of signing in", code="not_offered", title=host.title)
    try:
        async with asyncio.timeout(SECONDS):
            said = await client.check_token(answer)
    except TimeoutError as error:
        raise Unavailable("the community does not answer: try again in a moment") from error
    return await signing_in.let_in(runtime, installation_id, said, next_path="/", audience="widget", lifetime=WIDGET_FOR)
