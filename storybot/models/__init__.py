"""Model files of engine and recognisers: the catalogue, downloads, what is installed."""
