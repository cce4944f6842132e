"""The commands of `storybot`, one small module each."""
