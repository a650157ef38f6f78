"""The command `sim webhook`: a `listener` receives deliveries, a `sender` makes one from a `sample`."""
