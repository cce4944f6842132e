# The appliance: install it, try it under a real systemd, soak it, measure its memory.
N ?= 1000

export EXTRAS ?= auto

.PHONY: install uninstall install-service test-systemd soak memory

install: build/.apt-STORY ## (as root) put storybot, its service and the extras that fit on this machine; PREFIX, DESTDIR, EXTRAS=none
	@systemd/install.sh install

uninstall: ## (as root) take storybot off this machine; settings and stories stay
	@systemd/install.sh uninstall

install-service: ## (as root) put only unit, user, rules and settings on this machine
	@systemd/install.sh service

test-systemd: test-venv engine ## the service under a real systemd, in namespaces (needs root)
	@export STORYBOT_SYSTEMD=1; $(call tested,-q tests/systemd)

soak: test-venv engine ## N=1000 stories in virtual time, with faults at random
	@nice $(PY) -m tests.daemon.soak -n $(N)

memory: test-venv engine ## memory of every process in the small profile, listening and telling; VOICE=espeak
	@$(PY) -m tests.daemon.memory
