"""Speech synthesizers: one module a driver."""
