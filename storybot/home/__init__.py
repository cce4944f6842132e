"""The box in the home network: processes beside the daemon that ask it through its socket."""
