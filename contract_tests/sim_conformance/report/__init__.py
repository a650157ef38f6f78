"""Reports: one model of a run, free of keys, and its forms."""
