"""Control for tests and demonstrations, under ``/_double`` and from loopback only."""
