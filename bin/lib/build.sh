# The extension, built outside the source tree.

# sm_sources: prints the files of the tree that are tracked or new, NUL between them; all but .git where this is no clone.
sm_sources() {
	if git -C "$SM_ROOT" -c safe.directory="$SM_ROOT" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$SM_ROOT" -c safe.directory="$SM_ROOT" ls-files -z -co --exclude-standard -- "$@"
	else
		(cd "$SM_ROOT" && find "$@" -type f -not -path '*/.git/*' -print0)
	fi
}

# sm_build FLAVOUR [CONFIGURE-OPTION...]: builds a fresh copy of the sources when one of them, the options or PHP changed since the
# last build of that flavour. Sets SM_BUILD (its folder, for make test) and SM_SO (the extension).
sm_build() {
	local flavour=$1 stamp parts
	shift
	[ -f "$SM_ROOT/config.m4" ] || sm_die "there is no config.m4 in $SM_ROOT: nothing to build"
	cd "$SM_ROOT"
	parts=()
	for part in config.m4 Makefile.frag php_sophmate.h sophmate.c src stubs; do
		[ ! -e "$part" ] || parts+=("$part")
	done
	stamp=$({
		sm_sources "${parts[@]}" | sort -z | xargs -0 sha1sum
		printf '%s\n' "$@"
		"php-config${SM_PHP#php}" --version --configure-options
	} | sha1sum | cut -d' ' -f1)
	SM_BUILD=$SM_BASE/build/$flavour
	SM_SO=$SM_BUILD/modules/sophmate.so
	cd - >/dev/null
	[ "$(cat "$SM_BUILD/.stamp" 2>/dev/null)" != "$stamp" ] || return 0
	sm_say "building the extension ($flavour${*:+: $*})"
	# A new folder, moved into place when it is whole: processes that have the old file mapped keep it.
	local new=$SM_BASE/build/$flavour.new.$$
	rm -rf "$new" && mkdir -p "$new"
	sm_sources "${parts[@]}" | tar -C "$SM_ROOT" --null -T - -cf - | tar -C "$new" --no-same-owner -xf -
	# With a stub newer than its header make would run PHP's generator, which downloads; their hashes are compared by bin/test.
	find "$new" -name '*_arginfo.h' -exec touch {} +
	if ! (cd "$new" && "phpize${SM_PHP#php}" && ./configure --with-php-config="php-config${SM_PHP#php}" "$@" && make -j2) </dev/null >"$SM_WORK/build-$flavour.log" 2>&1; then
		rm -rf "$new"
		grep -nE 'error|Error|warning:' "$SM_WORK/build-$flavour.log" | head -n 20 >&2 || tail -n 20 "$SM_WORK/build-$flavour.log" >&2
		sm_die "the extension does not build, see $SM_WORK/build-$flavour.log"
	fi
	echo "$stamp" >"$new/.stamp"
	rm -rf "$SM_BUILD"
	mv -T "$new" "$SM_BUILD"
}

# sm_load [INI-LINE...]: every PHP that is started with this environment from now on loads the built extension, with these settings.
sm_load() {
	mkdir -p "$SM_WORK/state"
	chown "$SM_USER" "$SM_WORK/state"
	printf '%s\n' "extension=$SM_SO" "$@" >"$SM_WORK/php.d/sophmate.ini"
	"$SM_PHP" -r 'exit(extension_loaded("sophmate") ? 0 : 1);' || sm_die "PHP does not load $SM_SO"
}
