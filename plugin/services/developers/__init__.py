"""What others build on: applications, tokens, webhooks, and this service as a server of OAuth."""
