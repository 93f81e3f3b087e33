<?php
/**
 * A store over PDO: a SQLite file, or a server of the MySQL family, without WordPress.
 *
 *     $store = new PdoStore('sqlite:/var/lib/shop/sophmate.db', 'wp_sophmate_');
 *     $store = new PdoStore('mysql:host=db;dbname=shop', 'wp_sophmate_', 'shop.example/shop', 'shop', $password);
 *
 * The connection is the store's own: give it none that the application uses, because records
 * must survive a rollback of the application's transaction.
 */
declare(strict_types=1);

final class PdoStore implements SophMate\Store
{
    /** Seconds to wait for a connection, for an answer, and for somebody else's lock. */
    private const CONNECT_SECONDS = 3;
    private const ANSWER_SECONDS = 10;
    private const LOCK_SECONDS = 3;

    /** The server's code for "Unknown system variable". */
    private const UNKNOWN_VARIABLE = 1193;

    private readonly SophMate\Dialect $dialect;
    private readonly string $environment;
    private ?PDO $pdo = null;
    private int $pid = 0;

    /** Connections of a parent process, see reset(). @var list<PDO> */
    private static array $inherited = [];

    /**
     * Opens nothing yet; the first statement does.
     *
     * @param string      $dsn         'sqlite:FILE' or 'mysql:...' as PDO takes it; `user=` and `password=` may stand in it
     * @param string      $tablePrefix begins every table's name: letters, digits and `_`
     * @param string|null $environment the same on all hosts of the site and different on a copy of it. Left out: the
     *                                 database's name, or the SQLite file's path; give one where a copy keeps that name
     * @param array<int, mixed> $options further PDO options, such as TLS files
     * @throws InvalidArgumentException for a DSN or a prefix that the store cannot use
     */
    public function __construct(
        private readonly string $dsn,
        private readonly string $tablePrefix,
        ?string $environment = null,
        private readonly ?string $user = null,
        #[SensitiveParameter] private readonly ?string $password = null,
        private readonly array $options = [],
    ) {
        if (!preg_match('/^[A-Za-z0-9_]{1,40}$/D', $tablePrefix)) {
            throw new InvalidArgumentException("tablePrefix must be 1 to 40 letters, digits or '_', got '$tablePrefix'");
        }
        $driver = strstr($dsn, ':', true);
        $this->dialect = match ($driver) {
            'sqlite' => SophMate\Dialect::Sqlite,
            'mysql' => SophMate\Dialect::MySql,
            default => throw new InvalidArgumentException("dsn must begin with 'sqlite:' or 'mysql:', got '" . ($driver === false ? '' : "$driver:") . "'"),
        };
        if ($this->dialect === SophMate\Dialect::Sqlite && in_array(substr($dsn, 7), ['', ':memory:'], true)) {
            throw new InvalidArgumentException('dsn must name a SQLite file: a database in memory forgets every charge when the process ends');
        }
        $this->environment = $environment ?? $this->nameOfDatabase();
    }

    public function dialect(): SophMate\Dialect
    {
        return $this->dialect;
    }

    public function tablePrefix(): string
    {
        return $this->tablePrefix;
    }

    public function environment(): string
    {
        return $this->environment;
    }

    public function write(string $sql, array $params): int
    {
        $statement = $this->run($sql, $params);
        $rows = $statement->rowCount();
        $statement->closeCursor();
        return $rows;
    }

    public function read(string $sql, array $params): array
    {
        return $this->run($sql, $params)->fetchAll(PDO::FETCH_ASSOC);
    }

    public function reset(): void
    {
        if ($this->pdo !== null && $this->pid !== getmypid()) {
            /* Closing an inherited connection says goodbye to the server in the parent's name. */
            self::$inherited[] = $this->pdo;
        }
        $this->pdo = null;
    }

    /** One round trip: the values travel inside the statement. */
    private function run(string $sql, array $params): PDOStatement
    {
        $statement = $this->connection()->prepare($sql);
        foreach (array_values($params) as $i => $value) {
            $statement->bindValue($i + 1, $value, match (true) {
                $value === null => PDO::PARAM_NULL,
                is_int($value) => PDO::PARAM_INT,
                default => PDO::PARAM_STR,
            });
        }
        $statement->execute();
        return $statement;
    }

    private function connection(): PDO
    {
        if ($this->pdo === null) {
            $pdo = $this->dialect === SophMate\Dialect::Sqlite ? $this->openSqlite() : $this->openMySql();
            $this->pdo = $pdo;
            $this->pid = getmypid();
        }
        return $this->pdo;
    }

    private function openSqlite(): PDO
    {
        $pdo = $this->open($this->dsn, [PDO::ATTR_TIMEOUT => self::LOCK_SECONDS]);
        if ($pdo->query('PRAGMA journal_mode')->fetchColumn() !== 'wal') {
            /* Readers never wait for a writer. The mode stays with the file; of many first openers one sets it. */
            $pdo->exec('PRAGMA journal_mode=WAL');
        }
        /* FULL: in WAL mode NORMAL does not wait for the disk, and a power cut would forget an
           acknowledged intent; its effect would then happen a second time. */
        $pdo->exec('PRAGMA synchronous=FULL');
        return $pdo;
    }

    private function openMySql(): PDO
    {
        /* PDO escapes by the DSN's charset, the server reads by NAMES below: both must be the same. */
        $dsn = 'mysql:charset=utf8mb4;' . preg_replace('/(^|;)\s*charset=[^;]*/i', '', substr($this->dsn, 6));
        /* PDO has no option for it; mysqlnd takes the value when it connects. */
        $before = ini_set('mysqlnd.net_read_timeout', (string) self::ANSWER_SECONDS);
        try {
            $pdo = $this->open($dsn, [
                PDO::ATTR_TIMEOUT => self::CONNECT_SECONDS,
                PDO::ATTR_EMULATE_PREPARES => true,
                PDO::ATTR_AUTOCOMMIT => 1,
            ]);
        } finally {
            if ($before !== false) {
                ini_set('mysqlnd.net_read_timeout', $before);
            }
        }
        $pdo->exec('SET NAMES utf8mb4, autocommit=1, innodb_lock_wait_timeout=' . self::LOCK_SECONDS);
        $pdo->exec('SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ');
        $this->setWhereItExists($pdo, 'wsrep_sync_wait=5');
        if (!str_contains((string) $pdo->getAttribute(PDO::ATTR_SERVER_VERSION), 'MariaDB')) {
            $this->setWhereItExists($pdo, "group_replication_consistency='BEFORE'");
        }
        return $pdo;
    }

    /** @param array<int, mixed> $options */
    private function open(string $dsn, array $options): PDO
    {
        return new PDO($dsn, $this->user, $this->password, $options + [
            PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION,
            PDO::ATTR_STRINGIFY_FETCHES => false,
            PDO::ATTR_PERSISTENT => false,
        ] + $this->options);
    }

    private function setWhereItExists(PDO $pdo, string $assignment): void
    {
        try {
            $pdo->exec("SET SESSION $assignment");
        } catch (PDOException $e) {
            if (($e->errorInfo[1] ?? null) !== self::UNKNOWN_VARIABLE) {
                throw $e;
            }
        }
    }

    private function nameOfDatabase(): string
    {
        if ($this->dialect === SophMate\Dialect::MySql) {
            return $this->dsnField('dbname')
                ?? throw new InvalidArgumentException('dsn must name a database (dbname=...), or environment must be given');
        }
        $file = substr($this->dsn, 7);
        $folder = realpath(dirname($file));
        if ($folder === false) {
            throw new InvalidArgumentException("dsn: there is no folder '" . dirname($file) . "'");
        }
        return $folder . '/' . basename($file);
    }

    private function dsnField(string $name): ?string
    {
        return preg_match('/[:;]\s*' . $name . '=([^;]*)/', $this->dsn, $found) ? $found[1] : null;
    }
}
