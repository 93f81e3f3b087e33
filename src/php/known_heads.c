#include "known_heads.h"
#include "head_files.h"
#include "keyring.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

/* ---- head files ---- */

static sm_status read_all(int fd, sm_arena *arena, size_t n, sm_bytes *text)
{
	char *p = SM_NEW(arena, char, n + 1);
	size_t done = 0;

	if (p == NULL) {
		return SM_E_NOMEM;
	}
	while (done < n) {
		ssize_t got = read(fd, p + done, n - done);

		if (got < 0 && errno == EINTR) {
			continue;
		}
		if (got <= 0) {
			break;
		}
		done += (size_t)got;
	}
	*text = (sm_bytes){p, done};
	return SM_OK;
}

sm_status sophmate_known_heads_file(sm_arena *arena, sm_bytes origin, sm_bytes *text, sm_error *e)
{
	char digits[SOPHMATE_LOG_DIGITS + 1], path[MAXPATHLEN];
	const char *dir = SOPHMATE_G(state_dir);
	struct stat s;

	*text = (sm_bytes){NULL, 0};
	if (dir == NULL || *dir == '\0' || !sophmate_log_digits(origin, digits)
		|| (size_t)snprintf(path, sizeof(path), "%s/log-%s.head", dir, digits) >= sizeof(path)) {
		return SM_OK;
	}
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0) {
		return errno == ENOENT ? SM_OK : sm_fail(e, SM_E_STATE, "sophmate.state_dir: log-%s.head cannot be read: %s", digits, strerror(errno));
	}
	sm_status status = fstat(fd, &s) == 0 && S_ISREG(s.st_mode) && s.st_size <= SM_HEAD_FILE_MAX ? read_all(fd, arena, (size_t)s.st_size, text)
		: sm_fail(e, SM_E_STATE, "sophmate.state_dir: log-%s.head is no head file", digits);
	close(fd);
	return status;
}

/* What stands behind the frontier. */
static sm_bytes note_of(sm_bytes text)
{
	const char *blank = text.n != 0 ? php_memnstr(text.p, "\n\n", 2, text.p + text.n) : NULL;

	return blank == NULL ? text : (sm_bytes){blank + 2, text.n - (size_t)(blank + 2 - text.p)};
}

/* All of them at the beginning: one that is read later may know leaves that came meanwhile. */
static sm_status read_files(sophmate_known_heads *heads, const sm_bytes *origins, size_t n, sm_error *e)
{
	heads->notes = SM_NEW(&heads->files, sm_bytes, n);
	if (heads->notes == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; i < n; i++) {
		sm_bytes text;
		sm_status status = sophmate_known_heads_file(&heads->files, origins[i], &text, e);

		if (status != SM_OK) {
			return status;
		}
		if (text.p != NULL) {
			heads->notes[heads->n_notes++] = note_of(text);
		}
	}
	return SM_OK;
}

static sm_status next_file(sophmate_known_heads *heads, sm_outer_head *out, bool *more)
{
	*more = heads->at < heads->n_notes;
	if (*more) {
		*out = (sm_outer_head){{NULL, 0}, heads->notes[heads->at++]};
	}
	return SM_OK;
}

/* ---- anchor file: a line without its end was cut off, and counts for nothing; neither does one that is longer than any that is written ---- */

/* @return false: there is no whole line left; n = 0: it was too long */
static bool read_line(sophmate_known_heads *heads, char line[SOPHMATE_ANCHOR_LINE_MAX + 2], size_t *n)
{
	bool whole = true, ended = false;

	while (!ended) {
		size_t got = 0;

		if (heads->left <= 0 || php_stream_get_line(heads->anchor, line, SOPHMATE_ANCHOR_LINE_MAX + 2, &got) == NULL || got == 0
			|| (zend_off_t)got > heads->left) {
			return false;
		}
		heads->left -= (zend_off_t)got;
		ended = line[got - 1] == '\n';
		whole = whole && ended;
		*n = whole ? got - 1 : 0;
	}
	heads->line++;
	return true;
}

static sm_status next_line(sophmate_known_heads *heads, sm_outer_head *out, bool *more)
{
	char line[SOPHMATE_ANCHOR_LINE_MAX + 2];
	size_t n = 0;

	do {
		*more = heads->anchor != NULL && read_line(heads, line, &n);
	} while (*more && n == 0);
	if (!*more) {
		return SM_OK;
	}
	sm_arena_free(&heads->arena);
	snprintf(heads->label, sizeof(heads->label), "line %" PRId64, heads->line);
	out->label = sm_cstr(heads->label);
	/* what is no base64 is given as it is, and is found to be no note */
	sm_status status = sm_base64_read(&heads->arena, (sm_bytes){line, n}, &out->note);
	return status == SM_E_SYNTAX ? sm_arena_dup(&heads->arena, (sm_bytes){line, n}, &out->note) : status;
}

/* As signing opens it: no link, and nothing that would wait for somebody who writes. */
static sm_status open_anchor(sophmate_known_heads *heads, const char *path, sm_error *e)
{
	struct stat file;
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0) {
		return errno == ENOENT ? SM_OK : errno == ELOOP ? sm_fail(e, SM_E_STATE, "sophmate.anchor_file: %.200s is a link", path)
			: sm_fail(e, SM_E_STATE, "sophmate.anchor_file: %.200s cannot be read: %s", path, strerror(errno));
	}
	if (fstat(fd, &file) != 0 || !S_ISREG(file.st_mode)) {
		close(fd);
		return sm_fail(e, SM_E_STATE, "sophmate.anchor_file: %.200s is not a plain file", path);
	}
	heads->anchor = php_stream_fopen_from_fd(fd, "rb", NULL);
	if (heads->anchor == NULL) {
		close(fd);
		return sm_fail(e, SM_E_STATE, "sophmate.anchor_file: %.200s cannot be read", path);
	}
	heads->left = file.st_size;
	return SM_OK;
}

sm_status sophmate_known_heads_open(sophmate_known_heads *heads, const sm_bytes *origins, size_t n, const sm_alloc *a, sm_error *e)
{
	const char *path = SOPHMATE_G(anchor_file);

	memset(heads, 0, sizeof(*heads));
	sm_arena_init(&heads->arena, a);
	sm_arena_init(&heads->files, a);
	sm_status status = read_files(heads, origins, n, e);
	if (status != SM_OK) {
		return status;
	}
	return path == NULL || *path == '\0' ? SM_OK : open_anchor(heads, path, e);
}

void sophmate_known_heads_close(sophmate_known_heads *heads)
{
	if (heads->anchor != NULL) {
		php_stream_close(heads->anchor);
		heads->anchor = NULL;
	}
	sm_arena_free(&heads->arena);
	sm_arena_free(&heads->files);
}

sm_status sophmate_known_heads_next(sophmate_known_heads *heads, sm_head_place place, sm_outer_head *out, bool *more, sm_error *e)
{
	(void)e;
	*more = false;
	return place == SM_HEAD_HOST ? next_file(heads, out, more) : place == SM_HEAD_ANCHOR ? next_line(heads, out, more) : SM_OK;
}
