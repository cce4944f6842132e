"""PocketSphinx, and what reduces its memory for a board with 64 MB."""
