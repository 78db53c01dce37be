"""Who could help with a need, and why; what members say they need, know and care about."""
