#!/bin/bash
# verify.sh VERIFIER-KEY EXPORT|PROOF ...: checks exported audit logs (folders) and proofs (*.tlog-proof) with bash, coreutils and openssl 3 alone.
# Get the verifier key from somebody else than whom the log comes from. Exit code 0: all that was given is as it was signed.
set -euo pipefail; export LC_ALL=C
[ $# -ge 2 ] || { head -n3 "$0" | tail -n2; exit 2; }
T=$(mktemp -d) && trap 'rm -rf "$T"' EXIT
die() { printf 'WRONG: %s\n' "$*" >&2; exit 1; }
hex() { local h; h=$(od -An -v -w999 -tx1) && printf %s "${h// /\\x}"; } # bytes as \x12\xab..., the form that printf turns into bytes again
hash_all() { # hash_all FILE...: the SHA-256 of each, in that form, into the array H; a thousand files for each openssl
	local i line; H=()
	for ((i = 1; i <= $#; i += 1000)); do
		while read -r line; do line=${line##*= }; H+=("\\x${line//:/\\x}"); done < <(openssl dgst -sha256 -c "${@:i:1000}")
	done
	[ ${#H[@]} = $# ] || die 'openssl did not hash everything'; }
name=${1%%+*} key=${1#*+*+} # of name+key id+base64(type 1, 32 bytes of public key); base64 may hold a + itself
base64 -d <<<"$key" >"$T/key" && [ "$(head -c1 "$T/key" | hex) $(wc -c <"$T/key")" = '\x01 33' ] || die 'this is no verifier key of an Ed25519 log'
id=$({ printf '%s\n' "$name"; cat "$T/key"; } | openssl dgst -sha256 -r | head -c8) && [ "$1" = "$name+$id+$key" ] || die "the key's id is $id"
{ printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'; tail -c32 "$T/key"; } >"$T/pub" # as openssl reads public keys
checkpoint() { # checkpoint FILE: three lines, a blank one, signatures: is one of them this key's, and right? Sets size and root
	local line sig='' origin blank; { read -r origin && read -r size && read -r root && read -r blank; } <"$1" || die "$1 is too short"
	[ "$origin" = "$name" ] && [ -z "$blank" ] && [[ $size =~ ^(0|[1-9][0-9]{0,17})$ ]] || die "$1 is no checkpoint of $name"
	while read -r line; do [ "${line% *}" != "— $name" ] || sig=${line##* }; done < <(tail -n+5 "$1")
	base64 -d <<<"$sig" >"$T/sig" && [ "$(head -c4 "$T/sig" | od -An -tx1 | tr -d ' ')" = "$id" ] || die "$1 has no signature of this key"
	head -n3 "$1" >"$T/text" && tail -c+5 "$T/sig" >"$T/raw" && root=$(base64 -d <<<"$root" | hex)
	openssl pkeyutl -verify -pubin -keyform DER -inkey "$T/pub" -rawin -in "$T/text" -sigfile "$T/raw" >"$T/said" || die "$1: the signature is wrong"; }
node() { printf "\x01$2$3" >"$1"; } # what a node of the tree is the hash of: its two children behind a byte 1
export_is_sound() { # export_is_sound FOLDER: hash every leaf, then pairs, pairs of pairs ... up to the root that was signed
	local tile n=0 i path width high file code text skip length files=(); checkpoint "$1/checkpoint"
	for ((tile = 0; tile * 256 < size; tile++)); do # tile/entries/001, x001/234, 005.p/17: 256 leaves a file, the last one fewer
		path=$(printf %03d $((tile % 1000))) width=$((size - tile * 256 < 256 ? size - tile * 256 : 256))
		for ((high = tile / 1000; high > 0; high /= 1000)); do path=x$(printf %03d $((high % 1000)))/$path; done
		file=$1/tile/entries/$path; [ $width = 256 ] || file+=.p/$width; [ -f "$file" ] || die "$file is missing"
		basenc --base16 -w0 "$file" >"$T/code" && tr -d '\0' <"$file" >"$T/text" && exec 3<"$T/code" 4<"$T/text" # bash cannot hold a byte 0
		for ((i = 0; i < width; i++)); do # a leaf: two bytes of length, then so many bytes of text
			read -r -N4 -u3 code && length=$((16#$code)) && read -r -N$((length * 2)) -u3 skip || die "$file is too short"
			read -r -N$(((length > 255) + (length % 256 > 0))) -u4 skip; read -r -N$length -u4 text || die "$file holds what is no text"
			printf '\0%s' "$text" >"$T/$n" && files+=("$T/$((n++))")
		done
		! read -r -N1 -u3 skip || die "$file holds more than $width leaves"
	done
	for (( ; n > 1; n = (n + 1) / 2)); do # a last one without a partner goes up as it is
		hash_all "${files[@]:0:n}" && for ((i = 0; i < n / 2; i++)); do node "$T/$i" "${H[2 * i]}" "${H[2 * i + 1]}"; done
		[ $((n % 2)) = 0 ] || cp "$T/$((n - 1))" "$T/$((n / 2))"
	done
	[ $size -gt 0 ] || : >"$T/0"; hash_all "$T/0"; [ "${H[0]}" = "$root" ] || die "$1: the leaves are not those that were signed"; }
proof_is_sound() { # proof_is_sound FILE: climb from the leaf in it to the root that was signed
	local lines end=3 at last hash left; mapfile -t lines <"$1"
	[ "${lines[0]-}" = c2sp.org/tlog-proof@v1 ] && [[ ${lines[1]-} = 'extra '* && ${lines[2]-} =~ ^index\ [0-9]{1,18}$ ]] || die "$1 is no proof"
	while [ -n "${lines[end]-}" ]; do end=$((end + 1)); done; printf '%s\n' "${lines[@]:end + 1}" >"$T/note"; checkpoint "$T/note"
	{ printf '\0'; base64 -d <<<"${lines[1]#extra }"; } >"$T/0"; hash_all "$T/0"; at=$((10#${lines[2]#index })) last=$((size - 1))
	for hash in "${lines[@]:3:end - 3}"; do
		hash=$(base64 -d <<<"$hash" | hex) left=$((at % 2 || at == last))
		if [ $left = 1 ]; then node "$T/0" "$hash" "${H[0]}"; else node "$T/0" "${H[0]}" "$hash"; fi
		while ((left && at % 2 == 0 && at > 0)); do at=$((at / 2)) last=$((last / 2)); done
		hash_all "$T/0"; at=$((at / 2)) last=$((last / 2))
	done
	[ $last = 0 ] && [ $at = 0 ] && [ "${H[0]}" = "$root" ] || die "$1: the leaf is not in the tree that was signed"; }
for what in "${@:2}"; do what=${what/#-/./-}; [ -r "$what" ] || die "$what cannot be read"
	if [ -d "$what" ]; then export_is_sound "$what"; else proof_is_sound "$what"; fi; printf 'sound: %s, of %d leaves\n' "$what" "$size"
done
