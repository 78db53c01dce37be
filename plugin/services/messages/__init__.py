"""What members and the host are told: by which way, when, in which words, and each thing once."""
