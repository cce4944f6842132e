"""Microphones: one module a driver."""
