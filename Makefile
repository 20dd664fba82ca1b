# modelsync: GNU make, no configure step.
#
#	make		executables into build/bin
#	make demo	the whole loop on this machine (EVENTS, LABELS, MINIMUM)
#	make check	all tests, then again under ASan and UBSan
#	make soak	the long sweeps: kills, full disks, crowds, PID 1
#	make bench	speed and memory, beside what one would run instead
#	make coverage	statements that the tests reach
#	make samples	what only real events show (SAMPLES: their folder)
#	make world-agree, make google-agree, make github-agree, make
#	manifests-check	the simulated services and the objects for a cluster
#			beside what real ones say (SHARED: a folder)
#	make fuzz	every parser against made-up input (TIME, TARGETS)
#	make lint	clang-tidy, cppcheck, shellcheck, mandoc
#	make install	DESTDIR and PREFIX are honoured
#
# SAN=1 builds with sanitizers, in a folder of its own.

comma :=	,
PREFIX ?=	/usr/local
B :=		build/$(if $(SAN),san,plain)
BIN :=		build/$(if $(SAN),san/)bin

PACKAGES :=	libmd libbsd-overlay jansson yaml-0.1 libgit2 libisal
CFLAGS ?=	-O2 -g
WARN :=		-Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wcast-qual \
		-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
		-Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough
HARD :=		-fPIE -fstack-protector-strong -fstack-clash-protection \
		-fcf-protection $(if $(SAN),-fsanitize=address$(comma)undefined \
		-fno-sanitize-recover=all -fno-omit-frame-pointer,\
		-D_FORTIFY_SOURCE=2)
HARD_LD :=	-pie -Wl,-z,relro,-z,now,-z,noexecstack,--as-needed \
		$(if $(SAN),-fsanitize=address$(comma)undefined)
# Expanded when used: the packages may be installed by then.
ALL_CFLAGS =	-std=c11 -D_GNU_SOURCE -Ilib -Itests -I. $(WARN) $(HARD) \
		$(shell pkg-config --cflags $(PACKAGES)) $(CFLAGS)
LINK =		$(CC) $(CFLAGS) $(HARD) $(HARD_LD) -o $@ $^ \
		$(shell pkg-config --libs $(PACKAGES)) -llinear -lresolv -lm

TOOLS :=	$(notdir $(wildcard cmd/*))
PAGES :=	$(wildcard cmd/*/*.8)
LIB :=		$B/libmodelsync.a
TARGETS :=	$(notdir $(wildcard tests/fuzz/corpus/*))
REPLAYS :=	$(TARGETS:%=$B/tests/fuzz/%)
TESTS :=	$(patsubst %.c,$B/%,$(wildcard tests/unit/*.c tests/decide/*.c))
whole =		$(patsubst %.c,$B/%.o,$(wildcard cmd/$(1)/*.c))
# What a decision may link with: neither eyes nor hands.
PURE :=		choice decide gate needs object pipelinerun rule runs status sync \
		urls
pure =		$(patsubst %.c,$B/%.o,$(filter $(PURE:%=cmd/$(1)/%.c), \
		$(wildcard cmd/$(1)/*.c)))

all: $(TOOLS:%=$(BIN)/%)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB): $(patsubst %.c,$B/%.o,$(wildcard lib/*/*.c))
	rm -f $@
	$(AR) crs $@ $^

.SECONDEXPANSION:
$(TOOLS:%=$(BIN)/%): $(BIN)/%: \
    $$(call whole,$$*) $(LIB)
	@mkdir -p $(@D)
	$(LINK)

$B/tests/unit/%: $B/tests/unit/%.o $(LIB)
	$(LINK)

$B/tests/bench/%: $B/tests/bench/%.o $(LIB)
	$(LINK)

# tests/decide/TOOL.c, or of one noun of the tool, tests/decide/TOOL.NOUN.c.
$B/tests/decide/%: $B/tests/decide/%.o $$(call pure,$$(basename $$*)) $(LIB)
	$(LINK)

# FUZZ=1: libFuzzer has the main(), and makes the inputs up.  Named as above.
$B/tests/fuzz/%: $B/tests/fuzz/%.o $B/tests/fuzz/keep.o \
    $(if $(FUZZ),,$B/tests/fuzz/replay.o) $$(call pure,$$(basename $$*)) \
    $(LIB)
	$(LINK)

-include $(shell find $B -name '*.d' 2>/dev/null)

# What the targets below need, from Debian's packages.
setup:
	@tests/setup

tests: all $(TESTS)
replays: $(REPLAYS)

demo: setup
	@$(MAKE) --no-print-directory -s all
	@BIN=$(BIN) manifests/embedded/demo

check: setup
	@tests/check

# The long sweeps.  STEP=n takes every nth point, ROUNDS fewer rounds.
soak: setup
	@$(MAKE) --no-print-directory -s all
	@tests/soak

bench: setup
	@$(MAKE) --no-print-directory -s all $B/tests/bench/measure \
	    $B/tests/bench/predict
	@tests/bench/run

coverage: setup
	@tests/coverage

# On real events that are no part of the project; says so without them.
samples: all
	@tests/samples

# Against recorded answers of a real server and its definitions, which are no
# part of the project (SHARED: their folder); all say so without them.
SHARED ?=	../shared
world-agree: setup
	@tests/world/agree $(SHARED) $(OBJECTS)
google-agree: setup
	@$(MAKE) --no-print-directory -s all
	@BIN=$(CURDIR)/$(BIN) tests/world/google-agree $(SHARED)
github-agree: setup
	@$(MAKE) --no-print-directory -s all
	@BIN=$(CURDIR)/$(BIN) tests/world/github-agree $(SHARED)
manifests-check: setup
	@tests/manifests/check $(SHARED)

lint: setup
	@CFLAGS="$(filter-out -Werror,$(ALL_CFLAGS))" tests/lint

fuzz:
	@tests/setup clang libclang-rt-14-dev
	@tests/fuzz/run $(TARGETS)

install: all
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(PREFIX)/share/man/man8
	install -m 755 $(TOOLS:%=$(BIN)/%) $(DESTDIR)$(PREFIX)/bin
	install -m 644 $(PAGES) $(DESTDIR)$(PREFIX)/share/man/man8

clean:
	rm -rf build

export EVENTS LABELS MINIMUM SAMPLES STEP ROUNDS TIME
.PHONY: all setup tests replays demo check fuzz soak bench coverage \
	samples world-agree google-agree github-agree manifests-check lint \
	install clean
.SECONDARY:
