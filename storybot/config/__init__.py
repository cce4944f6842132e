"""Settings: their schema, the files they are read from, and what is wrong with them."""
