"""What has a time: sessions of a mentorship and events of a program."""
