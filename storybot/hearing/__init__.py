"""Sound in, recognisers, and what was asked: microphone to Request."""
