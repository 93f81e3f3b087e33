# What tests/phpt/run does so that PHP runs under asan, valgrind or jit. Sets
#   sm_make       words for make test          sm_arguments  words for PHP's test runner
#   sm_skips      the one reason to skip that is meant here
# and shows that what shall find errors finds one. Needs under, SM_BUILD, SM_WORK.

sm_make=() sm_arguments=() sm_skips="none"

# under_wrapper COMMAND...: a PHP that is started so. Every PHP that a test starts is one.
under_wrapper() {
	local php
	php=$(command -v "$SM_PHP")
	printf '#!/bin/sh\nexec %s "$@"\n' "$* $php" >"$SM_WORK/php"
	chmod 755 "$SM_WORK/php"
	sm_make=(PHP_EXECUTABLE="$SM_WORK/php")
}

# under_canary FILE COMMAND...: the command calls the canary's function, one byte behind its memory; it must die of that, and say so.
under_canary() {
	local word=$1 code=0 said
	shift
	said=$("$@" -r 'canary(); echo "the canary flew on\n";' 2>&1 </dev/null) || code=$?
	grep -q "$word" <<<"$said" || {
		tail -n 5 <<<"$said"
		sm_die "the planted overflow was not caught (exit code $code): $under would see nothing"
	}
	sm_say "$under: the planted overflow is caught ($word)"
}

# under_canary_build FLAG...: a PHP extension with one function that writes behind what it allocated. Sets canary.
under_canary_build() {
	canary=$SM_WORK/canary.so
	# shellcheck disable=SC2046
	gcc -std=gnu11 -O0 -g -shared -fPIC "$@" $("php-config${SM_PHP#php}" --includes) -o "$canary" "$SM_ROOT/tests/phpt/canary.c" ||
		sm_die 'the canary does not build'
}

case $under in
asan)
	under_canary_build -fsanitize=address
	# Debian's PHP opens extensions with RTLD_DEEPBIND, which the sanitizer's runtime refuses.
	gcc -O2 -shared -fPIC -o "$SM_WORK/shim.so" "$SM_ROOT/tests/phpt/shim.c" || sm_die 'the dlopen shim does not build'
	under_wrapper env "LD_PRELOAD=$SM_WORK/shim.so:$(gcc -print-file-name=libasan.so):$(gcc -print-file-name=libubsan.so)" \
		"ASAN_OPTIONS=verify_asan_link_order=0:detect_leaks=0:detect_stack_use_after_return=0:allocator_may_return_null=1" \
		UBSAN_OPTIONS=print_stacktrace=1 USE_ZEND_ALLOC=0
	under_canary 'heap-buffer-overflow' "$SM_WORK/php" -n -d "extension=$canary"
	sm_skips="needs PHP's own allocator"
	export USE_ZEND_ALLOC=0
	;;
valgrind)
	under_canary_build
	under_canary 'Invalid write' env USE_ZEND_ALLOC=0 valgrind -q "$SM_PHP" -n -d "extension=$canary"
	# Code that PCRE compiles at run time reads ahead in whole registers, and memcheck takes that for errors.
	sm_arguments=(-m -d pcre.jit=0)
	# A test asks binutils about the library: what memcheck says of their own loading of plugins is not ours.
	export VALGRIND_OPTS='--trace-children-skip=*/nm,*/readelf'
	export SOPHMATE_TEST_INI=pcre.jit=0
	sm_skips="needs PHP's own allocator"
	;;
jit)
	# Every function and loop is compiled when it is first seen.
	jit=(zend_extension=opcache.so opcache.enable_cli=1 opcache.jit_buffer_size=64M opcache.jit=tracing opcache.jit_hot_func=1
		opcache.jit_hot_loop=1 opcache.jit_hot_return=1 opcache.jit_hot_side_exit=1)
	under_wrapper env SOPHMATE_UNDER=jit
	on=$("$SM_WORK/php" -n "${jit[@]/#/-d}" -r 'echo json_encode(opcache_get_status()["jit"]["on"] ?? null);')
	[ "$on" = true ] || sm_die "the JIT is not on (got '$on')"
	sm_arguments=("${jit[@]/#/-d }")
	export SOPHMATE_TEST_INI="${jit[*]}"
	;;
esac
