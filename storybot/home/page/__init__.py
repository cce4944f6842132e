"""The page for a phone or a tablet: an HTTP server beside the daemon, which asks it for all."""
