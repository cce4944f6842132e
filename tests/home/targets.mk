# The box in the home network: a real broker, and the units beside the daemon.
APT_HOME := mosquitto
BOXES ?= 100

.PHONY: test-home fleet

test-home: page-tools engine ## Home Assistant, the page in Chromium, units under systemd (as root)
	@STORYBOT_SYSTEMD=1 $(PY) -m pytest -q tests/home tests/systemd/test_home_units.py $(PYTEST_ARGS)

fleet: build/.apt-HOME test-venv ## BOXES=100 boxes on one broker: messages, times, memory
	@$(PY) -m tests.home.fleet -n $(BOXES)
