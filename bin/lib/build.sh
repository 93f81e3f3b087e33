# The extension, built outside the source tree.

# sm_sources PATH...: prints the tracked and the new files there that exist, NUL between them; all files where this is no clone of git.
sm_sources() {
	local file
	if git -C "$SM_ROOT" -c safe.directory="$SM_ROOT" rev-parse --git-dir >/dev/null 2>&1; then
		git -C "$SM_ROOT" -c safe.directory="$SM_ROOT" ls-files -z -co --exclude-standard -- "$@" | while IFS= read -r -d '' file; do
			[ ! -f "$SM_ROOT/$file" ] || printf '%s\0' "$file"
		done
	else
		(cd "$SM_ROOT" && find "$@" -type f -print0)
	fi
}

# sm_build FLAVOUR [CONFIGURE-OPTION...]: builds a fresh copy of the sources, in a folder named after what went into it: sources,
# options, PHP. Does nothing where that folder is whole. Sets SM_BUILD (the folder, for make test) and SM_SO (the extension).
# Always from nothing: phpize's make does not know which object includes which header.
sm_build() {
	local flavour=$1 part parts=() stamp
	shift
	[ -f "$SM_ROOT/config.m4" ] || sm_die "there is no config.m4 in $SM_ROOT: nothing to build"
	for part in config.m4 Makefile.frag php_sophmate.h sophmate.c src stubs bin/check-library; do
		[ ! -e "$SM_ROOT/$part" ] || parts+=("$part")
	done
	stamp=$({
		sm_sources "${parts[@]}" | sort -z | (cd "$SM_ROOT" && xargs -0 sha1sum)
		printf '%s\n' "$@"
		"php-config${SM_PHP#php}" --version --configure-options
	} | sha1sum | cut -c1-12)
	SM_BUILD=$SM_BASE/build/$flavour-$stamp
	SM_SO=$SM_BUILD/modules/sophmate.so
	mkdir -p "$SM_BASE/build"
	(
		flock 8
		[ ! -f "$SM_BUILD/.whole" ] || exit 0
		sm_say "building the extension ($flavour${*:+: $*})"
		rm -rf "$SM_BASE/build/$flavour"-*
		mkdir "$SM_BUILD"
		sm_sources "${parts[@]}" | tar -C "$SM_ROOT" --null -T - -cf - | tar -C "$SM_BUILD" --no-same-owner -xf -
		# With a stub newer than its header make would run PHP's generator, which downloads; bin/test compares their hashes.
		find "$SM_BUILD" -name '*_arginfo.h' -exec touch {} +
		log=$SM_BASE/build/$flavour.log
		if ! (cd "$SM_BUILD" && "phpize${SM_PHP#php}" && ./configure --with-php-config="php-config${SM_PHP#php}" "$@" && make -j2) </dev/null >"$log" 2>&1; then
			grep -E 'error: |\*\*\* |cannot open' "$log" | head -n 20 >&2 || tail -n 20 "$log" >&2
			sm_die "the extension does not build, all of it in $log"
		fi
		touch "$SM_BUILD/.whole"
	) 8>"$SM_BASE/build/$flavour.lock"
}

# sm_load [INI-LINE...]: every PHP that is started with this environment from now on loads the built extension, with these settings.
sm_load() {
	mkdir -p "$SM_WORK/state"
	chown "$SM_USER" "$SM_WORK/state"
	printf '%s\n' "extension=$SM_SO" "$@" >"$SM_WORK/php.d/sophmate.ini"
	"$SM_PHP" -r 'exit(extension_loaded("sophmate") ? 0 : 1);' || sm_die "PHP does not load $SM_SO"
}
