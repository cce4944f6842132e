"""Lights: patterns for one lamp, or lines to a button board."""
