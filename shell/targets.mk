.PHONY: shell-files

shell-files: test-venv ## make the shells' completions and the manual page anew, after new options
	@$(PY) shell/make.py
