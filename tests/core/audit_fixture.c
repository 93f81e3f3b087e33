#include "support.h"

#include "audit_fixture.h"

#include <string.h>

static bool dies(host *h, bool after)
{
	if (!after) {
		h->calls++;
	}
	return h->die_at != 0 && (h->calls > h->die_at || (h->calls == h->die_at && h->after == after));
}

static sm_status died(sm_error *e)
{
	return sm_fail(e, SM_E_STORE, "the host died");
}

static sm_status read_head(void *ctx, sm_bytes origin, sm_arena *arena, sm_bytes *text, sm_error *e)
{
	host *h = ctx;
	*text = (sm_bytes){NULL, 0};
	return dies(h, false) ? died(e) : h->head_n > 0 ? sm_arena_dup(arena, (sm_bytes){h->head, h->head_n}, text) : SM_OK;
}

static sm_status write_head(void *ctx, sm_bytes origin, sm_bytes text, sm_error *e)
{
	host *h = ctx;
	if (dies(h, false)) {
		return died(e);
	}
	memcpy(h->head, text.p, text.n);
	h->head_n = text.n;
	return dies(h, true) ? died(e) : SM_OK;
}

static sm_status read_anchor(void *ctx, sm_bytes origin, sm_arena *arena, sm_bytes *note, sm_error *e)
{
	host *h = ctx;
	*note = (sm_bytes){NULL, 0};
	return dies(h, false) ? died(e) : h->anchor_n > 0 ? sm_arena_dup(arena, (sm_bytes){h->anchor, h->anchor_n}, note) : SM_OK;
}

static sm_status write_anchor(void *ctx, sm_bytes note, sm_error *e)
{
	host *h = ctx;
	if (dies(h, false)) {
		return died(e);
	}
	memcpy(h->anchor, note.p, note.n);
	h->anchor_n = note.n;
	return dies(h, true) ? died(e) : SM_OK;
}

static const uint8_t *open_seed(void *ctx)
{
	host *h = ctx;
	assert_false(h->open);
	h->open = true;
	h->opened++;
	return h->seed;
}

static void close_seed(void *ctx)
{
	((host *)ctx)->open = false;
}

host *new_host(fixture *f, sm_bytes origin, uint8_t salt)
{
	host *h = SM_NEW(&f->arena, host, 1);
	memset(h->seed, salt, sizeof h->seed);
	sm_log_public_key(h->seed, h->public_key);
	memcpy(h->origin, origin.p, origin.n);
	assert_ok(f, sm_note_key_init(&h->signer.key, sm_cstr(h->origin), SM_NOTE_ED25519, h->public_key, &f->e));
	h->signer.open = open_seed;
	h->signer.close = close_seed;
	h->signer.ctx = h;
	h->files = (sm_head_files){read_head, write_head, read_anchor, write_anchor, h};
	return h;
}

sm_bytes vkey(fixture *f, const host *h)
{
	sm_buf b;
	sm_buf_init(&b, &f->arena, SM_NOTE_VKEY_MAX + 1);
	sm_note_key_put(&b, &h->signer.key);
	return sm_buf_bytes(&b);
}

void read_log(fixture *f, sm_log *log)
{
	assert_ok(f, sm_log_read(&f->j, &f->arena, log, &f->e));
}

/* The log with a key: first head, then the event that names the key. */
host *open_log(fixture *f, sm_log *log, uint8_t salt)
{
	sm_signed out;
	read_log(f, log);
	host *h = new_host(f, log->origin, salt);
	sm_log_change c = {.why = SM_STR("created"), .origin = log->origin, .vkey = vkey(f, h), .by = SM_STR("ann"), .reason = SM_STR("test")};
	assert_ok(f, sm_log_first_head(&f->j, &f->arena, &h->signer, &h->files, &out, &f->e));
	assert_ok(f, sm_log_give_key(&f->j, &f->arena, log, &c, &f->e));
	return h;
}

sm_status checkpoint(fixture *f, const sm_log *log, host *h, sm_signed *out)
{
	sm_status s = sm_log_checkpoint(&f->j, &f->arena, log, &h->signer, &h->files, out, &f->e);
	assert_false(h->open);
	return s;
}
