"""From sentences to sound: voices, outputs and the speaker that joins them."""
