"""The operating system: child processes, systemd, memory, and a small memory's import tricks."""
