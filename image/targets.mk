# The SD-card image for the Milk-V Duo, built in image/ (image/README.md) and tried in QEMU.
export IMAGE_CACHE := $(or $(IMAGE_CACHE),$(or $(XDG_CACHE_HOME),$(HOME)/.cache)/storybot/image)
IN_WORKSHOP := image/in_workshop.sh

.PHONY: image image-lock image-test

APT_IMAGE := mmdebstrap debian-archive-keyring dpkg-dev python3 util-linux procps
image: build/.apt-IMAGE duo ## (as root) the Duo's SD-card image: build/image/storybot-duo.img
	@mkdir -p $(IMAGE_CACHE) build
	@image/workshop.sh
	@for name in rootfs headers; do image/debs.py fetch $$name $(IMAGE_CACHE)/debs-$$name; done
	@image/sources.sh
	@cp build/duo/storyteller $(IMAGE_CACHE)/storyteller
	@for step in kernel rootfs pocketsphinx tree image; do \
	  $(IN_WORKSHOP) /storybot/image/$$step.sh; done
	@rm -rf build/image && cp -r $(IMAGE_CACHE)/out build/image

image-lock: build/.apt-IMAGE ## choose the newest packages for the image: image/*.lock
	@for name in workshop rootfs headers; do image/debs.py lock $$name; done
	@date -u -d 'today 00:00' +%s >image/date

# LONG=1: all parts, hours long, with a log in docs; PARTS="voice stories=5" chooses; SHORT=1 has
# these tell the shortest story, without a log.
PARTS ?= $(if $(LONG),console button voice stories packs contest power)
IMAGE_TRIAL_LOG := docs/duo-trial.txt
image-test: ## (as root) boot the image in QEMU with 64 MB and have it tell a story
	@python3 image/trial/try_image.py \
	  $(if $(SHORT),--short,$(if $(PARTS),--log $(IMAGE_TRIAL_LOG))) $(PARTS)
