#include "head_files.h"
#include "key_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <syslog.h>

enum { LOCK_WAIT_US = 10000000, LOCK_NAP_US = 10000, ANCHOR_WINDOW = 65536 };

static sm_status failed(sm_error *e, const char *setting, const char *name, const char *what)
{
	return sm_fail(e, SM_E_STORE, "%s: %.120s cannot be %s: %s", setting, name, what, strerror(errno));
}

static void file_name(sm_bytes origin, const char *ending, char out[64])
{
	char digits[SOPHMATE_LOG_DIGITS + 1];

	snprintf(out, 64, "log-%s.%s", sophmate_log_digits(origin, digits) ? digits : "none", ending);
}

static bool read_all(int fd, char *p, size_t n, off_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t got = pread(fd, p + done, n - done, at + (off_t)done);

		if (got == 0 || (got < 0 && errno != EINTR)) {
			errno = got == 0 ? EIO : errno;
			return false;
		}
		done += got > 0 ? (size_t)got : 0;
	}
	return true;
}

/* ---- head file ---- */

static sm_status read_head(void *ctx, sm_bytes origin, sm_arena *arena, sm_bytes *text, sm_error *e)
{
	const sophmate_heads *heads = ctx;
	char name[64];
	struct stat s;

	*text = (sm_bytes){NULL, 0};
	file_name(origin, "head", name);
	int fd = openat(heads->dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		return errno == ENOENT ? SM_OK : failed(e, "sophmate.state_dir", name, "read");
	}
	sm_status status = SM_OK;
	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size > SM_HEAD_FILE_MAX) {
		status = sm_fail(e, SM_E_STORE, "sophmate.state_dir: %s is no head file", name);
	} else {
		char *p = SM_NEW(arena, char, (size_t)s.st_size + 1);

		status = p == NULL ? SM_E_NOMEM : read_all(fd, p, (size_t)s.st_size, 0) ? SM_OK : failed(e, "sophmate.state_dir", name, "read");
		*text = (sm_bytes){p, (size_t)s.st_size};
	}
	close(fd);
	return status;
}

static sm_status write_head(void *ctx, sm_bytes origin, sm_bytes text, sm_error *e)
{
	const sophmate_heads *heads = ctx;
	char name[64];

	file_name(origin, "head", name);
	errno = 0;
	return sophmate_replace_file(heads->dir, name, text, 0644) ? SM_OK : failed(e, "sophmate.state_dir", name, "written");
}

/* ---- anchor file: each line is the base64 of a note; a line without its end was cut off by a crash and counts for nothing ---- */

static const char *anchor_path(void)
{
	const char *path = SOPHMATE_G(anchor_file);

	return path != NULL && path[0] != '\0' ? path : NULL;
}

static int open_anchor(int flags, off_t *size, sm_error *e)
{
	const char *path = anchor_path();
	struct stat s;
	int fd = open(path, flags | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0640);

	if (fd < 0) {
		if (errno != ENOENT) {
			failed(e, "sophmate.anchor_file", path, "opened");
		}
		return -1;
	}
	if (fstat(fd, &s) != 0 || !S_ISREG(s.st_mode)) {
		sm_fail(e, SM_E_STORE, "sophmate.anchor_file: %.120s is not a plain file", path);
		close(fd);
		errno = EINVAL;
		return -1;
	}
	*size = s.st_size;
	return fd;
}

static bool is_of(sm_bytes note, sm_bytes origin)
{
	return note.n > origin.n && memcmp(note.p, origin.p, origin.n) == 0 && note.p[origin.n] == '\n';
}

/* The last line of this origin among whole lines. @return SM_OK; note {NULL, 0} = none here */
static sm_status last_of(const char *p, size_t n, sm_bytes origin, sm_arena *arena, sm_bytes *note)
{
	*note = (sm_bytes){NULL, 0};
	while (n > 0) {
		size_t end = n - 1, begin = end; /* p[end] is the newline */
		sm_bytes text;

		while (begin > 0 && p[begin - 1] != '\n') {
			begin--;
		}
		sm_status status = end - begin > SOPHMATE_ANCHOR_LINE_MAX ? SM_E_SYNTAX : sm_base64_read(arena, (sm_bytes){p + begin, end - begin}, &text);
		if (status == SM_E_NOMEM) {
			return status;
		}
		if (status == SM_OK && is_of(text, origin)) {
			*note = text;
			return SM_OK;
		}
		n = begin;
	}
	return SM_OK;
}

static sm_status search(int fd, off_t size, sm_bytes origin, sm_arena *arena, sm_bytes *note, sm_error *e)
{
	char *window = SM_NEW(arena, char, ANCHOR_WINDOW);

	if (window == NULL) {
		return SM_E_NOMEM;
	}
	for (off_t end = size; end > 0 && note->p == NULL;) {
		size_t n = end < ANCHOR_WINDOW ? (size_t)end : ANCHOR_WINDOW, begin = 0, last = n;
		off_t at = end - (off_t)n;

		if (!read_all(fd, window, n, at)) {
			return failed(e, "sophmate.anchor_file", anchor_path(), "read");
		}
		while (last > 0 && window[last - 1] != '\n') {
			last--; /* a line without its end */
		}
		/* what begins before the window is looked at with the next one */
		while (at > 0 && begin < last && window[begin] != '\n') {
			begin++;
		}
		begin += at > 0 && begin < last ? 1 : 0;
		sm_status status = begin < last ? last_of(window + begin, last - begin, origin, arena, note) : SM_OK;
		if (status != SM_OK) {
			return status;
		}
		end = at > 0 && begin > 0 && begin < n ? at + (off_t)begin : at;
	}
	return SM_OK;
}

static sm_status read_anchor(void *ctx, sm_bytes origin, sm_arena *arena, sm_bytes *note, sm_error *e)
{
	off_t size;

	*note = (sm_bytes){NULL, 0};
	if (anchor_path() == NULL) {
		return SM_OK;
	}
	int fd = open_anchor(O_RDONLY, &size, e);

	if (fd < 0) {
		return errno == ENOENT ? SM_OK : SM_E_STORE;
	}
	sm_status status = search(fd, size, origin, arena, note, e);
	close(fd);
	return status;
}

static bool sync_folder_of(const char *path)
{
	char folder[MAXPATHLEN];
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);

	snprintf(folder, sizeof(folder), "%.*s", (int)(n > 0 ? n : 1), n > 0 ? path : ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool good = fd >= 0 && fsync(fd) == 0;

	if (fd >= 0) {
		close(fd);
	}
	return good;
}

static sm_status append_line(int fd, off_t size, sm_bytes note, sm_error *e)
{
	const char *path = anchor_path();
	char last = '\n';
	sm_arena arena;
	sm_buf b;

	sm_arena_init(&arena, &sophmate_alloc);
	sm_buf_init(&b, &arena, SOPHMATE_ANCHOR_LINE_MAX);
	bool good = size == 0 || read_all(fd, &last, 1, size - 1);
	if (last != '\n') {
		sm_buf_putc(&b, '\n'); /* after a line that was cut off */
	}
	sm_base64_put(&b, (const uint8_t *)note.p, note.n);
	sm_buf_putc(&b, '\n');
	sm_status status = b.status != SM_OK ? b.status
		: good && sophmate_write_all(fd, sm_buf_bytes(&b)) && fsync(fd) == 0 && (size > 0 || sync_folder_of(path)) ? SM_OK
		: failed(e, "sophmate.anchor_file", path, "written");
	sm_arena_free(&arena);
	return status;
}

static sm_status write_anchor(void *ctx, sm_bytes note, sm_error *e)
{
	off_t size;

	if (anchor_path() == NULL) {
		return SM_OK;
	}
	int fd = open_anchor(O_RDWR | O_APPEND | O_CREAT, &size, e);

	if (fd < 0) {
		return errno == ENOENT ? failed(e, "sophmate.anchor_file", anchor_path(), "made") : SM_E_STORE;
	}
	/* Logs of other sites may write here too: the end must be where it was when the line is put. */
	struct stat s;
	sm_status status = flock(fd, LOCK_EX) == 0 && fstat(fd, &s) == 0 ? append_line(fd, s.st_size, note, e)
		: failed(e, "sophmate.anchor_file", anchor_path(), "locked");
	close(fd);
	return status;
}

/* ---- lock ---- */

static sm_status take_lock(int dir, sm_bytes origin, int *out, sm_error *e)
{
	char name[64];

	file_name(origin, "lock", name);
	/* Read-only is enough for a lock, and works where another user of this host made the file. */
	int fd = openat(dir, name, O_RDONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0644);

	if (fd < 0) {
		return failed(e, "sophmate.state_dir", name, "opened");
	}
	int64_t end = sm_host_system.boot_us(sm_host_system.ctx) + LOCK_WAIT_US;
	while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		if (errno != EINTR && errno != EWOULDBLOCK) {
			sm_status status = failed(e, "sophmate.state_dir", name, "locked");

			close(fd);
			return status;
		}
		if (sm_host_system.boot_us(sm_host_system.ctx) > end) {
			close(fd);
			return sm_fail(e, SM_E_STATE, "Another process of this host has been signing the log %.*s for more than 10 s", (int)origin.n, origin.p);
		}
		usleep(LOCK_NAP_US);
	}
	*out = fd;
	return SM_OK;
}

sm_status sophmate_heads_open(sophmate_heads *heads, sm_bytes origin, sm_error *e)
{
	const char *path = SOPHMATE_G(state_dir);
	char digits[SOPHMATE_LOG_DIGITS + 1];
	struct stat s;

	heads->dir = -1;
	if (path == NULL || path[0] == '\0') {
		return sm_fail(e, SM_E_STATE, "Not signed: sophmate.state_dir is not set, and a head that this host does not remember could be forgotten");
	}
	if (SOPHMATE_G(head_lock) >= 0) {
		return sm_fail(e, SM_E_STATE, "This process is signing already: the store called back, or a fiber is suspended in it");
	}
	if (!sophmate_log_digits(origin, digits)) {
		return sm_fail(e, SM_E_STATE, "The log's name %.*s is not HOST/sophmate/DIGITS", (int)origin.n, origin.p);
	}
	int dir = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dir < 0) {
		return sm_fail(e, SM_E_STATE, "sophmate.state_dir: %.200s: %s", path, strerror(errno));
	}
	if (fstat(dir, &s) != 0 || (s.st_mode & S_IWOTH) != 0) {
		close(dir);
		return sm_fail(e, SM_E_STATE, "sophmate.state_dir: everybody can write in %.200s, so its heads are worth nothing", path);
	}
	int lock = -1;
	sm_status status = take_lock(dir, origin, &lock, e);

	if (status != SM_OK) {
		close(dir);
		return status;
	}
	SOPHMATE_G(head_lock) = lock;
	SOPHMATE_G(head_dir) = dir;
	heads->dir = dir;
	heads->files = (sm_head_files){read_head, write_head, read_anchor, write_anchor, heads};
	return SM_OK;
}

sm_status sophmate_heads_lock_next(sophmate_heads *heads, sm_bytes origin, sm_error *e)
{
	int lock = -1;
	sm_status status = take_lock(heads->dir, origin, &lock, e);

	if (status == SM_OK) {
		SOPHMATE_G(head_next) = lock;
	}
	return status;
}

void sophmate_heads_rshutdown(void)
{
	if (SOPHMATE_G(head_next) >= 0) {
		close(SOPHMATE_G(head_next));
		SOPHMATE_G(head_next) = -1;
	}
	if (SOPHMATE_G(head_lock) >= 0) {
		close(SOPHMATE_G(head_lock));
		close(SOPHMATE_G(head_dir));
		SOPHMATE_G(head_lock) = -1;
	}
}

void sophmate_heads_close(sophmate_heads *heads)
{
	if (heads->dir >= 0) {
		sophmate_heads_rshutdown();
		heads->dir = -1;
	}
}

void sophmate_heads_remove(sophmate_heads *heads, sm_bytes origin)
{
	char name[64];

	file_name(origin, "head", name);
	(void)unlinkat(heads->dir, name, 0);
}

/* ---- syslog ---- */

void sophmate_heads_tell(const sm_signed *head)
{
	sm_arena arena;
	sm_buf root;
	sm_bytes text = head->note;
	size_t at = text.n;

	if (!SOPHMATE_G(anchor_syslog) || text.n == 0) {
		return;
	}
	sm_arena_init(&arena, &sophmate_alloc);
	sm_buf_init(&root, &arena, SM_HASH_BASE64_LEN + 1);
	sm_hash_put(&root, &head->at.root);
	/* the signature is the last word of the note */
	while (at > 0 && text.p[at - 1] != ' ') {
		at--;
	}
	if (root.status == SM_OK) {
		syslog(LOG_NOTICE, "sophmate checkpoint %.*s %llu %s %.*s", (int)head->at.origin.n, head->at.origin.p, (unsigned long long)head->at.size, root.p,
			(int)(text.n - at - 1), text.p + at);
	}
	sm_arena_free(&arena);
}

void sophmate_heads_alarm(sm_bytes origin, const char *what)
{
	syslog(LOG_CRIT, "sophmate ALARM %.*s: %s", (int)origin.n, origin.p, what);
}
