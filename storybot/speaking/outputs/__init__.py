"""Where speech is played: one module a driver."""
