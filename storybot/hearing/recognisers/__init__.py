"""Recognisers: one module or folder a driver."""
