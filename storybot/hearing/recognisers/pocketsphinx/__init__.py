"""PocketSphinx, with what makes it small enough for 64 MB of memory."""
