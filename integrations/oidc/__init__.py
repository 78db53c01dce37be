"""OpenID Connect as a way to sign in to a community whose members sign in at an identity provider. No host: used beside one.

Written on Authlib's and joserfc's parts rather than on Authlib's client, because that client brings its own HTTP, which would go around the service's guarded
one, and does not check who answered (RFC 9207).
"""
