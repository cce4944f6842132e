# The story model: `make train` makes one from the corpus, `make eval-model` measures the one inside.
CORPUS ?= $(SHARED)/corpus
TRAINING := build/training
TRAINING_MINUTES ?= 20
TRAINING_PY := $(TRAINING)/venv/bin/python
TRAIN_STEP := PYTHONPATH=$(CURDIR) OMP_WAIT_POLICY=passive MALLOC_MMAP_THRESHOLD_=4000000000 \
  MALLOC_TRIM_THRESHOLD_=8000000000 $(TRAINING_PY) -m training

.PHONY: train eval-model eval-stories reading-set label-set

train: engine $(TRAINING)/venv/.ready ## train a story model: CORPUS=folder TRAINING_MINUTES=20
	@$(TRAIN_STEP).tokenizer --corpus $(CORPUS) --out $(TRAINING)
	@$(TRAIN_STEP).data --corpus $(CORPUS) --out $(TRAINING)
	@$(TRAIN_STEP).train --out $(TRAINING) --minutes $(TRAINING_MINUTES)
	@$(TRAIN_STEP).export --out $(TRAINING)
	@$(STORYTELLER) pack $(TRAINING)/model.bin $(TRAINING)/tokenizer.bin -q int8 \
	  -o $(TRAINING)/model.story
	@echo "train: made $(TRAINING)/model.story; make eval-model MODEL=$(TRAINING)/model.story"

MODEL ?= storybot/data/default.story
EVAL_ARGS ?=
eval-model: test-venv engine ## the story model's figures: bits per character, 412 requests
	@$(PY) -m storybot.measuring.stories --engine $(STORYTELLER) --model $(MODEL) \
	  --fp32 $(TRAINING) --shared $(SHARED) $(EVAL_ARGS)

SAMPLE ?= 0
eval-stories: test-venv engine ## figures of stories from plans: MODEL=file SAMPLE=requests
	@$(PY) -m storybot.measuring.plot_report --engine $(STORYTELLER) --model $(MODEL) \
	  --sample $(SAMPLE) $(EVAL_ARGS)

reading-set: test-venv engine ## 60 stories to be read blind, and their key: MODEL=file
	@$(PY) -m storybot.measuring.reading_set build/reading --engine $(STORYTELLER) \
	  --model $(MODEL) --shared $(SHARED) $(EVAL_ARGS)

label-set: test-venv engine ## sentences to be labelled by reading: EVAL_ARGS="--labels FILE" compares
	@$(PY) -m storybot.measuring.label_set build/labels --engine $(STORYTELLER) \
	  --model $(MODEL) $(EVAL_ARGS)

$(TRAINING)/venv/.ready: training/requirements.txt
	@echo "preparing $(TRAINING)/venv"
	@python3 -m venv $(TRAINING)/venv
	@$(TRAINING_PY) -m pip install -q --disable-pip-version-check -r training/requirements.txt
	@touch $@
