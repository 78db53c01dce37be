"""The service: knows no host and no GraphQL."""
