<?php
/* The stores that are measured, by name, on one database. */
declare(strict_types=1);

/* What WpdbStore asks WordPress for, without WordPress. */
function bench_load_wpdb_store(): void
{
    define('ABSPATH', __DIR__ . '/');
    define('DB_HOST', 'localhost:' . getenv('BENCH_SOCKET'));
    define('DB_NAME', 'bench');
    define('DB_USER', 'bench');
    define('DB_PASSWORD', 'bench');
    $GLOBALS['wpdb'] = new class {
        public string $prefix = 'wp_';

        /** @return array{string, ?int, ?string, bool} */
        public function parse_db_host(string $host): array
        {
            return ['localhost', null, substr($host, strlen('localhost:')), false];
        }
    };
    eval('namespace { function apply_filters(string $hook, mixed $value): mixed { return $value; } }');
    eval('namespace SophMate\WordPress; final class Site { public static function environment(): string { return "bench"; } }');
    foreach (['mysqli-statement', 'site-store', 'wpdb-store'] as $name) {
        require_once __DIR__ . "/../wordpress/sophmate/includes/stores/class-$name.php";
    }
}

function bench_store(string $name): SophMate\Store
{
    if ($name === 'wpdb') {
        defined('ABSPATH') || bench_load_wpdb_store();
        return new SophMate\WordPress\WpdbStore();
    }
    require_once __DIR__ . '/../examples/pdo-store.php';
    return new PdoStore('mysql:unix_socket=' . getenv('BENCH_SOCKET') . ';dbname=bench', 'wp_sophmate_', 'bench', 'bench', 'bench');
}
