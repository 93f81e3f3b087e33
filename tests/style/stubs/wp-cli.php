<?php
// The part of WP-CLI that the plugins call, for phpstan: no package has it.
declare(strict_types=1);

namespace {
	class WP_CLI {
		/** @param callable|object|class-string $callable @param array<string, mixed> $args */
		public static function add_command( string $name, $callable, array $args = array() ): bool {}
		public static function line( string $message = '' ): void {}
		public static function log( string $message ): void {}
		public static function success( string $message ): void {}
		public static function warning( string|\WP_Error|\Throwable $message ): void {}
		public static function debug( string|\WP_Error|\Throwable $message, bool|string $group = false ): void {}
		/**
		 * @param string|\WP_Error|\Throwable $message
		 * @param bool|int $exit
		 * @return ($exit is false ? null : never)
		 */
		public static function error( $message, $exit = true ) {}
		/** @param array<string, mixed> $assoc_args */
		public static function confirm( string $question, array $assoc_args = array() ): void {}
		/** @return never */
		public static function halt( int $return_code ) {}
		/** @param array<string, mixed> $assoc_args */
		public static function print_value( mixed $value, array $assoc_args = array() ): void {}
		public static function colorize( string $string ): string {}
		/** @param array<string, mixed> $args */
		public static function get_config( string $key = '' ): mixed {}
		public static function add_hook( string $when, callable $callback ): void {}
	}

	class WP_CLI_Command {
	}
}

namespace WP_CLI\Utils {
	/**
	 * @param iterable<mixed> $items
	 * @param list<string>|string $fields
	 */
	function format_items( string $format, iterable $items, $fields ): void {}
	/** @param array<string, mixed> $assoc_args */
	function get_flag_value( array $assoc_args, string $flag, mixed $default = null ): mixed {}
	function make_progress_bar( string $message, int $count ): \cli\progress\Bar|\WP_CLI\NoOp {}
	function report_batch_operation_results( string $noun, string $verb, int $total, int $successes, int $failures ): void {}
}

namespace WP_CLI {
	class Formatter {
		/**
		 * @param array<string, mixed> $assoc_args
		 * @param list<string>|null $fields
		 */
		public function __construct( array &$assoc_args, ?array $fields = null, bool|string $prefix = false ) {}
		/** @param iterable<mixed> $items */
		public function display_items( iterable $items, bool $ascii_pre_colorized = false ): void {}
		public function display_item( mixed $item, bool $ascii_pre_colorized = false ): void {}
	}
	class ExitException extends \Exception {
	}
	class NoOp {
		public function tick( int $increment = 1 ): void {}
		public function finish(): void {}
	}
}

namespace cli\progress {
	class Bar {
		public function tick( int $increment = 1 ): void {}
		public function finish(): void {}
	}
}
