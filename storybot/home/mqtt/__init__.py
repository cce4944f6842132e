"""The bridge between the daemon's control socket and an MQTT broker, for Home Assistant."""
