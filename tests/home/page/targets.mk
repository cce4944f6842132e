# The page: a real Chromium, and axe-core, which looks for what keeps people out.
APT_PAGE := chromium fonts-noto-color-emoji

.PHONY: page-tools page-shots

page-tools: build/.apt-HOME build/.apt-PAGE build/.page test-venv build/axe.min.js

build/.page: pyproject.toml | .venv/.test
	@$(PY) -m pip install -q --disable-pip-version-check $(EDITABLE) -e '.[browser]'
	@touch $@

build/axe.min.js: | build/.page
	@cp .venv/lib/python3*/site-packages/axe_playwright_python/axe.min.js $@

page-shots: page-tools engine ## screenshots of the page in build/page-shots: light, dark, phone, tablet
	@$(PY) -m tests.home.page.shots build/page-shots
	@echo "build/page-shots"
