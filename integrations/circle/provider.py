"""Circle's custom single sign-on: Circle is the client, and members sign in to the community through us.

Established are the fields of the form and the callback (Circle's help, *How to integrate SSO*). Not established is how Circle shows its secret and the token,
and whether it sends a proof of the code: every way is taken.
"""

from collections.abc import Sequence

from mentorgraph.host import ProvidedSignIn


def sign_in_callback(base_url: str) -> str:
    """Circle's callback; it changes with the domain of the community."""
    return f"{base_url}/oauth2/callback"


def sign_in_form(ours: ProvidedSignIn) -> Sequence[str]:
    """The fields of Settings, Single sign-on, Custom."""
    return (
        "In Circle: Settings, Single sign-on, Custom. Leave it possible to sign in with a Circle account until this works.",
        f"Client ID: {ours.client_id}",
        f"Scope: {ours.scope}",
        f"Authorization URL: {ours.authorize_url}",
        f"Token fetch URL: {ours.token_url}",
        f"Profile info API URL: {ours.profile_url}",
        "Response paths: User ID = id, User email = email, User name = name, Profile image URL = avatar_url",
    )
