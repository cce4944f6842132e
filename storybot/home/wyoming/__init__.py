"""The box's stories for Home Assistant's voice assistants, by the Wyoming protocol."""
