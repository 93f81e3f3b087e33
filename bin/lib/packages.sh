# What has to be on the machine, and how it gets there.

SM_DEMO_PACKAGES=(php8.2-cli php8.2-dev php8.2-mysql libsodium-dev mariadb-server-core mariadb-client-core
	gcc make pkg-config libc6-dev openssl ca-certificates)
SM_TEST_PACKAGES=("${SM_DEMO_PACKAGES[@]}" php8.2-fpm php8.2-sqlite3 php8.2-curl php8.2-mbstring php8.2-xml php8.2-intl
	libcmocka-dev locales libsqlite3-dev libmariadb-dev nginx-light curl git unzip)

# sm_packages PACKAGE...: installs those that are missing, and says which. Starts no service of theirs. Does nothing where
# $SOPHMATE_PACKAGES is "there": the caller has seen to them (other versions have other names).
sm_packages() {
	[ "${SOPHMATE_PACKAGES:-}" != there ] || return 0
	local missing=() name sudo=() made=
	for name in "$@"; do
		[ "$(dpkg-query -W -f '${db:Status-Status}' "$name" 2>/dev/null)" = installed ] || missing+=("$name")
	done
	[ ${#missing[@]} -gt 0 ] || return 0
	sm_say "installing Debian packages: ${missing[*]}"
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || sm_die "needs root or sudo for: apt-get install ${missing[*]}"
		sudo=(sudo)
		[ -t 0 ] || sudo=(sudo -n)
	fi
	# nginx and php-fpm would start as services of the machine on installation; the tests start their own, on loopback.
	if [ ! -e /usr/sbin/policy-rc.d ]; then
		printf '#!/bin/sh\nexit 101\n' | "${sudo[@]}" tee /usr/sbin/policy-rc.d >/dev/null
		"${sudo[@]}" chmod 755 /usr/sbin/policy-rc.d
		made=yes
	fi
	local apt=("${sudo[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 -qq) failed=
	{
		"${apt[@]}" update && "${apt[@]}" install -y --no-install-recommends "${missing[@]}"
	} </dev/null >"$SM_WORK/apt.log" 2>&1 || failed=yes
	[ -z "$made" ] || "${sudo[@]}" rm -f /usr/sbin/policy-rc.d
	[ -z "$failed" ] || {
		tail -n 20 "$SM_WORK/apt.log" >&2
		sm_die "apt-get could not install: ${missing[*]}"
	}
}

# sm_command COMMAND PACKAGE: installs the package where there is no such command (a tool that may come from elsewhere).
sm_command() {
	command -v "$1" >/dev/null || sm_packages "$2"
	command -v "$1" >/dev/null || sm_die "there is no $1 after installing $2"
}

# sm_fetch_wordpress: makes sure of WP-CLI 2.12.0, WordPress 7.1.1 and the SQLite drop-in 3.0.2; sets SM_WP_FILES to their
# folder. They come in one npm package, whose hash is pinned here.
sm_fetch_wordpress() {
	local version=1.22.0 inside=package/dist/cli/wp-files temporary
	local hash='boMtahkhgWDKKyNTBA1uTK5ghnAmxXhDY6KeQCO9FmcI3/o+YOSq8JwYW5ZYnxHCxH14Jf/mD6CJTBvTWl2Ytw=='
	SM_WP_FILES=$SM_CACHE/wp-studio-$version
	[ ! -f "$SM_WP_FILES/.ok" ] || return 0
	sm_command npm npm
	sm_say "fetching WordPress, WP-CLI and the SQLite drop-in (npm package wp-studio $version, 67 MB)"
	mkdir -p "$SM_CACHE"
	temporary=$(mktemp -d "$SM_CACHE/fetch.XXXXXX")
	(cd "$temporary" && npm pack "wp-studio@$version" --loglevel=error >/dev/null </dev/null) || sm_die "npm pack wp-studio@$version failed"
	[ "$(openssl dgst -sha512 -binary "$temporary/wp-studio-$version.tgz" | base64 -w0)" = "$hash" ] || sm_die "wp-studio $version has another sha512 than the one pinned here: not used"
	mkdir "$temporary/files"
	tar xzf "$temporary/wp-studio-$version.tgz" -C "$temporary/files" --no-same-owner --strip-components=4 \
		"$inside/wp-cli/wp-cli.phar" "$inside/latest/wordpress" "$inside/sqlite-database-integration"
	touch "$temporary/files/.ok"
	# Two fetchers at once: the second finds the place taken, and what is there is whole.
	[ -f "$SM_WP_FILES/.ok" ] || { rm -rf "$SM_WP_FILES" && mv -T "$temporary/files" "$SM_WP_FILES"; } || [ -f "$SM_WP_FILES/.ok" ]
	rm -rf "$temporary"
}
