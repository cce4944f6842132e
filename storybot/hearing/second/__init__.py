"""A second recogniser, which decodes again what the first has accepted."""
