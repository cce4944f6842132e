"""From a story's opening to its sentences: the engine process and the pipeline around it."""
