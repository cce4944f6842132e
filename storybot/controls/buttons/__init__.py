"""Buttons: one module a driver, and gestures from their edges."""
