"""Who is asking: signing in, offices, and what a token stands for."""
