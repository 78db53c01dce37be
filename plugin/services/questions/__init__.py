"""Forms and surveys: made, asked, answered, read back."""
