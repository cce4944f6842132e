"""The daemon: an event loop around the robot, and one service for each of its parts."""
