"""Badges, points, certificates, and the ledger of stipends and gifts."""
