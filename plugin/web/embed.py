"""The web component: its one file, the page that shows it in a frame, and what an admin puts on a page."""

import base64
import hashlib
import re

from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import Response

from mentorgraph.host import Capability
from plugin.errors import Invalid, NotFound
from plugin.services.hosts import connect
from plugin.services.runtime import Runtime
from plugin.texts import _, languages
from plugin.web.browser import installation_of
from plugin.web.pages import STILL, Speaker, page, render, speaker_for

NAME = "mentorship-suggestions"
TITLE = _("Mentorship")
FOR_EVER, FOR_NOW = "public, max-age=31536000, immutable", "public, max-age=300"
_LOCALE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}\Z")
# The component brings its style as a constructed sheet, which no policy of styles concerns; pictures of members may come from where the host keeps them.
_FRAME = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' https: {pages}; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors {pages}"
)


class Embed:
    """``/embed/…``."""

    def __init__(self, runtime: Runtime, *, script: bytes) -> None:
        self._runtime = runtime
        self._script = script
        self.integrity = "sha384-" + base64.b64encode(hashlib.sha384(script).digest()).decode()
        self.path = f"/embed/v1/{NAME}-{hashlib.sha256(script).hexdigest()[:16]}.js"

    async def script(self, request: Request) -> Response:
        """The component at an address that never changes its content; without the hash in the name, the one of this version."""
        exact = request.url.path == self.path
        if not exact and request.url.path != f"/embed/v1/{NAME}.js":
            raise NotFound("there is no such version of the component any more: take the address from /embed")
        headers = {
            "Cache-Control": FOR_EVER if exact else FOR_NOW,
            # A public file: any page may load it, and integrity is only checked for one that the page may read.
            "Access-Control-Allow-Origin": "*",
            "Cross-Origin-Resource-Policy": "cross-origin",
            "X-Content-Type-Options": "nosniff",
        }
        return Response(self._script, media_type="text/javascript", headers=headers)

    async def frame(self, request: Request) -> Response:
        """The component on a page of ours that the community's own pages may show in a frame; for places that take no script."""
        installation_id = installation_of(request)
        pages = await connect.pages_of(self._runtime, installation_id)
        locale, theme = request.query_params.get("locale", ""), request.query_params.get("theme", "")
        if (locale and not _LOCALE.match(locale)) or theme not in {"", "light", "dark"}:
            raise Invalid("locale is a tag such as de, theme is light or dark")
        policy = {"Content-Security-Policy": _FRAME.format(pages=" ".join(pages))}
        wanted = locale.partition("-")[0].lower()
        speaker = Speaker(wanted) if wanted in languages() else speaker_for(request)
        return page(
            "frame.html",
            headers=policy,
            title=speaker.say(TITLE),
            language=locale or speaker.language,
            installation=installation_id,
            locale=locale,
            theme=theme,
            script=self.path,
            pages=" ".join(pages),
        )

    async def about(self, request: Request) -> Response:
        """What an admin puts on a page, with the hash by which browsers check it."""
        installation_id = installation_of(request)
        community = await connect.community_of(self._runtime, installation_id)
        proof = community.host if Capability.SAME_ORIGIN_SIGN_IN in self._runtime.host(community.host).capabilities else ""
        return render(
            "embed.html",
            speaker_for(request),
            scripts=False,
            headers=STILL,
            proof=proof,
            proof_code=Markup('<code translate="no">proof="{}"</code>').format(proof),
            pages_code=Markup('<code translate="no">mentorgraph configure pages=https://www.example.org</code>'),
            community=community.name,
            installation=installation_id,
            service=self._runtime.settings.public_url,
            path=self.path,
            integrity=self.integrity,
        )
