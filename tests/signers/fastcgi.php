<?php
// One request to php-fpm, without a web server between. @return string what the script printed
declare(strict_types=1);

function fastcgi(string $socket, string $script, string $root): string
{
	$record = fn (int $type, string $content): string => pack('CCnnCC', 1, $type, 1, strlen($content), 0, 0) . $content;
	$pair = fn (string $name, string $value): string => pack('NN', strlen($name) | 0x80000000, strlen($value) | 0x80000000) . $name . $value;
	$parameters = '';
	foreach (['SCRIPT_FILENAME' => $script, 'REQUEST_METHOD' => 'GET', 'DOCUMENT_ROOT' => $root, 'SERVER_PROTOCOL' => 'HTTP/1.1', 'REQUEST_URI' => '/'] as $name => $value) {
		$parameters .= $pair($name, $value);
	}
	$stream = stream_socket_client("unix://$socket", $code, $message, 5);
	stream_set_timeout($stream, 30);
	fwrite($stream, $record(1, pack('nCx5', 1, 0)) . $record(4, $parameters) . $record(4, '') . $record(5, ''));
	$output = '';
	while (strlen($header = (string) stream_get_contents($stream, 8)) === 8) {
		['type' => $type, 'length' => $length, 'padding' => $padding] = unpack('Cversion/Ctype/nid/nlength/Cpadding', $header);
		$content = $length > 0 ? stream_get_contents($stream, $length) : '';
		$padding > 0 && stream_get_contents($stream, $padding);
		$output .= $type === 6 || $type === 7 ? $content : '';
		if ($type === 3) {
			break;
		}
	}
	return (string) (explode("\r\n\r\n", $output, 2)[1] ?? $output);
}
