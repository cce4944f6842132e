"""From sound to utterances: microphones, recognisers, and the process they run in."""
