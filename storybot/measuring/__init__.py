"""Tables of memory, round trips and stories: what README claims, measured."""
