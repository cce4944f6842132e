"""Openings, the engine child process, and its token stream cut into sentences."""
