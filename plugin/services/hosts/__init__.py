"""The community's own platform: connected, heard by deliveries, read whole, and let go."""
