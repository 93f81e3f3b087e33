# Each build is checked: nothing but get_module leaves the library, and sanitizers that were asked for are really in it.
all: sophmate-check-library

sophmate-check-library: $(phplibdir)/sophmate.la
	@sh $(srcdir)/bin/check-library $(phplibdir)/sophmate.so "$(SOPHMATE_SANITIZE)"

.PHONY: sophmate-check-library
