#include "audit_keys.h"

enum { TRIES_MAX = 16 };

sm_status sophmate_log_open(sm_journal *j, sm_arena *arena, sm_log *log, sm_error *e)
{
	sm_status status = sm_log_read(j, arena, log, e);

	return status == SM_OK && log->unsettled ? sm_log_settle(j, log, e) : status;
}

/* The log, and this host's lock of it. Who waited for the lock may find another log open by then. */
static sm_status lock_log(sm_journal *j, sm_arena *arena, sm_log *log, sophmate_heads *heads, sm_error *e)
{
	sm_status status = sophmate_log_open(j, arena, log, e);

	for (int i = 0; status == SM_OK && i < TRIES_MAX; i++) {
		sm_bytes origin = log->origin;

		status = sophmate_heads_open(heads, origin, e);
		if (status != SM_OK) {
			return status;
		}
		status = sophmate_log_open(j, arena, log, e);
		if (status == SM_OK && sm_bytes_eq(origin, log->origin)) {
			return SM_OK;
		}
		sophmate_heads_close(heads);
	}
	return status != SM_OK ? status : sm_fail(e, SM_E_STATE, "Others open one log after the other");
}

static sm_status put_vkey(sm_arena *arena, const sm_signer *signer, sm_bytes *out)
{
	sm_buf b;

	sm_buf_init(&b, arena, SM_NOTE_VKEY_MAX + 1);
	sm_note_key_put(&b, &signer->key);
	*out = sm_buf_bytes(&b);
	return b.status;
}

static sm_status sign(sm_journal *j, sm_arena *arena, const sm_log *log, const sm_signer *signer, sophmate_heads *heads, sm_signed *out, sm_error *e)
{
	sm_status status = sm_log_checkpoint(j, arena, log, signer, &heads->files, out, e);

	if (status == SM_E_CONFLICT || status == SM_E_ILLEGAL || status == SM_E_GAP || status == SM_E_IDENTITY) {
		sophmate_heads_alarm(log->origin, e->message);
	} else if (status == SM_OK && out->grown) {
		sophmate_heads_tell(out);
	}
	return status;
}

sm_status sophmate_log_checkpoint(sm_journal *j, sm_arena *arena, sm_signed *out, sm_error *e)
{
	sophmate_heads heads = {.dir = -1};
	sm_signer signer;
	sm_log log;
	bool found = false;
	sm_status status = sophmate_log_open(j, arena, &log, e);

	status = status == SM_OK ? sophmate_keyring_signer(log.origin, &signer, &found, e) : status;
	if (status == SM_OK && !found) {
		return sm_log_checkpoint(j, arena, &log, NULL, NULL, out, e);
	}
	status = status == SM_OK ? lock_log(j, arena, &log, &heads, e) : status;
	status = status == SM_OK ? sophmate_keyring_signer(log.origin, &signer, &found, e) : status;
	if (status == SM_OK && !found) {
		status = sm_fail(e, SM_E_STATE, "The log was rotated on another host meanwhile; this one has no key of %.*s", (int)log.origin.n, log.origin.p);
	} else if (status == SM_OK && log.vkey.p == NULL) {
		status = sm_fail(e, SM_E_STATE, "Not signed: the key of the log %.*s was made, but not recorded: create it again, which goes on from there",
			(int)log.origin.n, log.origin.p);
	}
	status = status == SM_OK ? sign(j, arena, &log, &signer, &heads, out, e) : status;
	sophmate_heads_close(&heads);
	return status;
}

/* ---- a new key ---- */

/* Was a head of this log ever kept where others see it? Then its key was somebody's, and is not to be replaced. */
static sm_status refuse_known_heads(sm_journal *j, sm_arena *arena, sm_bytes origin, sophmate_heads *heads, sm_error *e)
{
	sm_bytes stored, anchored;
	sm_status status = sm_journal_checkpoint_newest(j, arena, origin, &stored, e);

	status = status == SM_OK ? heads->files.read_anchor(heads->files.ctx, origin, arena, &anchored, e) : status;
	if (status == SM_OK && (stored.p != NULL || anchored.p != NULL)) {
		return sm_fail(e, SM_E_STATE, "A head of the log %.*s is known (%s), but not the key that signed it: a new log has to follow it", (int)origin.n,
			origin.p, sm_head_name(stored.p != NULL ? SM_HEAD_STORED : SM_HEAD_ANCHOR));
	}
	return status;
}

/* A seed, its first head, its file: in this order. A key that lies there has a head that this host remembers, so from then on no key ever
 * signs without one; a head without its key belongs to a seed that nobody has seen. */
static sm_status make_key(sm_journal *j, sm_arena *arena, sm_bytes origin, sophmate_heads *heads, sm_signer *signer, sm_error *e)
{
	sm_signed head;
	sm_error ignored;
	sm_status status = sophmate_keyring_draw(origin, signer, e);

	if (status != SM_OK) {
		return status;
	}
	status = sm_log_first_head(j, arena, signer, &heads->files, &head, e);
	status = status == SM_OK ? sophmate_keyring_keep(signer, e) : status;
	if (status != SM_OK) {
		(void)sophmate_keyring_destroy(signer, &ignored);
	}
	return status;
}

static void unmake_key(sophmate_heads *heads, const sm_signer *signer)
{
	sm_error ignored;

	(void)sophmate_keyring_destroy(signer, &ignored);
	sophmate_heads_remove(heads, signer->key.name);
}

static sm_status give_key(sm_journal *j, sm_arena *arena, sm_log *log, sophmate_heads *heads, sm_bytes by, sm_bytes reason, sm_bytes *vkey, sm_error *e)
{
	sm_log_change change = {.why = SM_STR("created"), .origin = log->origin, .by = by, .reason = reason};
	sm_signer signer;
	sm_signed out;
	bool found;
	sm_status status = sophmate_keyring_signer(log->origin, &signer, &found, e);

	if (status == SM_OK && found) {
		/* made by one who died before he recorded it: its head must still lead here */
		status = sign(j, arena, log, &signer, heads, &out, e);
	} else if (status == SM_OK) {
		status = refuse_known_heads(j, arena, log->origin, heads, e);
		status = status == SM_OK ? make_key(j, arena, log->origin, heads, &signer, e) : status;
	}
	status = status == SM_OK ? put_vkey(arena, &signer, vkey) : status;
	change.vkey = *vkey;
	if (status == SM_OK) {
		status = sm_log_give_key(j, arena, log, &change, e);
		if (status == SM_E_STATE && !found) {
			unmake_key(heads, &signer); /* another host was first */
		}
	}
	return status == SM_OK ? sign(j, arena, log, &signer, heads, &out, e) : status;
}

sm_status sophmate_log_create_key(sm_journal *j, sm_arena *arena, sm_bytes by, sm_bytes reason, sm_bytes *vkey, sm_error *e)
{
	sophmate_heads heads = {.dir = -1};
	sm_signer signer;
	sm_log log;
	bool found = false;

	*vkey = (sm_bytes){NULL, 0};
	sm_status status = lock_log(j, arena, &log, &heads, e);
	if (status == SM_OK && log.vkey.p == NULL) {
		status = give_key(j, arena, &log, &heads, by, reason, vkey, e);
	} else if (status == SM_OK) {
		status = sophmate_keyring_signer(log.origin, &signer, &found, e);
		status = status == SM_OK && found ? put_vkey(arena, &signer, vkey) : status;
		if (status == SM_OK && (!found || !sm_bytes_eq(*vkey, log.vkey))) {
			status = sm_fail(e, SM_E_STATE, "The log %.*s has a key, and this host has not got it: copy its file into sophmate.key_dir, or rotate "
				"where it is", (int)log.origin.n, log.origin.p);
		}
	}
	sophmate_heads_close(&heads);
	return status;
}

/* ---- the next log ---- */

static sm_status rotate(sm_journal *j, sm_arena *arena, sm_log *log, const sm_signer *old, sophmate_heads *heads, sm_bytes by, sm_bytes reason,
	sm_bytes *vkey, sm_error *e)
{
	sm_log_change change = {.why = SM_STR("rotated"), .by = by, .reason = reason};
	sm_signer fresh;
	sm_signed last, out;
	sm_status status = sign(j, arena, log, old, heads, &last, e);

	status = status == SM_OK ? sm_log_next_origin(j, log, arena, &change.origin, e) : status;
	/* From the moment that it is recorded others sign it, too. */
	status = status == SM_OK ? sophmate_heads_lock_next(heads, change.origin, e) : status;
	status = status == SM_OK ? make_key(j, arena, change.origin, heads, &fresh, e) : status;
	if (status != SM_OK) {
		return status;
	}
	change.last = &last.at;
	status = put_vkey(arena, &fresh, vkey);
	change.vkey = *vkey;
	status = status == SM_OK ? sm_log_replace(j, arena, log, &change, e) : status;
	if (status == SM_E_STATE || status == SM_E_STORE || status == SM_E_NOMEM) {
		unmake_key(heads, &fresh); /* surely not recorded */
	}
	return status == SM_OK ? sign(j, arena, log, &fresh, heads, &out, e) : status;
}

sm_status sophmate_log_rotate(sm_journal *j, sm_arena *arena, sm_bytes by, sm_bytes reason, sm_bytes *vkey, sm_error *left, sm_error *e)
{
	sophmate_heads heads = {.dir = -1};
	sm_signer old;
	sm_log log;
	bool found = false;

	*vkey = (sm_bytes){NULL, 0};
	left->message[0] = '\0';
	sm_status status = lock_log(j, arena, &log, &heads, e);
	status = status == SM_OK ? sophmate_keyring_signer(log.origin, &old, &found, e) : status;
	if (status == SM_OK && (!found || log.vkey.p == NULL)) {
		status = sm_fail(e, SM_E_STATE, log.vkey.p == NULL ? "The log %.*s has no key yet: create one" : "This host has no key of the log %.*s: rotate where it is",
			(int)log.origin.n, log.origin.p);
	}
	if (status == SM_OK) {
		sm_bytes origin = log.origin;

		status = rotate(j, arena, &log, &old, &heads, by, reason, vkey, e);
		/* closed, whatever came after that */
		if (!sm_bytes_eq(origin, log.origin)) {
			(void)sophmate_keyring_destroy(&old, left);
		}
	}
	sophmate_heads_close(&heads);
	return status;
}
