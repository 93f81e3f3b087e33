<?php
// Exact costs, at the store and by the server's own counters; and pages without automation, through the web server.
declare(strict_types=1);

require __DIR__ . '/lib.php';
require __DIR__ . '/plugin/helpers.php';
require __DIR__ . '/flow/helpers.php';

inside('../flow/counts.php');

// The same pages with and without the plugin, by the server's counters.
$url = needed('SOPHMATE_URL');
$server = new mysqli('localhost', 'root', '', '', null, needed('SOPHMATE_DB_SOCKET'));
/* WordPress still asks after its answer has arrived: looks until its connection is gone, and does not count its own looks. */
$looks = 0;
$questions = function () use ($server, &$looks): int {
	do {
		$looks++;
		$is = array_column($server->query("SHOW GLOBAL STATUS WHERE Variable_name IN ('Questions', 'Threads_connected')")->fetch_all(), 1, 0);
	} while ((int) $is['Threads_connected'] > 1 && usleep(2000) === null);
	return (int) $is['Questions'] - $looks;
};
$jar = needed('SOPHMATE_WORK_DIR') . '/jar';
/** @return array{int, string} */
$get = function (string $path, array $post = []) use ($url, $jar): array {
	$handle = curl_init($url . $path);
	curl_setopt_array($handle, [CURLOPT_RETURNTRANSFER => true, CURLOPT_TIMEOUT => 30, CURLOPT_COOKIEJAR => $jar, CURLOPT_COOKIEFILE => $jar] + ($post === [] ? [] : [CURLOPT_POSTFIELDS => http_build_query($post)]));
	$body = (string) curl_exec($handle);
	$code = (int) curl_getinfo($handle, CURLINFO_RESPONSE_CODE);
	unset($handle);   // writes the cookies
	return [$code, $body];
};
$get('/wp-login.php');
check('the administrator logs in', $get('/wp-login.php', ['log' => 'admin', 'pwd' => 'pw', 'testcookie' => '1'])[0], 302);
$pages = ['front page' => '/', 'a page that is not there' => '/?p=999999', 'log-in' => '/wp-login.php', 'REST' => '/?rest_route=/wp/v2/types', 'dashboard' => '/wp-admin/', 'list of posts' => '/wp-admin/edit.php'];
wp_cli('plugin', 'deactivate', 'sophmate-order-example');
$counts = ['with' => [], 'without' => []];
// Twice, and the least of all: what WordPress itself does only now and then is not ours.
foreach (['without', 'with', 'without', 'with'] as $which) {
	wp_cli('plugin', $which === 'with' ? 'activate' : 'deactivate', 'sophmate');
	foreach ($pages as $name => $path) {
		$get($path);
		for ($i = 0; $i < 3; $i++) {
			$before = $questions();
			[$code, $body] = $get($path);
			$counts[$which][$name] = min($counts[$which][$name] ?? PHP_INT_MAX, $questions() - $before);
		}
		if ($code !== ($name === 'a page that is not there' ? 404 : 200) || strlen($body) < 500) {
			check("$which the plugin: $name is made", [$code, strlen($body)], 'a page');
		}
	}
}
echo '        statements a page without the plugin: ', json_encode($counts['without']), ', with it: ', json_encode($counts['with']), "\n";
check('loading extension and plugin costs no statement on any page', $counts['with'], $counts['without']);
check_between('and the pages asked the database', min($counts['with']), 3, 500);
wp_cli('plugin', 'activate', 'sophmate-order-example');
finish();
