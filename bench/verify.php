<?php
/*
 * Verification against the same checks in plain PHP: verify.php fill|php|same|ours EVENTS [tree]
 *
 * fill: a journal of ten-step runs with that many events, sequenced, projected, and a signed checkpoint. php: the stored text read by mysqli,
 * unbuffered, and hashed with PHP's own hash(): leaf hashes, tree, checkpoint (sodium); without "tree" also what stands in the leaves: columns,
 * links and commitments. same: all that verify() checks in the text itself: that each leaf and each private text is canonical, its form, the log
 * that it names, all columns, ids that rise, commitments both ways; not what it means (legality, projections, switches). ours:
 * AuditLog::verify(), with everything that it looks at; with "tree" the same as php's.
 * Prints seconds and the growth of PHP's heap at its peak.
 */
declare(strict_types=1);

require __DIR__ . '/stores.php';

use SophMate\{Attempt, AuditLog, Effect, Engine, Repeat, Schema, Step, Workflow};

[, $what, $events] = $argv;
$events = (int) $events;
$tree_only = ($argv[3] ?? '') === 'tree';
$store = bench_store('pdo');

function fill(SophMate\Store $store, int $events): void
{
    Schema::install($store, 'bench.example');
    $log = new AuditLog($store);
    $log->createKey('bench', 'to sign');
    $engine = new Engine($store);
    $steps = [];
    for ($i = 1; $i <= 10; $i++) {
        $steps[] = new Step("step $i", effect: Effect::External, repeat: Repeat::Never, run: fn (Attempt $a): array => ['id' => "record_$i", 'status' => 'ok']);
    }
    $engine->register(new Workflow('bench.ten', version: '1', category: 'bench', owner: 'nobody', steps: $steps));
    $payload = require __DIR__ . '/payload.php';
    for ($i = 0, $n = 1; $n < $events; $i++, $n += 22) {
        $engine->start('bench.ten', "order:$i", $payload);
    }
    $engine->tick(0);
    while (array_sum($engine->tick(0)) > 0);
    $log->checkpoint();
}

final class PlainTree
{
    /** @var array<int, string> */
    private array $nodes = [];
    private int $size = 0;

    public function add(string $hash): void
    {
        for ($level = 0; $this->size >> $level & 1; $level++) {
            $hash = hash('sha256', "\x01{$this->nodes[$level]}$hash", true);
        }
        $this->nodes[$level] = $hash;
        $this->size++;
    }

    public function root(): string
    {
        $root = null;
        for ($level = 0; $level < 63; $level++) {
            if ($this->size >> $level & 1) {
                $root = $root === null ? $this->nodes[$level] : hash('sha256', "\x01{$this->nodes[$level]}$root", true);
            }
        }
        return $root ?? hash('sha256', '', true);
    }
}

interface Meaning
{
    /** @param array<string, ?string> $row */
    public function check(array $row): void;
}

/** What every reader of the text must do: decode it, and follow each stream. */
final class PlainMeaning implements Meaning
{
    /** @var array<string, string> last id of each open stream */
    private array $tips = [];

    /** @param array<string, ?string> $row */
    public function check(array $row): void
    {
        $leaf = json_decode($row['leaf'], true, 64, JSON_THROW_ON_ERROR);
        if ($leaf['id'] !== $row['id'] || $leaf['run'] !== $row['stream'] || $leaf['seq'] !== (int) $row['seq']) {
            throw new RuntimeException("columns of leaf {$row['leaf_index']}");
        }
        if (($leaf['prev'] ?? null) !== ($this->tips[$leaf['run']] ?? null) || $leaf['id'] <= ($leaf['prev'] ?? '')) {
            throw new RuntimeException("links of leaf {$row['leaf_index']}");
        }
        $this->tips[$leaf['run']] = $leaf['id'];
        if ($leaf['type'] === 'run.completed') {
            unset($this->tips[$leaf['run']]);
        }
        if (isset($leaf['p'])) {
            $this->open($leaf, (string) $row['private']);
        }
    }

    /** @param array<string, mixed> $leaf */
    private function open(array $leaf, string $private): void
    {
        $values = json_decode($private, true, 64, JSON_THROW_ON_ERROR);
        $id = hex2bin($leaf['id']);
        foreach ($leaf['p'] as $field => $commitment) {
            [$salt, $value] = $values[$field];
            ksort_deep($value);
            $text = json_encode($value, JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_THROW_ON_ERROR);
            $message = pack('P', 4);
            foreach (['sophmate.field.v1', $id, $field, $text] as $part) {
                $message .= pack('P', strlen($part)) . $part;
            }
            if (base64_encode(hash_hmac('sha256', $message, base64_decode($salt), true)) !== $commitment) {
                throw new RuntimeException("commitment $field of {$leaf['id']}");
            }
        }
    }
}

/** What AuditLog::verify() finds in the text of a row, as fast as PHP can say it. */
final class SameMeaning implements Meaning
{
    private const JSON = JSON_UNESCAPED_SLASHES | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_LINE_TERMINATORS | JSON_THROW_ON_ERROR;
    private const MEMBERS = ['d' => 1, 'id' => 1, 'log' => 1, 'p' => 1, 'prev' => 1, 'run' => 1, 'seq' => 1, 't' => 1, 'type' => 1, 'v' => 1];

    /** @var array<string, array{string, int}> last id and seq of each open stream */
    private array $tips = [];

    /** @param array<string, bool> $logs */
    public function __construct(private readonly array $logs)
    {
    }

    public function check(array $row): void
    {
        $leaf = self::canonical($row['leaf']);
        $seq = $leaf->seq;
        $stream = $leaf->run;
        $prev = $leaf->prev ?? null;
        if (
            array_diff_key(get_object_vars($leaf), self::MEMBERS) !== [] || $leaf->v !== 1 || !is_int($seq) || $seq < 1 || !is_int($leaf->t) || $leaf->t < 0
            || !is_object($leaf->d) || !is_string($leaf->type) || !isset($this->logs[$leaf->log])
            || strlen($leaf->id) !== 32 || strspn($leaf->id, '0123456789abcdef') !== 32 || strlen($stream) !== 32 || strspn($stream, '0123456789abcdef') !== 32
        ) {
            throw new RuntimeException("form of leaf {$row['leaf_index']}");
        }
        $lease = $leaf->type === 'step.started' ? $leaf->d->lease : null;
        if (
            $leaf->id !== $row['id'] || $stream !== $row['stream'] || (string) $seq !== $row['seq'] || $row['stored_at'] <= 0
            || ($lease === null ? $row['lease'] !== null : (string) $lease !== $row['lease'])
        ) {
            throw new RuntimeException("columns of leaf {$row['leaf_index']}");
        }
        [$last, $before] = $this->tips[$stream] ?? [null, 0];
        if ($seq !== $before + 1 || $prev !== $last || ($last !== null && $leaf->id <= $last)) {
            throw new RuntimeException("links of leaf {$row['leaf_index']}");
        }
        if ($leaf->type === 'run.completed') {
            unset($this->tips[$stream]);
        } else {
            $this->tips[$stream] = [$leaf->id, $seq];
        }
        if (isset($leaf->p) || $row['private'] !== null) {
            $this->open($leaf, $row['private']);
        }
    }

    private function open(stdClass $leaf, ?string $private): void
    {
        $values = get_object_vars(self::canonical($private ?? '{}'));
        $id = hex2bin($leaf->id);
        $commitments = get_object_vars($leaf->p ?? new stdClass());
        if (count($values) !== count($commitments)) {
            throw new RuntimeException("private values of {$leaf->id}");
        }
        foreach ($commitments as $field => $commitment) {
            [$salt, $value] = $values[$field] ?? throw new RuntimeException("missing $field of {$leaf->id}");
            $text = json_encode($value, self::JSON); // it is canonical
            $message = pack('P', 4);
            foreach (['sophmate.field.v1', $id, $field, $text] as $part) {
                $message .= pack('P', strlen($part)) . $part;
            }
            if (base64_encode(hash_hmac('sha256', $message, base64_decode($salt, true), true)) !== $commitment) {
                throw new RuntimeException("commitment $field of {$leaf->id}");
            }
        }
    }

    /** Written again it is the same, and its keys rise: cheaper than to sort them. */
    private static function canonical(string $text): stdClass
    {
        $value = json_decode($text, false, 64, JSON_THROW_ON_ERROR);
        if (!$value instanceof stdClass || json_encode($value, self::JSON) !== $text || !self::rises($value)) {
            throw new RuntimeException("not canonical: $text");
        }
        return $value;
    }

    /** @param stdClass|array<int, mixed> $value */
    private static function rises(stdClass|array $value): bool
    {
        $last = null;
        $object = !is_array($value);
        foreach ($value as $key => $v) {
            if ($object) {
                if ($last !== null && strcmp($last, (string) $key) >= 0) {
                    return false;
                }
                $last = (string) $key;
            }
            if ((is_object($v) || is_array($v)) && !self::rises($v)) {
                return false;
            }
        }
        return true;
    }
}

function ksort_deep(mixed &$value): void
{
    if (is_array($value)) {
        array_is_list($value) || ksort($value, SORT_STRING);
        foreach ($value as &$v) {
            ksort_deep($v);
        }
    }
}

/** @param ?class-string<Meaning> $class   null = the tree alone */
function plain(?string $class): int
{
    $db = new mysqli('localhost', 'bench', 'bench', 'bench', null, getenv('BENCH_SOCKET'));
    [$note] = $db->query('SELECT note FROM wp_sophmate_checkpoint ORDER BY size DESC LIMIT 1')->fetch_row();
    [$text, $signatures] = explode("\n\n", $note);
    [$origin, $size, $root] = explode("\n", $text);
    $key = base64_decode(getenv('BENCH_KEY'));
    $raw = base64_decode(substr($signatures, strrpos(rtrim($signatures), ' ') + 1));
    sodium_crypto_sign_verify_detached(substr($raw, 4), "$text\n", substr($key, 1)) || throw new RuntimeException('signature');
    $tree = new PlainTree();
    $meaning = $class === SameMeaning::class ? new SameMeaning([$origin => true]) : new PlainMeaning();
    $columns = match ($class) {
        SameMeaning::class => 'id, stream, seq, lease, stored_at, private, ',
        PlainMeaning::class => 'id, stream, seq, private, ',
        null => '',
    };
    $rows = $db->query("SELECT leaf_index, $columns" . 'leaf, leaf_hash FROM wp_sophmate_journal FORCE INDEX (leaf_index)'
        . ' WHERE leaf_index IS NOT NULL ORDER BY leaf_index', MYSQLI_USE_RESULT);
    $n = 0;
    while (($row = $rows->fetch_assoc()) !== null && $n < (int) $size) {
        $hash = hash('sha256', "\0" . $row['leaf'], true);
        if ((int) $row['leaf_index'] !== $n || bin2hex($hash) !== $row['leaf_hash']) {
            throw new RuntimeException("leaf $n");
        }
        $tree->add($hash);
        $class === null || $meaning->check($row);
        $n++;
    }
    base64_encode($tree->root()) === $root || throw new RuntimeException('root');
    return $n;
}

if ($what === 'fill') {
    fill($store, $events);
    echo explode('+', (new AuditLog($store))->log()['key'], 3)[2], "\n";
    exit;
}
$log = new AuditLog($store);
memory_reset_peak_usage();
$before = memory_get_usage();
$cpu = getrusage();
$began = hrtime(true);
if ($what !== 'ours') {
    $n = plain($tree_only ? null : ($what === 'same' ? SameMeaning::class : PlainMeaning::class));
} else {
    $report = $log->verify(treeOnly: $tree_only);
    $n = $report['size'];
    $report['verdict'] === 'sound' || throw new RuntimeException(json_encode($report, JSON_PRETTY_PRINT));
}
$seconds = (hrtime(true) - $began) / 1e9;
$used = getrusage();
$own = ($used['ru_utime.tv_sec'] - $cpu['ru_utime.tv_sec'] + $used['ru_stime.tv_sec'] - $cpu['ru_stime.tv_sec'])
    + ($used['ru_utime.tv_usec'] - $cpu['ru_utime.tv_usec'] + $used['ru_stime.tv_usec'] - $cpu['ru_stime.tv_usec']) / 1e6;
printf("%d %.4f %.4f %d\n", $n, $seconds, $own, memory_get_peak_usage() - $before);
