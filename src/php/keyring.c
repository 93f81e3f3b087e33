#include "key_files.h"

#include <dirent.h>
#include <errno.h>
#include <sodium.h>

/* Never moved or freed before the end of the process: signers borrow it. */
typedef struct key {
	struct key *next;
	char file[64], problem[SOPHMATE_PROBLEM_MAX], origin[SM_NOTE_NAME_MAX + 1];
	sm_note_key key;
	uint8_t *seed;  /* sodium_malloc, not readable but inside open/close; NULL = refused or destroyed */
	pid_t owner;    /* process that locked it */
	bool locked;
} key;

/* Of the process: php-fpm's workers inherit what its master read. */
static key *ring;
static char ring_problem[SOPHMATE_PROBLEM_MAX];
#ifdef ZTS
static MUTEX_T mutex;
# define LOCK() tsrm_mutex_lock(mutex)
# define UNLOCK() tsrm_mutex_unlock(mutex)
#else
# define LOCK() ((void)0)
# define UNLOCK() ((void)0)
#endif

bool sophmate_log_digits(sm_bytes origin, char out[SOPHMATE_LOG_DIGITS + 1])
{
	static const sm_bytes middle = SM_LIT("/sophmate/");
	size_t tail = middle.n + SOPHMATE_LOG_DIGITS;

	if (origin.n <= tail || memcmp(origin.p + origin.n - tail, middle.p, middle.n) != 0 ||
			!sm_is_hex((sm_bytes){origin.p + origin.n - SOPHMATE_LOG_DIGITS, SOPHMATE_LOG_DIGITS}, SOPHMATE_LOG_DIGITS)) {
		return false;
	}
	memcpy(out, origin.p + origin.n - SOPHMATE_LOG_DIGITS, SOPHMATE_LOG_DIGITS);
	out[SOPHMATE_LOG_DIGITS] = '\0';
	return true;
}

/* ---- the ring ---- */

static key *add(const char *file)
{
	key *k = calloc(1, sizeof(*k));

	if (k != NULL) {
		snprintf(k->file, sizeof(k->file), "%s", file);
		k->next = ring;
		ring = k;
	}
	return k;
}

static key *find(const char *file)
{
	key *k = ring;

	while (k != NULL && strcmp(k->file, file) != 0) {
		k = k->next;
	}
	return k;
}

/* Takes the seed over; the caller wipes its own. */
static bool fill(key *k, const char *origin, const uint8_t seed[SM_LOG_SEED_LEN])
{
	uint8_t public_key[SM_ED25519_KEY_LEN];

	k->seed = sodium_malloc(SM_LOG_SEED_LEN);
	if (k->seed == NULL) {
		snprintf(k->problem, sizeof(k->problem), "there is no memory that can be guarded");
		return false;
	}
	memcpy(k->seed, seed, SM_LOG_SEED_LEN);
	snprintf(k->origin, sizeof(k->origin), "%s", origin);
	sm_log_public_key(seed, public_key);
	sm_note_key_init(&k->key, sm_cstr(k->origin), SM_NOTE_ED25519, public_key, NULL);
	k->problem[0] = '\0';
	k->owner = getpid();
	k->locked = sodium_mlock(k->seed, SM_LOG_SEED_LEN) == 0;
	sodium_mprotect_noaccess(k->seed);
	return true;
}

/* From its file; k is new, or was refused before. @return false where there is no such file */
static bool read_into(key *k, int dir)
{
	sophmate_key_file file;

	if (sophmate_key_file_read(dir, k->file, &file, k->problem)) {
		fill(k, file.origin, file.seed);
	} else if (k->problem[0] == '\0') {
		return false;
	}
	sodium_memzero(&file, sizeof(file));
	return true;
}

/* mlock is not inherited by fork. */
static void lock_here(key *k)
{
	if (k->seed != NULL && k->owner != getpid()) {
		k->owner = getpid();
		sodium_mprotect_readonly(k->seed);
		k->locked = sodium_mlock(k->seed, SM_LOG_SEED_LEN) == 0;
		sodium_mprotect_noaccess(k->seed);
	}
}

static void forget(key *k)
{
	if (k->seed != NULL) {
		sodium_free(k->seed); /* wipes */
		k->seed = NULL;
	}
}

static bool is_key_name(const char *name)
{
	return strlen(name) == 4 + SOPHMATE_LOG_DIGITS + 4 && memcmp(name, "log-", 4) == 0 && sm_is_hex((sm_bytes){name + 4, SOPHMATE_LOG_DIGITS}, SOPHMATE_LOG_DIGITS)
		&& strcmp(name + 4 + SOPHMATE_LOG_DIGITS, ".key") == 0;
}

void sophmate_keyring_load(void)
{
#ifdef ZTS
	mutex = tsrm_mutex_alloc();
#endif
	int dir = sophmate_key_dir_open(false, ring_problem);
	DIR *list = dir >= 0 ? fdopendir(dir) : NULL;

	if (list == NULL) {
		return;
	}
	for (struct dirent *entry; (entry = readdir(list)) != NULL;) {
		key *k = is_key_name(entry->d_name) ? add(entry->d_name) : NULL;

		if (k != NULL) {
			read_into(k, dirfd(list));
		}
	}
	closedir(list);
}

void sophmate_keyring_free(void)
{
	while (ring != NULL) {
		key *next = ring->next;

		forget(ring);
		free(ring);
		ring = next;
	}
#ifdef ZTS
	tsrm_mutex_free(mutex);
#endif
}

/* ---- signers ---- */

static const uint8_t *open_seed(void *ctx)
{
	key *k = ctx;

	LOCK();
	lock_here(k);
	if (k->seed == NULL || sodium_mprotect_readonly(k->seed) != 0) {
		UNLOCK();
		return NULL;
	}
	return k->seed;
}

static void close_seed(void *ctx)
{
	sodium_mprotect_noaccess(((key *)ctx)->seed);
	UNLOCK();
}

static void make_signer(sm_signer *out, key *k)
{
	*out = (sm_signer){.key = k->key, .open = open_seed, .close = close_seed, .ctx = k};
}

static sm_status file_name(sm_bytes origin, char out[64], sm_error *e)
{
	char digits[SOPHMATE_LOG_DIGITS + 1];

	if (!sophmate_log_digits(origin, digits)) {
		return sm_fail(e, SM_E_STATE, "The log's name %.*s is not HOST/sophmate/DIGITS", (int)origin.n, origin.p);
	}
	snprintf(out, 64, "log-%s.key", digits);
	return SM_OK;
}

sm_status sophmate_keyring_signer(sm_bytes origin, sm_signer *out, bool *found, sm_error *e)
{
	char name[64], problem[SOPHMATE_PROBLEM_MAX];
	sm_status status = file_name(origin, name, e);

	*found = false;
	if (status != SM_OK) {
		return status;
	}
	LOCK();
	key *k = find(name);
	/* Asked each time: where the document root is, only a request knows. A worker that cannot enter the folder has the key all the same:
	 * its master looked. */
	int dir = sophmate_key_dir_open(true, problem);

	if (dir >= 0 && (k == NULL || k->seed == NULL)) {
		k = k != NULL ? k : add(name);
		if (k != NULL && !read_into(k, dir)) {
			k->problem[0] = '\0';
		}
	}
	if (dir >= 0) {
		close(dir);
	}
	if (problem[0] != '\0' && (k == NULL || k->seed == NULL || strstr(problem, "document root") != NULL)) {
		status = sm_fail(e, SM_E_STATE, "No key is used: %s", problem);
	} else if (k != NULL && k->seed == NULL && k->problem[0] != '\0') {
		status = sm_fail(e, SM_E_STATE, "The key %s is refused: %s", k->file, k->problem);
	} else if (k != NULL && k->seed != NULL) {
		*found = true;
		make_signer(out, k);
	}
	UNLOCK();
	return status;
}

sm_status sophmate_keyring_draw(sm_bytes origin, sm_signer *out, sm_error *e)
{
	char name[64], problem[SOPHMATE_PROBLEM_MAX], text[SM_NOTE_NAME_MAX + 1];
	uint8_t seed[SM_LOG_SEED_LEN];
	sm_status status = file_name(origin, name, e);

	if (status != SM_OK) {
		return status;
	}
	int dir = sophmate_key_dir_open(true, problem);

	if (dir < 0) {
		return sm_fail(e, SM_E_STATE, "A key needs a folder for it: %s", problem[0] != '\0' ? problem : "sophmate.key_dir is not set");
	}
	close(dir);
	snprintf(text, sizeof(text), "%.*s", (int)origin.n, origin.p);
	LOCK();
	key *k = find(name);

	k = k != NULL ? k : add(name);
	randombytes_buf(seed, sizeof(seed));
	status = k == NULL ? SM_E_NOMEM : k->seed != NULL ? sm_fail(e, SM_E_STATE, "There is a key %s already", name)
		: fill(k, text, seed) ? SM_OK : sm_fail(e, SM_E_STATE, "%s", k->problem);
	sodium_memzero(seed, sizeof(seed));
	if (status == SM_OK) {
		make_signer(out, k);
	}
	UNLOCK();
	return status;
}

sm_status sophmate_keyring_keep(const sm_signer *signer, sm_error *e)
{
	key *k = signer->ctx;
	char problem[SOPHMATE_PROBLEM_MAX], text[SM_NOTE_NAME_MAX + 128], base64[64], id[2 * SM_NOTE_KEY_ID_LEN + 1];
	uint8_t raw[1 + SM_LOG_SEED_LEN] = {SM_NOTE_ED25519};
	int dir = sophmate_key_dir_open(true, problem);
	const uint8_t *seed = dir >= 0 ? signer->open(signer->ctx) : NULL;
	bool good = seed != NULL;

	if (good) {
		memcpy(raw + 1, seed, SM_LOG_SEED_LEN);
		signer->close(signer->ctx);
		sm_hex(id, k->key.id, sizeof(k->key.id));
		sodium_bin2base64(base64, sizeof(base64), raw, sizeof(raw), sodium_base64_VARIANT_ORIGINAL);
		int n = snprintf(text, sizeof(text), "PRIVATE+KEY+%s+%s+%s\n", k->origin, id, base64);
		good = sophmate_key_file_write(dir, k->file, (sm_bytes){text, (size_t)n}, problem);
		sodium_memzero(raw, sizeof(raw));
		sodium_memzero(text, sizeof(text));
		sodium_memzero(base64, sizeof(base64));
	}
	if (dir >= 0) {
		close(dir);
	}
	return good ? SM_OK : sm_fail(e, SM_E_STATE, "%s", problem);
}

sm_status sophmate_keyring_destroy(const sm_signer *signer, sm_error *e)
{
	key *k = signer->ctx;
	char problem[SOPHMATE_PROBLEM_MAX];
	int dir = sophmate_key_dir_open(true, problem);
	bool gone = dir >= 0 && sophmate_key_file_destroy(dir, k->file, problem);

	if (dir >= 0) {
		close(dir);
	}
	LOCK();
	forget(k);
	snprintf(k->problem, sizeof(k->problem), "%s", gone ? "" : problem);
	UNLOCK();
	return gone ? SM_OK : sm_fail(e, SM_E_STATE, "%s", problem);
}

void sophmate_keyring_each(void (*fn)(void *ctx, const sophmate_key_view *view), void *ctx, char dir_problem[SOPHMATE_PROBLEM_MAX])
{
	LOCK();
	int dir = sophmate_key_dir_open(true, dir_problem);

	if (dir >= 0) {
		close(dir);
	} else if (ring_problem[0] == '\0' && ring != NULL && strstr(dir_problem, "document root") == NULL) {
		dir_problem[0] = '\0'; /* php-fpm's worker cannot enter the folder, its master could */
	}
	for (key *k = ring; k != NULL; k = k->next) {
		if (k->seed != NULL || k->problem[0] != '\0') {
			lock_here(k);
			fn(ctx, &(sophmate_key_view){k->file, k->seed != NULL ? k->origin : "", k->seed != NULL ? "" : k->problem, k->seed != NULL ? &k->key : NULL,
				k->seed != NULL && k->locked});
		}
	}
	UNLOCK();
}
