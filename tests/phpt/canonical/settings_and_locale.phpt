--TEST--
No ini setting and no locale changes a byte
--SKIPIF--
<?php
if (!is_executable('/usr/bin/localedef') || !is_file('/usr/share/i18n/locales/de_DE')) {
    die('skip needs localedef and the locale sources (Debian: locales)');
}
?>
--FILE--
<?php
$folder = sys_get_temp_dir() . '/sophmate-locale-' . getmypid();
mkdir($folder);
exec('localedef -i de_DE -f UTF-8 ' . escapeshellarg("$folder/de_DE.UTF-8") . ' 2>&1', $out, $code);
putenv("LOCPATH=$folder");
$value = ['f' => [1.5, 0.1, -1234567.891, 1e21, 1e-7, 12345678901234567890.0], 'i' => 1234567890, 'Ä' => "\u{e4}", 'z' => NAN, 10 => 'ten', 9 => 'nine'];
$text = SophMate\canonicalJson($value);
echo $text, "\n";
$runs = 0;
foreach (['C', 'de_DE.UTF-8'] as $locale) {
    setlocale(LC_ALL, $locale) === $locale || print("no locale $locale\n");
    echo sprintf('%.1f', 1.5), "\n";            // the locale is really in force
    foreach (['14', '17', '-1', '0'] as $precision) {
        foreach (['precision', 'serialize_precision'] as $setting) {
            ini_set($setting, $precision);
            $runs += SophMate\canonicalJson($value) === $text;
        }
    }
    foreach (['ISO-8859-1', 'UTF-8'] as $charset) {
        ini_set('default_charset', $charset);
        $runs += SophMate\canonicalJson($value) === $text;
    }
}
echo "$runs the same\n";
array_map('unlink', [...glob("$folder/*/*/*"), ...array_filter(glob("$folder/*/*"), 'is_file')]);
array_map('rmdir', [...array_filter(glob("$folder/*/*"), 'is_dir'), ...glob("$folder/*"), $folder]);
?>
--EXPECT--
{"10":"ten","9":"nine","f":[1.5,0.1,-1234567.891,1e+21,1e-7,12345678901234567000],"i":1234567890,"z":{"$f64":"NaN"},"Ä":"ä"}
1.5
1,5
20 the same
