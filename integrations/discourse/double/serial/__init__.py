"""Records as the JSON that the forum sends."""
