/* Secrets in the forms that logs, dumps and command lines write them in; and what looks nearly like them and is none. */
#include "support.h"

#include "redact_fixture.h"

#include <stdio.h>
#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define TEXTS(goes, stays) do { \
	check_texts(*state, goes, COUNT(goes)); \
	check_texts(*state, stays, COUNT(stays)); \
} while (0)

static void serialized_values_go(void **state)
{
	static const sample goes[] = {
		{"s:8:\"password\";s:6:\"hunter\";", "s:8:\"password\";s:6:\"" NAME "\";"},
		{"a:2:{s:4:\"user\";s:4:\"jane\";s:8:\"password\";s:8:\"a\";b\"};x\";}", "a:2:{s:4:\"user\";s:4:\"jane\";s:8:\"password\";s:8:\"" NAME "\";}"},
		{"s:3:\"pin\";i:1234;s:1:\"a\";i:7;", "s:3:\"pin\";i:" NAME ";s:1:\"a\";i:7;"},
		{"s:8:\"password\";s:9:\"cut o", "s:8:\"password\";s:9:\"" NAME},
		{"s:8:\"password\";s:2:\"hunter\";s:1:\"a\";", "s:8:\"password\";s:2:\"" NAME "\";s:1:\"a\";"},
		{"s:11:\"credentials\";a:2:{i:0;s:3:\"a}b\";i:1;a:1:{i:0;d:1.5;}}s:1:\"z\";i:1;", "s:11:\"credentials\";" NAME "s:1:\"z\";i:1;"},
		{"s:6:\"secret\";O:3:\"Foo\":1:{s:1:\"a\";i:1;}i:2;", "s:6:\"secret\";" NAME "i:2;"},
		{"s:8:\\\"password\\\";s:6:\\\"hunter\\\";", "s:8:\\\"password\\\";s:6:\\\"" NAME "\\\";"},
		{"a|i:1;password|s:6:\"hunter\";b|i:2;", "a|i:1;password|s:6:\"" NAME "\";b|i:2;"},
		{"a:2:{s:4:\"type\";s:5:\"token\";s:5:\"token\";s:6:\"hunter\";}", "a:2:{s:4:\"type\";s:5:\"token\";s:5:\"token\";s:6:\"" NAME "\";}"},
		{"a:2:{s:1:\"a\";a:1:{i:0;i:1;}s:8:\"password\";s:6:\"hunter\";}", "a:2:{s:1:\"a\";a:1:{i:0;i:1;}s:8:\"password\";s:6:\"" NAME "\";}"},
		{"a:2:{s:3:\"pin\";s:1:\"" NAME "\";s:8:\"password\";s:6:\"hunter\";}", "a:2:{s:3:\"pin\";s:1:\"" NAME "\";s:8:\"password\";s:6:\"" NAME "\";}"},
		{"C:1:\"X\":40:{x:i:0;s:8:\"password\";s:6:\"hunter\";}", "C:1:\"X\":40:{x:i:0;s:8:\"password\";s:6:\"" NAME "\";}"},
		{"b\";s:1:\"c\";s:8:\"password\";s:6:\"hunter\";", "b\";s:1:\"c\";s:8:\"password\";s:6:\"" NAME "\";"}
	};
	static const sample stays[] = {
		{"s:8:\"password\";N;", NULL}, {"s:8:\"password\";b:1;", NULL}, {"s:8:\"password\";s:0:\"\";", NULL}, {"s:8:\"password\";a:0:{}", NULL},
		{"a:1:{s:9:\"passwords\";i:2;}", NULL}, {"a:2:{i:0;s:8:\"password\";i:1;s:5:\"email\";}", NULL}, {"he said \"password\"; then left", NULL},
		{"s:4:\"slug\";s:14:\"reset-password\";", NULL}, {"password|confirm", NULL},
		{"a:2:{s:4:\"type\";s:8:\"password\";s:5:\"label\";s:12:\"Your \"name\";:\";}", NULL}, {"a:2:{s:4:\"sort\";s:5:\"token\";s:5:\"limit\";i:20;}", NULL},
		{"a:3:{s:1:\"a\";a:1:{i:0;i:1;}s:4:\"type\";s:6:\"secret\";s:1:\"b\";N;}", NULL}, {"a:3:{i:7;s:5:\"token\";i:9;s:4:\"auth\";i:12;s:3:\"pin\";}", NULL}
	};
	TEXTS(goes, stays);
}

static void options_of_command_lines_go(void **state)
{
	static const sample goes[] = {
		{"--password hunter", "--password " NAME}, {"--password=hunter x", "--password=" NAME " x"}, {"wp user create jane --user_pass=hunter2 --porcelain", "wp user create jane --user_pass=" NAME " --porcelain"},
		{"tool --db-password 'hun ter' --user jane", "tool --db-password '" NAME "' --user jane"}, {"tool --api-key \"a b\"", "tool --api-key \"" NAME "\""},
		{"failed: `tool --token abc`", "failed: `tool --token " NAME "`"}, {"java -storepassword changeit -v", "java -storepassword " NAME " -v"},
		{"mysqldump -u root -phunter2 shop", "mysqldump -u root -p" NAME " shop"}, {"/usr/bin/mysql -phunter2", "/usr/bin/mysql -p" NAME},
		{"a; mariadb-dump -p'x y' db", "a; mariadb-dump -p'" NAME "' db"}, {"sshpass -p hunter2 ssh -p 22 host", "sshpass -p " NAME " ssh -p 22 host"},
		{"sshpass -phunter2 ssh host", "sshpass -p" NAME " ssh host"}
	};
	static const sample stays[] = {
		{"use --password to set it", NULL}, {"the --password option is needed", NULL}, {"--password", NULL}, {"--password --force", NULL}, {"--no-password-check yes", NULL},
		{"ssh -p 22 host", NULL}, {"mkdir -p a/b", NULL}, {"mkdir -pv a/b", NULL}, {"docker run -p8080:80 mysql", NULL}, {"mysql -u root -p shop", NULL}, {"mysql -P3306", NULL},
		{"reset-password now", NULL}, {"mysql is down; cp -pr a b", NULL}, {"a -token x", NULL}, {"pre--password x", NULL}, {"wp user list --fields=ID", NULL}
	};
	static const sample values[] = {
		{"[\"mysqldump\",\"-phunter2\",\"shop\"]", "[\"mysqldump\"," GONE ",\"shop\"]"}, {"[\"tool\",\"--password\",\"hunter2\",\"x\"]", "[\"tool\",\"--password\"," GONE ",\"x\"]"},
		{"[\"tool\",\"--password\",\"--force\"]", NULL}, {"[\"tool\",\"-phunter2\"]", NULL}, {"[\"--password\"]", NULL}, {"[\"--password\",\"\"]", NULL}
	};
	TEXTS(goes, stays);
	check_values(*state, values, COUNT(values));
}

static void values_in_tags_go(void **state)
{
	static const sample goes[] = {
		{"<password>hunter2</password>", "<password>" NAME "</password>"}, {"<a><user>jane</user><Password type=\"text\"> hun ter </Password></a>", "<a><user>jane</user><Password type=\"text\"> " NAME " </Password></a>"},
		{"<wsse:Password>hunter2</wsse:Password>", "<wsse:Password>" NAME "</wsse:Password>"}, {"<api-key><![CDATA[a<b]]></api-key>", "<api-key><![CDATA[" NAME "]]></api-key>"},
		{"<credentials><user>jane</user><key>abc</key></credentials>", "<credentials>" NAME "</credentials>"}, {"&lt;password&gt;hunter2&lt;/password&gt;", "&lt;password&gt;" NAME "&lt;/password&gt;"},
		{"<token>\nabc\n</token>", "<token>\n" NAME "\n</token>"}
	};
	static const sample stays[] = {
		{"<password></password>", NULL}, {"<password/>", NULL}, {"use <token> as <b>name</b>", NULL}, {"<passwords>2</passwords>", NULL}, {"<label for=\"password\">Password</label>", NULL},
		{"a < password > b", NULL}, {"<password>", NULL}, {"<password", NULL}, {"<>", NULL}, {"1<2", NULL}
	};
	TEXTS(goes, stays);
}

static void encoded_values_go(void **state)
{
	static const sample goes[] = {
		{"password%3Dhunter2", "password%3D" NAME}, {"a%26password%3Dhunter2%26b%3D1", "a%26password%3D" NAME "%26b%3D1"}, {"x=1&r=%2Flogin%3Ftoken%3Dabc%26a&y=2", "x=1&r=%2Flogin%3Ftoken%3D" NAME "%26a&y=2"},
		{"password%253Dhunter2", "password%253D" NAME}, {"%7B%22password%22%3A%22hun%20ter%22%7D", "%7B%22password%22%3A%22" NAME "%22%7D"},
		{"user%5Bpassword%5D=hunter2&x=1", "user%5Bpassword%5D=" NAME "&x=1"}, {"%26pin=1234", "%26pin=" NAME}, {"card%3D4242%204242%204242%204242", "card%3D" CARD},
		{"to %77%30%72%64%70%72%33%73%73%21 now", "to [redacted: secret of this site] now"}, {"key=sk%5Flive%5F51HxyzABCdef0123", "key=" KEY},
		{"{\"body\":\"{\\\"password\\\":\\\"hun\\\\\\\"ter2\\\"}\"}", "{\"body\":\"{\\\"password\\\":\\\"" NAME "\\\"}\"}"},
		{"{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"password\\\\\\\" : \\\\\\\"hunter2\\\\\\\"}\\\"}\"}", "{\"a\":\"{\\\"b\\\":\\\"{\\\\\\\"password\\\\\\\" : \\\\\\\"" NAME "\\\\\\\"}\\\"}\"}"},
		{"{\"\\u0070assword\":\"x\"}", "{\"\\u0070assword\":\"" NAME "\"}"}, {"password=\\u0068unter2 x", "password=" NAME " x"}, {"4242\\u00a04242\\u00a04242\\u00a04242", CARD},
		{"{&quot;password&quot;:&quot;hunter2&quot;}", "{&quot;password&quot;:&quot;" NAME "&quot;}"}, {"4242&nbsp;4242&#160;4242&#xA0;4242", CARD},
		{"{\"password\":{\"new\":\"a}\",\"old\":[1]},\"x\":1}", "{\"password\":" NAME ",\"x\":1}"}, {"{\"credentials\":[\"jane\",\"hunter2\"]}", "{\"credentials\":" NAME "}"},
		{"array(1) {\n  [\"password\"]=>\n  string(7) \"hunter2\"\n}", "array(1) {\n  [\"password\"]=>\n  string(7) \"" NAME "\"\n}"}
	};
	static const sample stays[] = {
		{"100%3D", NULL}, {"%3D%3D%3D", NULL}, {"q=reset%20password%20help&x=1", NULL}, {"50% password%", NULL}, {"C:\\new\\table\\x", NULL}, {"Foo\\Password\\Reset", NULL}, {"a &amp; b &lt; c", NULL},
		{"\\u00", NULL}, {"%", NULL}, {"\\", NULL}, {"&", NULL}, {"&#;", NULL}, {"&#99999999;", NULL}, {"{\"password\":{}}", NULL}, {"{\"password\":[]}", NULL}, {"line\\nbreak", NULL}, {"\\ud83d\\ude00", NULL}
	};
	static const sample values[] = {
		{"{\"a\":\"{\\\"password\\\":\\\"x\\\\\\\"y\\\"}\"}", "{\"a\":\"{\\\"password\\\":\\\"" NAME "\\\"}\"}"}, {"\"password\\t\\\"x\\\"\"", "\"password\\t\\\"" NAME "\\\"\""},
		{"{\"q\":\"password%3Dhunter2\"}", "{\"q\":\"password%3D" NAME "\"}"}, {"\"first line\\nsecond line, 50% off & more\"", NULL}, {"{\"a\\\"b\":\"c\\\\d\"}", NULL},
		{"{\"raw\":\"s:8:\\\"password\\\";s:6:\\\"hunter\\\";\"}", "{\"raw\":\"s:8:\\\"password\\\";s:6:\\\"" NAME "\\\";\"}"}
	};
	TEXTS(goes, stays);
	check_values(*state, values, COUNT(values));
}

static void values_in_tables_go(void **state)
{
	static const sample goes[] = {
		{"password\thunter2", "password\t" NAME}, {"password\t\"x\"", "password\t\"" NAME "\""}, {"user\tjane\npassword\thunter\nx\t1", "user\tjane\npassword\t" NAME "\nx\t1"},
		{"\"password\"\t\"hunter2\"", "\"password\"\t\"" NAME "\""}, {"user\tjane\tpassword\thunter2\tx\t1", "user\tjane\tpassword\t" NAME "\tx\t1"}, {"password\\t\\\"x\\\"", "password\\t\\\"" NAME "\\\""}
	};
	static const sample stays[] = {
		{"user\tpassword\temail\njane\t***\tj@x", NULL}, {"\"user\"\t\"password\"\t\"email\"", NULL}, {"password\t", NULL}, {"passwords\t2", NULL}, {"reset password\n\tnow", NULL}, {"token\tname", NULL}, {"\t\t", NULL},
		{"D:\\backup\\password\\t2026\\a.zip", NULL}, {"App\\\\Password\\\\test1", NULL}
	};
	TEXTS(goes, stays);
}

static void card_numbers_go_however_they_are_parted(void **state)
{
	static const sample goes[] = {
		{"4242\xc2\xa0" "4242\xc2\xa0" "4242\xc2\xa0" "4242", CARD}, {"4242.4242.4242.4242", CARD}, {"4242/4242/4242/4242", CARD}, {"4242\xe2\x80\xaf" "4242\xe2\x80\xaf" "4242\xe2\x80\xaf" "4242", CARD},
		{"4242\xe2\x80\x89" "4242\xe2\x80\x89" "4242\xe2\x80\x89" "4242!", CARD "!"}, {"4242\xe2\x80\x93" "4242\xe2\x80\x93" "4242\xe2\x80\x93" "4242", CARD}, {"4242\xe2\x80\x8b" "4242 4242 4242", CARD},
		{"\xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92", CARD},
		{"x \xef\xbc\x94\xef\xbc\x92\xef\xbc\x94\xef\xbc\x92 4242 4242 4242", "x " CARD}, {"3714.496353.98431 ok", CARD " ok"}, {"4242.4242.4242.4242.", CARD "."}, {"4242/4242/4242/4242 12/30", CARD " 12/30"},
		{"4242\xe3\x80\x80" "4242\xe3\x80\x80" "4242\xe3\x80\x80" "4242", CARD}, {"4242-4242.4242 4242", CARD},
		{"DE00 4242 4242 4242 4242", "DE00 " CARD}, {"to DE89 3704 0044 0532 0130 00 4242 4242 4242 4242", "to DE89 3704 0044 0532 0130 00 " CARD}, {"DE89 37040044053201300 4242 4242 4242 4242", "DE89 37040044053201300 " CARD}
	};
	/* the same with a wrong check digit; sums, dates, addresses, versions, telephone numbers */
	static const sample stays[] = {
		{"4242\xc2\xa0" "4242\xc2\xa0" "4242\xc2\xa0" "4241", NULL}, {"4242.4242.4242.4241", NULL}, {"4242/4242/4242/4241", NULL}, {"4.242.424.242.424.242", NULL}, {"42.42.42.42.42.42.42.42", NULL},
		{"4242..4242.4242.4242", NULL}, {"4242.4242/4242.4242", NULL}, {"2026/11/21/20/47/12.424242", NULL}, {"192.168.100.200", NULL}, {"+4242.4242.4242.4242", NULL}, {"1.4242.4242.4242.4242", NULL},
		{"\xef\xbc\x94\xef\xbc\x92", NULL}, {"4242\xc2\xa0\xc2\xa0" "4242 4242 4242", NULL}, {"v5.10.226-1 and 5.10.0-33", NULL}, {"+49 (0)30 1234 5678 90 12", NULL}
	};
	TEXTS(goes, stays);
}

/* What shops, servers and people write all day. */
static void honest_texts_stay(void **state)
{
	static const char *const texts[] = {
		"Order 900-2026-000123, invoice RE-2026/11/0042, tracking 1Z999AA10123456784", "Call +49 30 901820 or (030) 9018-20 or 0049.30.901820 ext. 12", "EAN 4006381333931, ISBN 978-3-16-148410-0, SKU AB-4242/XL.v2",
		"550e8400-e29b-41d4-a716-446655440000", "d41d8cd98f00b204e9800998ecf8427e", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
		"2026-11-21T20:47:12.424242Z took 00:00:01.5", "1763757632424 and 1763757632424242", "IBAN DE89 3704 0044 0532 0130 00", "lat 52.520008, lon 13.404954", "10.0.0.1:8080 -> 192.168.1.254/24", "v1.2.3-rc.4+build.5",
		"Please reset your password before Friday.", "The password must have 12 characters; a secret word is no password.", "Forgot password? Click the link.", "Password and token are different things", "password-protected page, password_reset_sent",
		"She kept the secret for years, and the cookie jar too.", "your pass; expires soon", "tokens used; 4096", "PIN or sign", "basic auth is off", "the card number was declined", "Use --help for more; see mysql(1)", "<b>password</b> is required",
		"https://shop.example/reset-password?step=2&lang=de#top", "Content-Type: text/html; charset=utf-8", "a = b; c == d; e => f", "SELECT * FROM users WHERE id=7 -- password column left out", "50% of 1.000.000,00 EUR = 500.000,00 EUR",
		"{\"status\":\"ok\",\"count\":12,\"next\":null}", "a:1:{s:5:\"title\";s:3:\"Foo\";}", "name\tamount\tcurrency\nBolt M8\t4.242\tEUR", "Line one\\nLine two\\tTabbed", "Tom &amp; Jerry &mdash; &copy; 2026", "q=caf%C3%A9%20au%20lait&page=2",
		"author=Jane; keyboard: DE; passenger: 2; compass=N; bypass=1", "\xe5\x95\x86\xe5\x93\x81\xef\xbc\x91\xef\xbc\x92\xef\xbc\x93", "pages 4242\xe2\x80\x93" "4250",
		"SyntaxError: Unexpected token: { in line 5, order 77 failed", "Invalid token: [ at offset 12", "auth: [ok] order 77 paid", "pin: [map](https://shop.example/pin)",
		/* account numbers with a card's digits in them */
		"to PL69 5670 4616 4397 2903 4081 9903 today", "to ES35 6735 6395 1416 9447 9363 today", "to FR30 3910 4365 1148 0575 1199 559 today", "to AT16 3934 2340 8763 1693 today", "to DE12 6748 9343 6276 7406 74 today"
	};
	for (size_t i = 0; i < COUNT(texts); i++) {
		const sample s = {texts[i], NULL};
		check_texts(*state, &s, 1);
	}
}

/* Numbers as shops make them: none is taken for a card unless it is written as one and has a card's check digit. */
static void honest_numbers_stay(void **state)
{
	static const char *const forms[] = {"+49 %03u %07u", "0049.%03u.%07u", "2026/%02u/%02u %06u", "RE-2026-%08u", "%u.%03u.%03u,00", "%08x-%04x-4%03x-8%03x-%012llx", "AB%u/CD%u", "192.168.%u.%u:%u", "17637%08u", "#%u (%u pcs)"};
	long hits = 0;
	test_random r;
	test_random_init(&r);
	for (int i = 0; i < 100000; i++) {
		char text[120];
		unsigned a = (unsigned)test_random_below(&r, 1000), b = (unsigned)test_random_below(&r, 1000), c = (unsigned)test_random_below(&r, 1000), d = (unsigned)test_random_below(&r, 1000);
		bool found = false;
		sm_bytes out;
		sm_arena arena;
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(text, sizeof text, forms[test_random_below(&r, COUNT(forms))], a, b, c, d, (unsigned long long)a * b * c * d);
#pragma GCC diagnostic pop
		sm_arena_init(&arena, &sm_alloc_default);
		assert_int_equal(sm_redact_text(&arena, &redact_rules, sm_cstr(text), &out, &found), SM_OK);
		hits += found;
		if (found) {
			print_message("# %s\n", text);
		}
		sm_arena_free(&arena);
	}
	(void)state;
	assert_int_equal(hits, 0);
}

/* Whatever stands around it and however often it is encoded, nothing of the secret is left, and what is left is left alone. */
static void nothing_is_left_of_it(void **state)
{
	static const char *const forms[] = {"s:8:\"password\";s:11:\"q7Zk-hunter2\";", "--password q7Zk-hunter2 ", "<password>q7Zk-hunter2</password>", "password=q7Zk-hunter2&", "{\"password\":\"q7Zk-hunter2\"}", "password\t\"q7Zk-hunter2\"", "mysql -pq7Zk-hunter2 "};
	static const char filler[] = "abc XYZ 019 .,:;=-_/\\\"'{}[]$@+\n\t<>%&|\xc3\xbc";
	test_random r;
	test_random_init(&r);
	for (int i = 0; i < 20000; i++) {
		char text[4000], coded[8000];
		size_t n = 0, m;
		for (size_t k = test_random_below(&r, 30); k > 0; k--) {
			text[n++] = filler[test_random_below(&r, sizeof filler - 1)];
		}
		text[n++] = '\n'; /* a name at the end of another word is another name */
		const char *form = forms[test_random_below(&r, COUNT(forms))];
		memcpy(text + n, form, strlen(form));
		n += strlen(form);
		text[n++] = '\n';
		for (size_t layers = test_random_below(&r, 4); layers > 0; layers--) {
			bool percent = test_random_below(&r, 2) == 0;
			m = 0;
			for (size_t k = 0; k < n; k++) {
				unsigned char c = (unsigned char)text[k];
				if (percent && (c < 0x20 || strchr(" \"%&=:;<>[]{}\\'/,", c) != NULL || c >= 0x7f)) {
					m += (size_t)snprintf(coded + m, sizeof coded - m, "%%%02X", c);
				} else if (!percent && (c == '"' || c == '\\' || c < 0x20)) {
					coded[m++] = '\\';
					coded[m++] = c == '\n' ? 'n' : c == '\t' ? 't' : (char)c;
				} else {
					coded[m++] = (char)c;
				}
			}
			if (m >= sizeof text) {
				break;
			}
			memcpy(text, coded, m);
			n = m;
		}
		sm_arena arena;
		bool found = false;
		sm_bytes out;
		sm_arena_init(&arena, &sm_alloc_default);
		assert_int_equal(sm_redact_text(&arena, &redact_rules, (sm_bytes){text, n}, &out, &found), SM_OK);
		if (!found || memmem(out.p, out.n, "q7Zk", 4) != NULL) {
			fail_msg("SM_SEED=%llu: left in %.*s, from %.*s", (unsigned long long)r.seed, (int)out.n, out.p, (int)n, text);
		}
		sm_arena_free(&arena);
	}
	(void)state;
}

/* Each piece begins like something whose end is far away. */
static void no_form_takes_long(void **state)
{
	static const char *const pieces[] = {"<pin>x", "<pin>", "<password a", "<password><![CDATA[", "s:3:\"pin\";s:9", "\"pin\";a:1:{", "\"pin\";s:99:\"x", "pin|a:1:{s:1:\"", "--password ", "--pin \"", " -p", "mysql -p", "mysql -p x ",
		"password\t", "password\t\t", "pin\t\"", "%25", "%2525", "\\\\", "\\u005c", "&amp;", "&#38;", "password:[", "password={\"", "password=>\n ", "4242.", "4242/", "\xef\xbc\x94", "4\xe2\x80\x8b", "password%3D", "\\\"password\\\":\\\"",
		"password=[redacted:", "Cookie: [redacted: by name] ", "<password><![CDATA[[redacted:", "pin|i:[redacted:", "pin|s:99:\"[redacted:", "s:3:\"pin\";i:1;", "s:1:\"a\";s:3:\"pin\";i:1;", "{i:0;s:3:\"pin\";"};
	(void)state;
	check_no_piece_takes_long(pieces, sizeof pieces / sizeof *pieces);
}

static void identities_are_looked_at_decoded_too(void **state)
{
	char large[3000];
	(void)state;
	assert_string_equal(sm_secret_in(&redact_rules, SM_STR("order%3A4242%204242%204242%204242")), "card number");
	assert_string_equal(sm_secret_in(&redact_rules, SM_STR("order 4242\xc2\xa0" "4242\xc2\xa0" "4242\xc2\xa0" "4242")), "card number");
	assert_string_equal(sm_secret_in(&redact_rules, SM_STR("x w0rdpr3ss%2521 y")), "secret of this site");
	assert_null(sm_secret_in(&redact_rules, SM_STR("shop/50%25 off")));
	assert_null(sm_secret_in(&redact_rules, SM_STR("password%3Dx")));
	memset(large, 'a', sizeof large);
	memcpy(large + 2900, " %34242424242424242 ", 19);
	assert_null(sm_secret_in(&redact_rules, (sm_bytes){large, sizeof large}));
}

/* strchr() finds NUL in every string: no end of a secret. */
static void a_nul_byte_ends_no_secret(void **state)
{
	static const struct { const char *text; size_t n; const char *left; } texts[] = {
#define WITH_NUL(text) text, sizeof text - 1
		{WITH_NUL("password=hun\0ter2 x"), "password=" NAME " x"},
		{WITH_NUL("password\tx\0q7Zk\n"), "password\t" NAME "\n"},
		{WITH_NUL("redis://user:hun\0ter2@host/"), NULL},
		{WITH_NUL("mysql\0 -phunter2"), NULL}
	};
	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		bool found = false;
		sm_bytes out;
		sm_arena arena;
		sm_arena_init(&arena, &sm_alloc_default);
		assert_int_equal(sm_redact_text(&arena, &redact_rules, (sm_bytes){texts[i].text, texts[i].n}, &out, &found), SM_OK);
		assert_true(found);
		assert_null(memmem(out.p, out.n, "ter2", 4));
		if (texts[i].left != NULL) {
			assert_bytes(out, texts[i].left);
		}
		assert_int_equal(sm_redact_canonical(&arena, &redact_rules, SM_STR("\"password=hun\\u0000ter2 x\""), &out, &found), SM_OK);
		assert_bytes(out, "\"password=" NAME " x\"");
		sm_arena_free(&arena);
	}
}

static void memory_may_end_in_every_form(void **state)
{
	static const char text[] = "[\"mysql\",\"-px\",\"--pin\",\"1234\",{\"a\":\"%7B%22password%22%3A%22%5Cu0068%22%7D and 4242%204242%204242%204242\\npassword%253Dx\"}]";
	(void)state;
	for (long k = 1;; k++) {
		test_heap heap = {.fail_at = k};
		const sm_alloc a = test_heap_alloc(&heap);
		sm_arena arena;
		bool found = false;
		sm_bytes out;
		sm_arena_init(&arena, &a);
		sm_status st = sm_redact_canonical(&arena, &redact_rules, sm_cstr(text), &out, &found);
		bool failed = heap.allocations >= k;
		assert_int_equal(st, failed ? SM_E_NOMEM : SM_OK);
		if (!failed) {
			assert_bytes(out, "[\"mysql\"," GONE ",\"--pin\"," GONE ",{\"a\":\"%7B%22password%22%3A%22" NAME "%22%7D and " CARD "\\npassword%253D" NAME "\"}]");
		}
		sm_arena_free(&arena);
		assert_int_equal(heap.live, 0);
		if (!failed) {
			assert_true(k > 3);
			break;
		}
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, redact_set_up, redact_tear_down)
	const struct CMUnitTest tests[] = {
		TEST(serialized_values_go), TEST(options_of_command_lines_go), TEST(values_in_tags_go), TEST(encoded_values_go), TEST(values_in_tables_go),
		TEST(card_numbers_go_however_they_are_parted), TEST(honest_texts_stay), TEST(honest_numbers_stay), TEST(nothing_is_left_of_it), TEST(no_form_takes_long),
		TEST(identities_are_looked_at_decoded_too), TEST(a_nul_byte_ends_no_secret), TEST(memory_may_end_in_every_form)
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
