"""Programs: made, changed and moved through their life; what is seen, counted and exported of them."""
