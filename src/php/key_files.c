#include "key_files.h"
#include "SAPI.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/stat.h>

enum { KEY_FILE_MAX = 1024 };

static const sm_bytes PREFIX = SM_LIT("PRIVATE+KEY+");

static bool wrong(char problem[SOPHMATE_PROBLEM_MAX], const char *format, ...) ZEND_ATTRIBUTE_FORMAT(printf, 2, 3);
static bool wrong(char problem[SOPHMATE_PROBLEM_MAX], const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vsnprintf(problem, SOPHMATE_PROBLEM_MAX, format, args);
	va_end(args);
	return false;
}

static bool trusted_owner(const struct stat *s)
{
	return s->st_uid == 0 || s->st_uid == geteuid();
}

/* ---- folders ---- */

/* Each folder from / to this one: who can write one of them can put another one in the place of what lies below it. */
static bool check_way(const char *path, char problem[SOPHMATE_PROBLEM_MAX])
{
	char part[MAXPATHLEN];
	size_t n = strlen(path);

	for (size_t i = 1; i <= n; i++) {
		struct stat s;

		if (i < n && path[i] != '/') {
			continue;
		}
		memcpy(part, path, i);
		part[i] = '\0';
		if (lstat(part, &s) != 0) {
			return wrong(problem, "%.200s: %s", part, strerror(errno));
		}
		if (!trusted_owner(&s)) {
			return wrong(problem, "%.200s belongs to user %lu: it must belong to root or to user %lu, who runs this", part, (unsigned long)s.st_uid,
				(unsigned long)geteuid());
		}
		if (S_ISLNK(s.st_mode)) {
			continue; /* where it leads is looked at as a path of its own */
		}
		if (!S_ISDIR(s.st_mode)) {
			return wrong(problem, "%.200s is not a folder", part);
		}
		/* in a folder like /tmp nobody can replace what is another's; the last one itself may not be one */
		if ((s.st_mode & 022) != 0 && (i == n || (s.st_mode & S_ISVTX) == 0)) {
			return wrong(problem, "%.200s can be written by its group or by everybody (mode %04o)", part, (unsigned)(s.st_mode & 07777));
		}
	}
	return true;
}

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	while (n > 1 && folder[n - 1] == '/') {
		n--;
	}
	return n > 1 && strncmp(path, folder, n) == 0 && (path[n] == '/' || path[n] == '\0');
}

static bool below_given_root(const char *path, const char *root)
{
	char real[MAXPATHLEN];

	return root != NULL && root[0] == '/' && realpath(root, real) != NULL && is_below(path, real);
}

static bool in_document_root(const char *path)
{
	bool inside = below_given_root(path, PG(doc_root));
	char *root = sapi_getenv("DOCUMENT_ROOT", sizeof("DOCUMENT_ROOT") - 1);
	inside = inside || below_given_root(path, root);
	if (root != NULL) {
		efree(root);
	}
	/* As the request's own code sees it: WP-CLI sets it there. */
	zend_is_auto_global_str(ZEND_STRL("_SERVER"));
	zval *server = zend_hash_str_find_deref(&EG(symbol_table), ZEND_STRL("_SERVER"));
	zval *given = server != NULL && Z_TYPE_P(server) == IS_ARRAY ? zend_hash_str_find_deref(Z_ARRVAL_P(server), ZEND_STRL("DOCUMENT_ROOT")) : NULL;
	if (given != NULL && Z_TYPE_P(given) == IS_STRING) {
		inside = inside || below_given_root(path, Z_STRVAL_P(given));
	}
	return inside;
}

int sophmate_key_dir_open(bool in_request, char problem[SOPHMATE_PROBLEM_MAX])
{
	const char *path = SOPHMATE_G(key_dir);
	char given[MAXPATHLEN], real[MAXPATHLEN];
	size_t n;

	problem[0] = '\0';
	if (path == NULL || path[0] == '\0') {
		return -1;
	}
	n = strlen(path);
	if (path[0] != '/' || n >= sizeof(given)) {
		wrong(problem, "sophmate.key_dir must be an absolute path, got \"%.200s\"", path);
		return -1;
	}
	memcpy(given, path, n + 1);
	while (n > 1 && given[n - 1] == '/') {
		given[--n] = '\0';
	}
	if (!check_way(given, problem)) {
		return -1;
	}
	if (realpath(given, real) == NULL) {
		wrong(problem, "%.200s: %s", given, strerror(errno));
		return -1;
	}
	if (!check_way(real, problem)) {
		return -1;
	}
	if (in_request && in_document_root(real)) {
		wrong(problem, "%.200s is inside the document root: a mistake in the web server's settings would publish it", real);
		return -1;
	}
	int dir = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);

	if (dir < 0) {
		wrong(problem, "%.200s: %s", real, strerror(errno));
	}
	return dir;
}

/* ---- files ---- */

/* PRIVATE+KEY+<origin>+<key id>+<base64 of 0x01 and the seed>, as Go's note package writes signers. */
static bool parse(const char *name, char *text, size_t n, sophmate_key_file *out, char problem[SOPHMATE_PROBLEM_MAX])
{
	static const char form[] = "it is not a line PRIVATE+KEY+origin+id+key";
	uint8_t raw[1 + SM_LOG_SEED_LEN], public_key[SM_ED25519_KEY_LEN], id[SM_NOTE_KEY_ID_LEN];
	char digits[SOPHMATE_LOG_DIGITS + 1], expected[64];
	sm_note_key key;
	size_t got;
	bool good = n > PREFIX.n && text[n - 1] == '\n' && memcmp(text, PREFIX.p, PREFIX.n) == 0;
	char *origin = text + PREFIX.n, *plus = good ? memchr(origin, '+', n - PREFIX.n) : NULL;

	if (plus == NULL || plus - origin > SM_NOTE_NAME_MAX || n - 1 < (size_t)(plus - text) + 10 || plus[9] != '+') {
		return wrong(problem, form);
	}
	memcpy(out->origin, origin, (size_t)(plus - origin));
	out->origin[plus - origin] = '\0';
	char *base64 = plus + 10;
	good = sodium_base642bin(raw, sizeof(raw), base64, (size_t)(text + n - 1 - base64), NULL, &got, NULL, sodium_base64_VARIANT_ORIGINAL) == 0
		&& got == sizeof(raw) && raw[0] == SM_NOTE_ED25519 && sm_unhex(id, sizeof(id), (sm_bytes){plus + 1, 8});
	if (good) {
		memcpy(out->seed, raw + 1, sizeof(out->seed));
		sm_log_public_key(out->seed, public_key);
	}
	sodium_memzero(raw, sizeof(raw));
	if (!good || sm_note_key_init(&key, sm_cstr(out->origin), SM_NOTE_ED25519, public_key, NULL) != SM_OK) {
		return wrong(problem, form);
	}
	if (memcmp(id, key.id, sizeof(id)) != 0) {
		return wrong(problem, "the key in it has another id than it says");
	}
	if (!sophmate_log_digits(sm_cstr(out->origin), digits)) {
		return wrong(problem, "its origin is not HOST/sophmate/DIGITS");
	}
	snprintf(expected, sizeof(expected), "log-%s.key", digits);
	return strcmp(expected, name) == 0 || wrong(problem, "it is the key of %.255s, whose file is %s", out->origin, expected);
}

static bool check_file(int fd, char problem[SOPHMATE_PROBLEM_MAX])
{
	struct stat s;

	if (fstat(fd, &s) != 0) {
		return wrong(problem, "%s", strerror(errno));
	}
	if (!S_ISREG(s.st_mode)) {
		return wrong(problem, "it is not a plain file");
	}
	if (!trusted_owner(&s)) {
		return wrong(problem, "it belongs to user %lu: it must belong to root or to user %lu, who runs this", (unsigned long)s.st_uid,
			(unsigned long)geteuid());
	}
	if ((s.st_mode & 07777) != 0600 && (s.st_mode & 07777) != 0400) {
		return wrong(problem, "its mode is %04o: it must be 0600 or 0400, so that nobody else can read or write it", (unsigned)(s.st_mode & 07777));
	}
	if (s.st_nlink != 1) {
		return wrong(problem, "it has %lu names (hard links)", (unsigned long)s.st_nlink);
	}
	return s.st_size <= KEY_FILE_MAX || wrong(problem, "it has %lld bytes, at most %d are a key", (long long)s.st_size, KEY_FILE_MAX);
}

bool sophmate_key_file_read(int dir, const char *name, sophmate_key_file *out, char problem[SOPHMATE_PROBLEM_MAX])
{
	char text[KEY_FILE_MAX + 1];
	size_t n = 0;
	int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

	problem[0] = '\0';
	if (fd < 0) {
		return errno == ENOENT ? false : wrong(problem, errno == ELOOP ? "it is a symbolic link" : "%s", strerror(errno));
	}
	bool good = check_file(fd, problem);

	for (ssize_t got = 1; good && got > 0 && n < sizeof(text);) {
		got = read(fd, text + n, sizeof(text) - n);
		if (got < 0 && errno != EINTR) {
			good = wrong(problem, "%s", strerror(errno));
		}
		n += got > 0 ? (size_t)got : 0;
	}
	close(fd);
	good = good && parse(name, text, n, out, problem);
	sodium_memzero(text, sizeof(text));
	return good;
}

bool sophmate_write_all(int fd, sm_bytes text)
{
	for (size_t done = 0; done < text.n;) {
		ssize_t n = write(fd, text.p + done, text.n - done);

		if (n < 0 && errno != EINTR) {
			return false;
		}
		done += n > 0 ? (size_t)n : 0;
	}
	return true;
}

bool sophmate_replace_file(int dir, const char *name, sm_bytes text, mode_t mode)
{
	char fresh[128];
	int fd, failed;

	snprintf(fresh, sizeof(fresh), "%s.new", name);
	(void)unlinkat(dir, fresh, 0); /* of one who died here: whoever writes holds the log's lock */
	fd = openat(dir, fresh, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode);
	if (fd < 0) {
		return false;
	}
	/* not by open: the umask would take its part */
	bool good = fchmod(fd, mode) == 0 && sophmate_write_all(fd, text) && fsync(fd) == 0;

	failed = errno;
	good = close(fd) == 0 && good;
	good = good && renameat(dir, fresh, dir, name) == 0 && fsync(dir) == 0;
	if (!good) {
		failed = failed != 0 ? failed : errno;
		(void)unlinkat(dir, fresh, 0);
		errno = failed;
	}
	return good;
}

bool sophmate_key_file_write(int dir, const char *name, sm_bytes text, char problem[SOPHMATE_PROBLEM_MAX])
{
	errno = 0;
	return sophmate_replace_file(dir, name, text, 0600) || wrong(problem, "sophmate.key_dir: %s cannot be written: %s", name, strerror(errno));
}

bool sophmate_key_file_destroy(int dir, const char *name, char problem[SOPHMATE_PROBLEM_MAX])
{
	static const char zeros[KEY_FILE_MAX];
	struct stat s;
	int fd = openat(dir, name, O_WRONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && errno == ENOENT) {
		return true;
	}
	if (fd >= 0) {
		/* As far as the file system overwrites in place. */
		if (fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_size > 0 && s.st_size <= KEY_FILE_MAX) {
			(void)(sophmate_write_all(fd, (sm_bytes){zeros, (size_t)s.st_size}) && fsync(fd) == 0);
		}
		close(fd);
	}
	return (unlinkat(dir, name, 0) == 0 && fsync(dir) == 0) || wrong(problem, "sophmate.key_dir: %s cannot be removed: %s", name, strerror(errno));
}
