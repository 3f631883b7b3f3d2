# A thin front on Meson: `make help` lists what there is.
BUILD ?= build
JOBS ?= 2

.PHONY: all quick test format

all: $(BUILD)/build.ninja ## Builds the debug form (ASan, UBSan)
	@ninja -C $(BUILD) -j$(JOBS)

$(BUILD)/build.ninja:
	@meson setup $(BUILD) --buildtype=debug -Db_sanitize=address,undefined -Db_lundef=false

quick: all ## Under ten seconds: style checks and unit tests on SQLite
	@$(BUILD)/souk-test
