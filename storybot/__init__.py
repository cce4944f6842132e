"""storybot: tells children stories, offline."""
