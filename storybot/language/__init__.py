"""Everything English: what is understood, what is said, and what is refused."""
