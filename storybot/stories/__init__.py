"""Stories: the one asked for, and those kept in the library."""
