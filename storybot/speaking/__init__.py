"""Voices, player, wav and earcons: a sentence to sound."""
