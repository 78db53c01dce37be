"""The web component for any page: one file, put together from modules of ours."""

from integrations.embed.building import script

__all__ = ["script"]
