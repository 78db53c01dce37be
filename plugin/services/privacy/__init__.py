"""What members agree to, take along, have erased, and see of who read about them."""
