"""What members, staff and the system can do. Each checks the rules, changes the forum and tells the webhooks."""
