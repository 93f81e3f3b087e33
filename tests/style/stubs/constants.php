<?php
// Constants of wp-config.php and of WordPress's start that its stubs leave out.
declare(strict_types=1);

define( 'DB_NAME', (string) getenv( 'X' ) );
define( 'DB_USER', (string) getenv( 'X' ) );
define( 'DB_PASSWORD', (string) getenv( 'X' ) );
define( 'DB_HOST', (string) getenv( 'X' ) );
define( 'MINUTE_IN_SECONDS', 60 );
