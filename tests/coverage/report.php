<?php
/* Reads lcov's file: report.php INFO FOLDER UNCOVERED. Prints the table, and what is not run; writes the count. */
declare(strict_types=1);

const LINES = 97.0;
const BRANCHES = 90.0;

/** Nothing can be told from what is there. */
function fail(string $why): never
{
    fwrite(STDERR, "$why\n");
    exit(1);
}

[, $info, $folder, $list] = $argv;
$folder = realpath($folder) . '/';
$files = [];
$file = null;
foreach (file($info, FILE_IGNORE_NEW_LINES) as $line) {
    [$what, $rest] = explode(':', $line, 2) + ['', ''];
    if ($what === 'SF') {
        $path = (string) realpath($rest);
        $file = str_starts_with($path, $folder) && str_ends_with($path, '.c') ? substr($path, strlen($folder)) : null;
        if ($file !== null) {
            $files[$file] ??= ['lines' => [], 'branches' => [], 'functions' => []];
        }
    } elseif ($file === null) {
        continue;
    } elseif ($what === 'FN') {
        [$at, $name] = explode(',', $rest);
        $files[$file]['functions'][(int) $at] = $name;
    } elseif ($what === 'DA') {
        [$at, $hits] = explode(',', $rest);
        $files[$file]['lines'][(int) $at] = (int) $hits;
    } elseif ($what === 'BRDA') {
        [$at, , , $hits] = explode(',', $rest);
        $files[$file]['branches'][] = [(int) $at, $hits === '-' ? 0 : (int) $hits];
    }
}
$files !== [] || fail("no file of $folder in $info");
ksort($files);

/** The function that a line belongs to. @param array<int, string> $functions */
function function_at(array $functions, int $line): string
{
    ksort($functions);
    $found = '?';
    foreach ($functions as $at => $name) {
        if ($at <= $line) {
            $found = $name;
        }
    }
    return $found;
}

/** Per cent. */
function share(int $hit, int $all): float
{
    return $all === 0 ? 100.0 : 100.0 * $hit / $all;
}

$known = [];
foreach (is_file($list) ? file($list, FILE_IGNORE_NEW_LINES | FILE_SKIP_EMPTY_LINES) : [] as $line) {
    if ($line[0] !== '#') {
        preg_match('/^(\S+:\w+): \S/', $line, $m) || fail("$list: not \"file:function: reason\": $line");
        $known[$m[1]] = false;
    }
}

printf("%-24s %14s %8s %14s %8s\n", 'src/core/', 'lines', '', 'branches', '');
$sum = ['lines' => [0, 0], 'branches' => [0, 0]];
$missed = [];
foreach ($files as $name => $f) {
    $lines = [count(array_filter($f['lines'])), count($f['lines'])];
    $branches = [count(array_filter($f['branches'], fn (array $b): bool => $b[1] > 0)), count($f['branches'])];
    printf("%-24s %6d of %5d %7.1f%% %5d of %5d %7.1f%%\n", $name, ...$lines, ...[share(...$lines)], ...$branches, ...[share(...$branches)]);
    foreach ([0, 1] as $i) {
        $sum['lines'][$i] += $lines[$i];
        $sum['branches'][$i] += $branches[$i];
    }
    foreach ($f['lines'] as $at => $hits) {
        if ($hits === 0) {
            $missed["$name:" . function_at($f['functions'], $at)][] = $at;
        }
    }
}
printf("%-24s %6d of %5d %7.2f%% %5d of %5d %7.2f%%\n", 'all', ...$sum['lines'], ...[share(...$sum['lines'])], ...$sum['branches'],
    ...[share(...$sum['branches'])]);

$bad = 0;
foreach ($missed as $where => $lines) {
    if (isset($known[$where])) {
        $known[$where] = true;
    } else {
        $bad++;
        echo "not run and not in uncovered.txt: $where, line ", implode(' ', $lines), "\n";
    }
}
foreach (array_keys($known, false, true) as $where) {
    $bad++;
    echo "in uncovered.txt, but all of it is run: $where\n";
}
if (share(...$sum['lines']) < LINES || share(...$sum['branches']) < BRANCHES) {
    $bad++;
    printf("wanted %.0f%% of lines and %.0f%% of branches\n", LINES, BRANCHES);
}
$good = count($files);
echo "coverage: $good files, ", count($missed), " functions with lines that are not run, $bad findings\n";
if (getenv('SOPHMATE_COUNT')) {
    file_put_contents(getenv('SOPHMATE_COUNT'), "$good $bad\n");
}
exit($bad === 0 ? 0 : 1);
