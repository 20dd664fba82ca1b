# modelsync: GNU make, no configure step.  `make help` lists the targets.

PREFIX ?=	/usr/local
FLAVOUR :=	$(if $(SAN),san,plain)
B :=		build/$(FLAVOUR)
BIN :=		$(if $(SAN),$B/bin,build/bin)

CC ?=		cc
PACKAGES :=	libbsd-overlay libmd jansson yaml-0.1 libgit2 zlib
CFLAGS ?=	-O2 -g
WARN :=		-Wall -Wextra -Werror -Wshadow -Wpointer-arith -Wcast-qual \
		-Wstrict-prototypes -Wmissing-prototypes -Wwrite-strings \
		-Wformat=2 -Wundef -Wvla -Wimplicit-fallthrough
HARD :=		-fPIE -fstack-protector-strong -fstack-clash-protection \
		-fcf-protection
HARD_LD :=	-pie -Wl,-z,relro,-z,now -Wl,-z,noexecstack -Wl,--as-needed
ifdef SAN
HARD +=		-fsanitize=address,undefined -fno-sanitize-recover=all \
		-fno-omit-frame-pointer
HARD_LD +=	-fsanitize=address,undefined
else
HARD +=		-D_FORTIFY_SOURCE=2
endif
ALL_CFLAGS =	-std=c11 -D_GNU_SOURCE -Ilib -Itests $(WARN) $(HARD) \
		$(shell pkg-config --cflags $(PACKAGES)) $(CFLAGS)
LIBS =		$(shell pkg-config --libs $(PACKAGES)) -llinear -lm

TOOLS :=	$(notdir $(wildcard cmd/*))
LIB_O :=	$(patsubst %.c,$B/%.o,$(wildcard lib/*/*.c))
LIB_A :=	$B/libmodelsync.a
UNIT :=		$(patsubst tests/%.c,$B/tests/%,$(wildcard tests/unit/*.c))
DECIDE :=	$(patsubst tests/%.c,$B/tests/%,$(wildcard tests/decide/*.c))

all: $(TOOLS:%=$(BIN)/%)

unit: $(UNIT) $(DECIDE)

$B/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(LIB_A): $(LIB_O)
	rm -f $@ && $(AR) crs $@ $(LIB_O)

define tool
$(BIN)/$(1): $(patsubst %.c,$B/%.o,$(wildcard cmd/$(1)/*.c)) $(LIB_A)
	@mkdir -p $$(@D)
	$$(CC) $$(CFLAGS) $$(HARD) $$(HARD_LD) -o $$@ $$^ $$(LIBS)
endef
$(foreach t,$(TOOLS),$(eval $(call tool,$(t))))

$B/tests/unit/%: $B/tests/unit/%.o $(LIB_A)
	$(CC) $(CFLAGS) $(HARD) $(HARD_LD) -o $@ $^ $(LIBS)

.SECONDEXPANSION:
$B/tests/decide/%: $B/tests/decide/%.o $B/cmd/$$*/decide.o $(LIB_A)
	$(CC) $(CFLAGS) $(HARD) $(HARD_LD) -o $@ $^ $(LIBS)

-include $(shell find $B -name '*.d' 2>/dev/null)

.PHONY: all unit
.SECONDARY:
