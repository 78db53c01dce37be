"""The GraphQL edge: reaches data only through plugin.services."""
