# pgbraid: merges PostgreSQL backups into a live database. Everything built goes under $(BUILD).
CC ?= cc
PREFIX ?= /usr/local
BUILD ?= build
PG_CONFIG ?= pg_config
CFLAGS ?= -O2 -g
FUZZ_SECONDS ?= 60
N ?= 100000
JOBS ?= $(shell nproc 2>/dev/null || echo 2)

WARNINGS = -Wall -Wextra -Wpedantic -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	-Wwrite-strings -Wvla -Wformat=2 -Wconversion $(if $(CI),-Werror)
# Decompressors beside zlib's are built in where their libraries are.
have = $(shell echo '\#include <$(1)>' | $(CC) -E -x c - >/dev/null 2>&1 && echo $(2))
CODECS := $(call have,lz4frame.h,LZ4:lz4) $(call have,zstd.h,ZSTD:zstd) $(call have,lzma.h,LZMA:lzma) \
	$(call have,bzlib.h,BZIP2:bz2)
CODEC_FLAGS := $(foreach codec,$(CODECS),-DHAVE_$(firstword $(subst :, ,$(codec))))
CODEC_LIBS := $(foreach codec,$(CODECS),-l$(lastword $(subst :, ,$(codec))))
# Checksums of the stream: linked in, for the machine that the tools run on may not have it.
DEFLATE := $(call have,libdeflate.h,-l:libdeflate.a)
INCLUDES := $(patsubst %/,-I%,$(wildcard lib/*/)) -I$(BUILD)/gen $(addprefix -I,$(shell $(PG_CONFIG) --includedir 2>/dev/null))
ALL_CFLAGS = -std=c11 -D_GNU_SOURCE $(WARNINGS) $(INCLUDES) $(CODEC_FLAGS) $(DEFLATE:%=-DHAVE_LIBDEFLATE) -MMD -MP $(CFLAGS)
TEST_CFLAGS = $(ALL_CFLAGS) -Wno-pedantic -Wno-conversion -Wno-sign-conversion
LDLIBS = $(addprefix -L,$(shell $(PG_CONFIG) --libdir 2>/dev/null)) -lpq -lz -lm $(DEFLATE) $(CODEC_LIBS)
CHECK_LIBS = $(shell pkg-config --libs check 2>/dev/null || echo -lcheck_pic -lpthread -lrt -lm -lsubunit)

SCRIPTS = backup backup-named containers explain grant list-backups merge merge-all merge-mended merge-undo misc misc-entry \
	misc-shell prune query restore services-stopped shell status verify verify-backup via
SOURCED = backup-set.sh compose.sh connection.sh rejects.sh restore-sql.sh services.sh variables.sh
SHARE = $(DESTDIR)$(PREFIX)/share/pgbraid
MAN = $(DESTDIR)$(PREFIX)/share/man
TOOLS = $(basename $(notdir $(wildcard tools/*.c)))
LIB_OBJECTS = $(patsubst lib/%.c,$(BUILD)/lib/%.o,$(wildcard lib/*/*.c))
UNIT_TESTS = $(patsubst tests/unit/%.c,$(BUILD)/unit/%,$(wildcard tests/unit/*_test.c))
FUZZERS = $(basename $(notdir $(wildcard tests/fuzz/*_fuzz.c)))
C_FILES = $(wildcard lib/*/*.[ch] tools/*.[ch] tests/unit/*.[ch] tests/fuzz/*.[ch])
ASAN = -O1 -g -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=all
# Memory of process lifetime is left to the process's end on purpose.
ASAN_ENV = ASAN_OPTIONS=detect_leaks=0 UBSAN_OPTIONS=print_stacktrace=1

all: $(TOOLS:%=$(BUILD)/bin/%) ## build the tools, in build/bin

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-16s %s\n", $$1, $$2 }' Makefile
	@echo "Makefile.ai holds the targets that merge backups: make -f Makefile.ai help"

demo: ## show a merge, from a fresh clone, on a throw-away PostgreSQL
	@scripts/setup build server
	@$(MAKE) -s -j$(JOBS) all
	@BUILD=$(BUILD) scripts/demo

test: ## run every test on a throw-away PostgreSQL (T=PATTERN: only those whose name holds it)
	@scripts/setup build server test
	@$(MAKE) -s -j$(JOBS) all unit-tests fuzz-drivers
	@BUILD=$(BUILD) tests/run "$$T"

unit: $(UNIT_TESTS) ## build and run the unit tests alone
	@for t in $^; do $$t || exit 1; done

lint: ## keep the rules of the code: layers, formatting, analysers, man pages, shell
	@scripts/setup build test lint
	@$(MAKE) -s -j$(JOBS) all
	@BUILD=$(BUILD) JOBS=$(JOBS) tests/lint/run

format: ## clang-format the C files
	@scripts/setup lint
	clang-format -i $(C_FILES)

asan: ## unit, end-to-end and fuzz regression tests (or KINDS=server) under ASan and UBSan
	@scripts/setup build test
	@$(MAKE) -s -j$(JOBS) BUILD=$(BUILD)/asan CFLAGS="$(ASAN)" all unit-tests fuzz-drivers
	@$(ASAN_ENV) BUILD=$(BUILD)/asan KINDS="$${KINDS:-unit e2e fuzz}" tests/run "$$T"

fuzz: ## fuzz every parser for FUZZ_SECONDS=60 (T=PATTERN); what it finds stays in tests/fuzz/corpus
	@scripts/setup build fuzz
	@$(MAKE) -s -j$(JOBS) BUILD=$(BUILD)/clang CC=clang fuzzers \
		CFLAGS="-O1 -g -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined"
	@$(ASAN_ENV) FUZZ_SECONDS=$(FUZZ_SECONDS) BUILD=$(BUILD)/clang tests/fuzz/run "$$T"

fuzz-regression: fuzz-drivers ## run the kept corpus through the parsers, no clang needed
	@BUILD=$(BUILD) KINDS=fuzz tests/run

bench: ## measure against a restore and the peers, N=100000 packages
	@scripts/setup build server
	@$(MAKE) -s -j$(JOBS) all
	@BUILD=$(BUILD) N=$(N) tests/bench/run

coverage: ## which lines the tests reach, in build/coverage/report
	@scripts/setup build server test coverage
	@$(MAKE) -s -j$(JOBS) BUILD=$(BUILD)/coverage CFLAGS="-O0 -g --coverage" all unit-tests fuzz-drivers
	-@BUILD=$(BUILD)/coverage tests/run "$$T" | tail -n 1
	@lcov -q -c -b . -d $(BUILD)/coverage -o $(BUILD)/coverage/all --no-external 2>/dev/null
	@lcov -q -r $(BUILD)/coverage/all '*/tests/*' -o $(BUILD)/coverage/info
	@genhtml -q -o $(BUILD)/coverage/report $(BUILD)/coverage/info
	@lcov --summary $(BUILD)/coverage/info

install: all ## install tools, man pages, scripts and Makefile.ai (PREFIX=/usr/local, DESTDIR=)
	install -d $(DESTDIR)$(PREFIX)/bin $(MAN)/man1 $(MAN)/man5 $(SHARE)/scripts $(SHARE)/build
	install $(TOOLS:%=$(BUILD)/bin/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(TOOLS:%=tools/%.1) $(MAN)/man1
	install -m 644 $(wildcard tools/*.5) $(MAN)/man5
	install $(SCRIPTS:%=scripts/%) $(SHARE)/scripts
	install -m 644 $(SOURCED:%=scripts/%) $(SHARE)/scripts
	install -m 644 Makefile.ai $(SHARE)
	ln -sfn ../../../bin $(SHARE)/build/bin # where the scripts look for the tools

uninstall: ## remove what install put there
	rm -f $(TOOLS:%=$(DESTDIR)$(PREFIX)/bin/%) $(TOOLS:%=$(MAN)/man1/%.1)
	rm -f $(patsubst tools/%,$(MAN)/man5/%,$(wildcard tools/*.5))
	rm -f $(SCRIPTS:%=$(SHARE)/scripts/%) $(SOURCED:%=$(SHARE)/scripts/%) $(SHARE)/Makefile.ai $(SHARE)/build/bin
	-rmdir $(SHARE)/scripts $(SHARE)/build $(SHARE)

clean: ## remove everything built
	rm -rf $(BUILD)

$(BUILD)/gen/sql.h: sql/embed.awk $(wildcard sql/*.sql)
	@mkdir -p $(@D)
	awk -f sql/embed.awk $(filter %.sql,$^) >$@

$(BUILD)/lib/%.o: lib/%.c | $(BUILD)/gen/sql.h
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -c $< -o $@

$(BUILD)/libpgbraid.a: $(LIB_OBJECTS)
	rm -f $@
	$(AR) rcs $@ $^

$(BUILD)/bin/%: tools/%.c $(BUILD)/libpgbraid.a
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MT $@ -MF $(BUILD)/gen/$*.d $< $(BUILD)/libpgbraid.a $(LDFLAGS) $(LDLIBS) -o $@

$(BUILD)/unit/%: tests/unit/%.c $(BUILD)/libpgbraid.a
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -MT $@ -MF $@.d $< $(BUILD)/libpgbraid.a $(LDFLAGS) $(CHECK_LIBS) $(LDLIBS) -o $@

$(BUILD)/fuzz-regression/%: tests/fuzz/%.c tests/fuzz/driver.c $(BUILD)/libpgbraid.a
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -Wno-missing-prototypes -MT $@ -MF $@.d $< tests/fuzz/driver.c $(BUILD)/libpgbraid.a $(LDFLAGS) $(LDLIBS) -o $@

$(BUILD)/fuzz/%: tests/fuzz/%.c $(BUILD)/libpgbraid.a
	@mkdir -p $(@D)
	$(CC) $(TEST_CFLAGS) -Wno-missing-prototypes -fsanitize=fuzzer -MT $@ -MF $@.d $< $(BUILD)/libpgbraid.a $(LDFLAGS) $(LDLIBS) -o $@

unit-tests: $(UNIT_TESTS)
fuzz-drivers: $(FUZZERS:%=$(BUILD)/fuzz-regression/%)
fuzzers: $(FUZZERS:%=$(BUILD)/fuzz/%)

# Values from the command line reach the shell as variables, never as text of a command.
override T := $(value T)
export T
.PHONY: all help demo test unit lint format asan fuzz fuzz-regression bench coverage install uninstall \
	clean unit-tests fuzz-drivers fuzzers
.DELETE_ON_ERROR:
-include $(wildcard $(BUILD)/lib/*/*.d $(BUILD)/gen/*.d $(BUILD)/unit/*.d $(BUILD)/fuzz-regression/*.d $(BUILD)/fuzz/*.d)
