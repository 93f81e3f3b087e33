# Other releases of Debian in folders of their own, made once and kept in SM_CACHE/matrix. Remove a folder there to have it made anew.
#
#   trixie   MariaDB 11.8, PHP 8.4, and below /opt a PHP 8.4 with debug checks and thread safety, from Debian's source of it
#   sid      MySQL 9, PHP 8.5 (from experimental)
#
# Both with php-fpm and nginx, for tests/fire.
#
# Runs in a mount namespace of its own (see ./run): nothing that is mounted here is seen outside, or left behind.

chroots=$SM_CACHE/matrix

# mirror: prints where this machine gets its Debian packages from.
mirror() { apt-get indextargets --format '$(REPO_URI)' | grep -v security | sort -u | head -n 1; }

# inside NAME COMMAND...: runs the command in that chroot, as root.
inside() {
	local name=$1
	shift
	chroot "$chroots/$name" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
}

# mounts NAME PATH...: the machine's /proc and /dev there, and each of these folders at the same path as here.
mounts() {
	local name=$1 path
	shift
	mount --rbind /proc "$chroots/$name/proc"
	mount --rbind /dev "$chroots/$name/dev"
	for path; do
		mkdir -p "$chroots/$name$path"
		mount --bind "$(realpath "$path")" "$chroots/$name$path"
	done
}

# made NAME WHAT COMMAND...: runs the command where WHAT was not made in that chroot yet, or by another function; its output in a log.
made() {
	local stamp=$chroots/$1/.made-$2 log=$chroots/$1-$2.log what="$1: $2" how
	shift 2
	how=$({ declare -f "$1" && printf '%s\n' "$@"; } | sha1sum)
	[ "$(cat "$stamp" 2>/dev/null)" != "$how" ] || return 0
	sm_say "making $what (once; minutes)"
	"$@" </dev/null >"$log" 2>&1 9>&- || {
		tail -n 20 "$log" >&2
		sm_die "cannot make $what, all of it in $log"
	}
	echo "$how" >"$stamp"
}

# debian RELEASE PACKAGES: a new chroot, of the release's main archive alone.
debian() {
	rm -rf --one-file-system "${chroots:?}/$1"
	debootstrap --variant=minbase --include="$2" "$1" "$chroots/$1" "$(mirror)"
}

# update NAME: the lists of packages; a mirror that stands still keeps its old dates.
update() { inside "$1" apt-get -o Acquire::Check-Valid-Until=false update; }

# php85: PHP 8.5 is in experimental; `-t experimental` would take a php-common from there that breaks it.
php85() {
	echo "deb $(mirror) experimental main" >"$chroots/sid/etc/apt/sources.list.d/experimental.list"
	update sid
	inside sid apt-get install -y --no-install-recommends php8.5-cli php8.5-dev php8.5-mysql php8.5-sqlite3 php8.5-mbstring php8.5-xml
}

# web NAME PACKAGE...: adds these, and nginx; none of it is started.
web() {
	local name=$1
	shift
	update "$name"
	printf '#!/bin/sh\nexit 101\n' >"$chroots/$name/usr/sbin/policy-rc.d"
	chmod 755 "$chroots/$name/usr/sbin/policy-rc.d"
	inside "$name" apt-get install -y --no-install-recommends nginx-light curl "$@"
}

# php_source: a PHP of the chroot's own version that checks itself: debug (leaks are reported) and thread safe. The upstream tarball as
# it is: Debian's patches leave a placeholder in phpize.
php_source() {
	echo "deb-src $(mirror) trixie main" >"$chroots/trixie/etc/apt/sources.list.d/source.list"
	update trixie
	inside trixie apt-get install -y --no-install-recommends libsqlite3-dev libonig-dev dpkg-dev
	inside trixie sh -euc 'rm -rf /opt/src && mkdir -p /opt/src && cd /opt/src
		apt-get source --download-only php8.4
		tar xJf php8.4_*.orig.tar.xz --strip-components=1 --no-same-owner
		./configure --prefix=/opt/php --program-suffix=8.4-debug --enable-debug --enable-zts --disable-all --disable-cgi --disable-phpdbg --enable-cli --enable-session \
			--enable-ctype --enable-tokenizer --enable-filter --enable-phar --enable-pcntl --enable-posix --with-sodium --enable-mbstring --enable-mysqlnd --disable-mysqlnd-compression-support --with-mysqli --enable-pdo \
			--with-pdo-mysql --with-pdo-sqlite
		make -j2
		make install
		rm -rf /opt/src'
}

# make_chroots NAME...: makes sure of these.
make_chroots() {
	local name common=ca-certificates,make,gcc,libsodium-dev,pkg-config,locales
	sm_packages debootstrap
	mkdir -p "$chroots"
	for name; do
		case $name in
			trixie) made trixie chroot debian trixie "$common,php8.4-cli,php8.4-dev,php8.4-mysql,php8.4-sqlite3,php8.4-mbstring,php8.4-xml,mariadb-server" ;;
			sid) made sid chroot debian sid "$common,mysql-server-core,mysql-client-core" ;;
		esac
	done
}
