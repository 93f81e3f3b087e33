/* keyring: the Ed25519 seeds of this host's logs, one file a log in sophmate.key_dir. They are read at module start, before php-fpm's workers
 * drop their rights, into locked memory that cannot be read but during a signature. No function here gives a seed to PHP. */
#ifndef SOPHMATE_KEYRING_H
#define SOPHMATE_KEYRING_H

#include "sophmate.h"

#include "src/core/audit.h"

enum { SOPHMATE_LOG_DIGITS = 16, SOPHMATE_PROBLEM_MAX = 400 };

/** From MINIT, once the settings are known. Never fails: what is refused is remembered with its reason. */
void sophmate_keyring_load(void);
/** From MSHUTDOWN: wipes. */
void sophmate_keyring_free(void);

/** The 16 digits at the end of an origin, which name its files. @return false where it is not HOST/sophmate/DIGITS */
bool sophmate_log_digits(sm_bytes origin, char out[SOPHMATE_LOG_DIGITS + 1]);

/** The key of this log: from memory, or from its file where that came later.
 *  @param out     borrows from the keyring, which lives as long as the process
 *  @param found   false: there is no such key here, and no key_dir is wrong with it
 *  @return SM_OK; SM_E_STATE: there is one, and it is refused: e says why */
sm_status sophmate_keyring_signer(sm_bytes origin, sm_signer *out, bool *found, sm_error *e);
/** A new seed for a log that has no key here, in memory alone. @return SM_OK; SM_E_STATE: no usable key_dir; SM_E_NOMEM */
sm_status sophmate_keyring_draw(sm_bytes origin, sm_signer *out, sm_error *e);
/** Writes a drawn seed to its file, whole or not at all. @return SM_OK, SM_E_STATE (e says what the system said) */
sm_status sophmate_keyring_keep(const sm_signer *signer, sm_error *e);
/** Destroys a seed: in memory and, where there is one, in its file. @return SM_OK, SM_E_STATE: the file is still there */
sm_status sophmate_keyring_destroy(const sm_signer *signer, sm_error *e);

/* One key, or one file that is refused. */
typedef struct sophmate_key_view {
	const char *file;    /* its name in key_dir */
	const char *origin;  /* "" where it is refused */
	const char *problem; /* "" where it is good */
	const sm_note_key *key; /* NULL where it is refused */
	bool locked;         /* in memory that is never swapped, in this process */
} sophmate_key_view;
/** Calls for each key; `dir_problem` for the whole: "" where key_dir is good or not set. */
void sophmate_keyring_each(void (*fn)(void *ctx, const sophmate_key_view *view), void *ctx, char dir_problem[SOPHMATE_PROBLEM_MAX]);

#endif
