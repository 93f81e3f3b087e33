<?php
// Inside WordPress: sophmate_remote_request() and the judge against the real services. Argument: curl or socket.
declare(strict_types=1);

require_once dirname(__DIR__) . '/lib.php';
require_once __DIR__ . '/helpers.php';
restore_error_handler();

$transport = $args[0];
add_action('requests-requests.before_request', function (&$url, &$headers, &$data, &$type, &$options) use ($transport): void {
	$options['transport'] = $transport === 'curl' ? WpOrg\Requests\Transport\Curl::class : WpOrg\Requests\Transport\Fsockopen::class;
}, 10, 5);

$billing = getenv('SOPHMATE_EXAMPLE_BILLING');
$body = ['customer' => 'c_1', 'amount' => '12.50', 'currency' => 'EUR', 'name' => 'Åsa 🛒'];
$run = bin2hex(random_bytes(4));

/** One call of sophmate_once() whose effect is a request. @param array<string, mixed> $more */
$call = function (string $name, array $more = [], ?string $url = null) use ($billing, $body, $run, $transport): mixed {
	return sophmate_once("test: remote $run $transport $name", $body, fn (SophMate\Attempt $a) => sophmate_remote_request($a, $url ?? "$billing/charges", ['json' => $body] + $more), ...['timeoutSeconds' => 1.0]);
};
/** code, may have happened, effects in billing */
$seen = fn (mixed $result): array => is_wp_error($result)
	? [$result->get_error_code(), $result->get_error_data()['may_have_happened'], count(ledger('billing'))]
	: ['done ' . wp_remote_retrieve_response_code($result), false, count(ledger('billing'))];

foreach ([
	// fault => code, may have happened, effects that billing has
	'none' => ['done 201', false, 1],
	'400' => ['sophmate_refused', false, 0], '401' => ['sophmate_refused', false, 0], '403' => ['sophmate_refused', false, 0], '404' => ['sophmate_refused', false, 0],
	'405' => ['sophmate_refused', false, 0], '410' => ['sophmate_refused', false, 0], '413' => ['sophmate_refused', false, 0], '422' => ['sophmate_refused', false, 0],
	'429' => ['sophmate_refused', false, 0],
	'402' => ['sophmate_unknown', true, 0], '408' => ['sophmate_unknown', true, 0], '409' => ['sophmate_unknown', true, 0], '423' => ['sophmate_unknown', true, 0], '425' => ['sophmate_unknown', true, 0],
	'500' => ['sophmate_unknown', true, 0], '502' => ['sophmate_unknown', true, 0], '503' => ['sophmate_unknown', true, 0], '500-after' => ['sophmate_unknown', true, 1],
	'302' => ['sophmate_unknown', true, 0], '202' => ['sophmate_unknown', true, 1],
	'refuse' => ['sophmate_refused', false, 0],
	'hang' => ['sophmate_unknown', true, 1], 'hang-before' => ['sophmate_unknown', true, 0], 'reset' => ['sophmate_unknown', true, 1], 'reset-before' => ['sophmate_unknown', true, 0],
	'empty-id' => ['done 201', false, 1], 'malformed' => ['done 200', false, 1],
] as $fault => $expected) {
	$fault = (string) $fault;
	services('reset', 'billing');
	if ($fault !== 'none') {
		services('fault', 'billing', $fault, '--seconds=3');
	}
	$start = microtime(true);
	$result = $call($fault);
	$took = microtime(true) - $start;
	check("$transport, $fault: outcome and effects", $seen($result), $expected);
	if ($fault !== 'refuse') {
		check("$transport, $fault: one request was sent", count(requests('billing')), 1);
	}
	if (str_starts_with($fault, 'hang')) {
		check_between("$transport, $fault: after the step's time-out", $took, 0.9, 2.5);
	}
	if ($fault === '429') {
		$data = $result->get_error_data();
		check("$transport, 429: a provider's limit", [$data['failure'], $data['failure_class']], ['http_429', 'provider_limit']);
	}
	if ($fault === 'refuse') {
		check("$transport, refuse: nothing was sent", $result->get_error_data()['failure_class'], 'not_sent');
		services('fault', 'billing', 'none');
	}
}

services('reset', 'billing');
$first = $call('again');
$again = $call('again');
check("$transport: a replay is the same result", $again, $first);
check("$transport: and no second effect", count(ledger('billing')), 1);
$entry = ledger('billing')[0];
check("$transport: the key and the run came with it", [preg_match('/^sm_[0-9a-f]{32}$/', (string) $entry['key']), preg_match('/^[0-9a-f]{32}$/', (string) $entry['run'])], [1, 1]);
check("$transport: so did the body, byte for byte", $entry['body']['name'], 'Åsa 🛒');
$found = sophmate_engine()->findByExternalId('request', (string) $entry['request']);
check("$transport: the other side's request id is stored", array_map(fn ($r) => $r->id, $found), [$entry['run']]);
check("$transport: no cookie and no object in what is stored", [array_keys($first), $first['cookies'], is_array($first['headers'])], [['body', 'cookies', 'filename', 'headers', 'response', 'sophmate_outcome'], [], true]);

services('fault', 'billing', '202');
check("$transport: 202 is done where the caller says so", $seen($call('202 accepted', ['accepted' => 'done'])), ['done 202', false, 2]);
services('reset', 'billing');
services('fault', 'billing', 'big');
$big = $call('big');
check("$transport: 2 MiB of answer come back", strlen((string) ($big['body'] ?? '')) > 2 * 1024 * 1024, true);
$again = $call('big');
check("$transport: a replay says that the result was not stored, and that it happened", [$again->get_error_code(), $again->get_error_data()['may_have_happened'], count(ledger('billing'))], ['sophmate_unknown', true, 1]);
services('reset', 'billing');
services('fault', 'billing', 'slow', '--seconds=0.3');
check("$transport: slow is not too slow", $seen($call('slow')), ['done 201', false, 1]);
services('reset', 'billing');

check("$transport: no such name", $seen($call('no name', [], 'http://no-such-host.invalid/x')), ['sophmate_refused', false, 0]);
check("$transport: what WordPress may not send was not sent", $seen($call('blocked', [], 'http://blocked.example/x')), ['sophmate_refused', false, 0]);
check("$transport: a limit on the answer is not used", [$seen($call('limit', ['limit_response_size' => 1])), count(requests('billing'))], [['done 201', false, 1], 1]);
services('reset', 'billing');

// A server whose answer cannot be unpacked: WordPress's own curl transport would send the charge again.
$server = proc_open([PHP_BINARY, '-n', '-r', '$s = stream_socket_server("tcp://127.0.0.1:0"); echo stream_socket_get_name($s, false), "\n"; $n = 0;
	while ($c = @stream_socket_accept($s, 3)) { $n++; do { $l = fgets($c); } while ($l !== false && trim($l) !== ""); usleep(20000); fwrite($c, "HTTP/1.1 201 Created\r\nContent-Encoding: gzip\r\nContent-Length: 7\r\nConnection: close\r\n\r\nnonsens"); fclose($c); }
	echo $n, "\n";'], [1 => ['pipe', 'w']], $pipes);
$address = trim((string) fgets($pipes[1]));
$call('not gzip', ['headers' => ['Accept-Encoding' => 'gzip']], "http://$address/charges");
check("$transport: an answer that cannot be unpacked does not send twice", trim((string) fgets($pipes[1])), '1');
proc_close($server);

// Whatever another plugin does in our place may have happened.
$other = fn () => new WP_Error('http_request_failed', 'cURL error 7: refused');
add_filter('pre_http_request', $other);
check("$transport: another plugin's answer may have happened", $seen($call('short cut')), ['sophmate_unknown', true, 0]);
remove_filter('pre_http_request', $other);

// The judge, on what wp_remote_*() returns by itself, and on false.
$raw = fn (string $name, callable $effect): array => $seen(sophmate_once("test: judge $run $transport $name", null, $effect, ...['timeoutSeconds' => 1.0]));
foreach (['422' => ['sophmate_refused', false, 0], '409' => ['sophmate_unknown', true, 0], '202' => ['sophmate_unknown', true, 1]] as $fault => $expected) {
	services('reset', 'billing');
	services('fault', 'billing', (string) $fault);
	check("$transport: the judge reads a raw $fault", $raw("raw $fault", fn () => wp_remote_post("$billing/charges", ['body' => json_encode($body)])), $expected);
}
services('reset', 'billing');
check("$transport: false may have happened", $raw('false', fn () => false), ['sophmate_unknown', true, 0]);
check("$transport: a WP_Error may have happened", $raw('error', fn () => new WP_Error('x', 'y')), ['sophmate_unknown', true, 0]);
check("$transport: null, 0, '' and [] are results", array_map(fn (mixed $v): mixed => sophmate_once("test: judge $run $transport " . json_encode($v), null, fn () => $v), [null, 0, '', []]), [null, 0, '', []]);

// Without time nothing is sent.
$late = sophmate_once("test: remote $run $transport late", null, function (SophMate\Attempt $a) use ($billing, $body) {
	usleep(250000);
	return sophmate_remote_request($a, "$billing/charges", ['json' => $body]);
}, ...['timeoutSeconds' => 0.2]);
check("$transport: after the step's time nothing is sent", [$late->get_error_code(), count(requests('billing'))], ['sophmate_refused', 0]);
finish();
