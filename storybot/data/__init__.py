"""Data shipped with storybot: the things, the word list, the model."""
