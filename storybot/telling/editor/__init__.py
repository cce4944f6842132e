"""The editor: throws away drafts that a listener would stumble over, and ranks the others. Pure."""
