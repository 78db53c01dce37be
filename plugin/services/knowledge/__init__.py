"""What is known of a community: its graph in memory, what its history teaches, how it is doing."""
