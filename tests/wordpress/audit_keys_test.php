<?php
// `wp sophmate keys` and `wp sophmate audit checkpoint|anchor` on a real site: keys, heads, the tick, a witness over HTTP, exit codes.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';

$keys = needed('SOPHMATE_KEYS');
$anchor = needed('SOPHMATE_ANCHOR');
$doctor = fn (): array => array_column((array) json_decode(wp_cli('sophmate', 'doctor', '--format=json')[1], true), null, 'check')['audit_log'] ?? [];
$eval = fn (string $code): string => wp_output('eval', $code);
$work = fn (int $n): string => $eval("for (\$i = 0; \$i < $n; \$i++) { sophmate_once('audit-' . bin2hex(random_bytes(8)), 1, fn () => 1); } echo 'worked';");

// without a key
[$code, $output, $errors] = wp_cli('sophmate', 'audit', 'checkpoint');
check('a head without a key says so and ends with 2', [$code, substr_count(trim($output), "\n"), str_contains($errors, 'Not signed')], [2, 2, true]);
check('keys show ends with 2', wp_cli('sophmate', 'keys', 'show')[0], 2);
check('anchor has nothing to show', wp_cli('sophmate', 'audit', 'anchor')[0], 2);
check('doctor notes it', [$doctor()['state'], str_contains($doctor()['finding'], 'has no key')], ['note', true]);
check('the tick goes on', wp_cli('sophmate', 'work', '--once')[0], 0);
check('rotation has nothing to rotate', wp_cli('sophmate', 'keys', 'rotate', '--yes')[0], 2);

// a key
[$code, $vkey] = wp_cli('sophmate', 'keys', 'create', '--reason=first', '--by=ann');
$vkey = trim($vkey);
check('keys create prints the verifier key', [$code, preg_match('~^[\w.:-]+/sophmate/[0-9a-f]{16}\+[0-9a-f]{8}\+[A-Za-z0-9+/=]{44}$~D', $vkey)], [0, 1]);
$file = glob("$keys/*.key")[0] ?? '';
check('its file is for nobody else', decoct(fileperms($file) & 07777), '600');
$seed = explode('+', trim((string) file_get_contents($file)), 5)[4];
check('again it is the same', trim(wp_cli('sophmate', 'keys', 'create')[1]), $vkey);
check('keys show --vkey', wp_output('sophmate', 'keys', 'show', '--vkey'), $vkey);
check('keys show', wp_cli('sophmate', 'keys', 'show')[0], 0);
check('a head is printed as the note', [wp_cli('sophmate', 'audit', 'checkpoint')[0], substr_count(wp_output('sophmate', 'audit', 'checkpoint'), "\n")], [0, 4]);
check('... or as JSON', array_keys((array) json_decode(wp_output('sophmate', 'audit', 'checkpoint', '--format=json'), true)), ['origin', 'size', 'root', 'note', 'grown']);
check('doctor is content', $doctor()['state'], 'good');
check('--quiet-seconds', [wp_cli('sophmate', 'audit', 'checkpoint', '--quiet-seconds=60')[0], wp_cli('sophmate', 'audit', 'checkpoint', '--quiet-seconds=x')[0]], [0, 1]);

// the tick
$newest = fn (): int => (int) $eval('global $wpdb; echo $wpdb->get_var("SELECT MAX(size) FROM {$wpdb->prefix}sophmate_checkpoint");');
$age = fn (int $seconds): string => $eval("global \$wpdb; \$wpdb->query('UPDATE ' . \$wpdb->prefix . 'sophmate_checkpoint SET stored_at = stored_at - ' . 1000000 * $seconds);");
$before = $newest();
$work(2);
wp_cli('sophmate', 'work', '--once');
check('the tick signs at most once a minute', $newest(), $before);
$age(61);
wp_cli('sophmate', 'work', '--once');
check('after a minute it signs what is new', $newest() > $before, true);
$before = $newest();
$age(61);
wp_cli('sophmate', 'work', '--once');
check('where nothing is new it signs nothing', $newest(), $before);
$work(1);
wp_cli('--exec=define("SOPHMATE_CHECKPOINT_SECONDS", 0);', 'sophmate', 'work', '--once');
check('with the setting 0 it signs nothing', $newest(), $before);

// a witness
$dir = needed('SOPHMATE_WORK_DIR') . '/witness';
mkdir($dir);
file_put_contents("$dir/seed", $witness_seed = random_bytes(32));
file_put_contents("$dir/log", $vkey);
$public = sodium_crypto_sign_publickey(sodium_crypto_sign_seed_keypair($witness_seed));
$witness = 'witness.example/w+' . substr(hash('sha256', "witness.example/w\n\x04$public"), 0, 8) . '+' . base64_encode("\x04$public");
$socket = stream_socket_server('tcp://127.0.0.1:0');
$port = (int) explode(':', (string) stream_socket_get_name($socket, false))[1];
fclose($socket);
$server = proc_open([PHP_BINARY, '-S', "127.0.0.1:$port", __DIR__ . '/plugin/witness.php'], [['file', '/dev/null', 'r'], ['file', "$dir/log.txt", 'w'], ['redirect', 1]], $pipes, $dir, ['SOPHMATE_WITNESS_DIR' => $dir] + getenv());
register_shutdown_function(fn () => proc_terminate($server));
eventually(fn (): bool => (bool) @stream_socket_client("tcp://127.0.0.1:$port", timeout: 0.2), 10);
$url = "http://127.0.0.1:$port";
$ask = fn (string ...$more): array => wp_cli('sophmate', 'audit', 'anchor', "--witness=$url", "--key=$witness", ...$more);
[$code, $output, $errors] = $ask();
check('a witness cosigns', [$code, str_contains($output, 'by witness.example/w at '), $errors], [0, true, '']);
$note = $eval('global $wpdb; echo $wpdb->get_var("SELECT note FROM {$wpdb->prefix}sophmate_checkpoint ORDER BY size DESC LIMIT 1");');
check('its line is kept with the head', [substr_count($note, "\u{2014} "), str_contains($note, "\u{2014} witness.example/w ")], [2, true]);
$work(3);
check('the log went on: it cosigns with a proof', $ask()[0], 0);
$eval("delete_option('sophmate_witness_sizes');");
$work(1);
check('the site forgot what the witness saw: it asks again (409)', $ask()[0], 0);
file_put_contents("$dir/seen", json_encode([3, base64_encode(str_repeat('a', 32))]));
[$code, , $errors] = $ask();
check('a fork is refused (422), 20', [$code, str_contains($errors, 'another tree')], [20, true]);
file_put_contents("$dir/seen", json_encode([100000, base64_encode(str_repeat('a', 32))]));
[$code, , $errors] = $ask();
check('a rollback is refused (409), 20', [$code, str_contains($errors, 'more leaves')], [20, true]);
unlink("$dir/seen");
check('no key of the witness', wp_cli('sophmate', 'audit', 'anchor', "--witness=$url")[0], 1);
check('a wrong key of the witness is no cosignature', wp_cli('sophmate', 'audit', 'anchor', "--witness=$url", '--key=' . preg_replace('/\+[0-9a-f]{8}\+/', '+00000000+', $witness))[0], 20);
check('nobody there: 20', wp_cli('sophmate', 'audit', 'anchor', '--witness=http://127.0.0.1:9', "--key=$witness")[0], 20);

// rotation
[$code, $next] = wp_cli('sophmate', 'keys', 'rotate', '--yes', '--reason=yearly');
check('rotate prints another key', [$code, trim($next) !== $vkey, preg_match('~/sophmate/[0-9a-f]{16}\+~', $next)], [0, true, 1]);
check('the old seed is gone', [is_file($file), count(glob("$keys/*.key"))], [false, 1]);
check('the new log signs', wp_cli('sophmate', 'audit', 'checkpoint')[0], 0);
check('a copy gets a log and a key of its own', [wp_cli('sophmate', 'identity', '--restored', '--yes', '--reason=test')[0], wp_cli('sophmate', 'audit', 'checkpoint')[0]], [0, 0]);

// what is refused
$file = array_values(array_filter(glob("$keys/*.key"), fn (string $f): bool => str_contains(wp_output('sophmate', 'keys', 'show', '--vkey'), substr(basename($f), 4, 16))))[0];
chmod($file, 0644);
[$code, , $errors] = wp_cli('sophmate', 'audit', 'checkpoint');
check('a key that others can read is refused', [$code, str_contains($errors, 'mode is 0644'), $doctor()['state']], [2, true, 'wrong']);
chmod($file, 0600);
$work(2);
wp_cli('sophmate', 'audit', 'checkpoint');
$eval('global $wpdb; $wpdb->query("CREATE TABLE {$wpdb->prefix}sm_kept AS SELECT * FROM {$wpdb->prefix}sophmate_journal ORDER BY leaf_index DESC LIMIT 2"); $wpdb->query("DELETE FROM {$wpdb->prefix}sophmate_journal ORDER BY leaf_index DESC LIMIT 2"); $wpdb->query("CREATE TABLE {$wpdb->prefix}sm_heads AS SELECT * FROM {$wpdb->prefix}sophmate_checkpoint"); $wpdb->query("DELETE FROM {$wpdb->prefix}sophmate_checkpoint");');
[$code, , $errors] = wp_cli('sophmate', 'audit', 'checkpoint');
check('a cut tail ends with 30 and names the head', [$code, str_contains($errors, 'the head file knows more leaves')], [30, true]);
$eval('global $wpdb; foreach (array("sm_kept" => "sophmate_journal", "sm_heads" => "sophmate_checkpoint") as $from => $to) { $wpdb->query("INSERT INTO {$wpdb->prefix}$to SELECT * FROM {$wpdb->prefix}$from"); $wpdb->query("DROP TABLE {$wpdb->prefix}$from"); }');
check('put back, it is signed', wp_cli('sophmate', 'audit', 'checkpoint')[0], 0);

// the secret is nowhere
$dump = (string) shell_exec(escapeshellarg(needed('SOPHMATE_DB_ROOT')) . ' ' . escapeshellarg(needed('SOPHMATE_SITE_DB')) . ' -e "SELECT * FROM wp_sophmate_journal; SELECT * FROM wp_sophmate_meta; SELECT * FROM wp_options" 2>&1');
$log = is_file(needed('SOPHMATE_DEBUG_LOG')) ? (string) file_get_contents(needed('SOPHMATE_DEBUG_LOG')) : '';
check('no table and no log holds a seed', [strlen($dump) > 10000, str_contains($dump . $log . file_get_contents($anchor), $seed)], [true, false]);
array_map(unlink(...), glob("$keys/*"));
finish();
