"""The rooms at work: each module keeps one part of the running daemon going."""
