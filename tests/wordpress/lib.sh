# What a test in shell needs. Source it; end with `finish`.

CHECKS_PASSED=0
CHECKS_FAILED=0

# check WHAT GOT EXPECTED: passes when both are the same text.
check() {
	if [ "$2" = "$3" ]; then
		CHECKS_PASSED=$((CHECKS_PASSED + 1))
		printf 'ok      %s\n' "$1"
	else
		CHECKS_FAILED=$((CHECKS_FAILED + 1))
		printf 'FAILED  %s: got "%s", expected "%s"\n' "$1" "$2" "$3"
	fi
}

# check_holds WHAT TEXT PIECE: passes when the text holds the piece.
check_holds() {
	case $2 in
	*"$3"*) check "$1" yes yes ;;
	*) check "$1" "$2" "... $3 ..." ;;
	esac
}

# check_runs WHAT COMMAND...: passes when the command succeeds; its output is shown when it does not.
check_runs() {
	local what=$1 output
	shift
	if output=$("$@" 2>&1 </dev/null); then check "$what" yes yes; else check "$what" "$output" 'success'; fi
}

# finish: writes the count, and ends with 1 when anything failed or nothing was checked.
finish() {
	printf '%d %d\n' "$CHECKS_PASSED" "$CHECKS_FAILED" >"${SOPHMATE_COUNT:-/dev/null}"
	printf '%s: %d passed, %d failed\n' "$(basename "$0")" "$CHECKS_PASSED" "$CHECKS_FAILED"
	[ "$CHECKS_FAILED" = 0 ] && [ "$CHECKS_PASSED" != 0 ]
	exit
}
