"""Webhooks: what can be told, how it is built, how it is sent."""
