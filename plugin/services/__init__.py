"""Use cases: what the service does, over one unit of work where that suffices, over several and a host where it does not."""
