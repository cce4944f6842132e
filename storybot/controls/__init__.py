"""Button, lights and control socket."""
