/* Signed heads against the tree: stored checkpoints, head files and anchors, each when the tree has its size. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

enum { PAGE = 32 };

static int shown(sm_bytes b)
{
	return (int)(b.n > 120 ? 120 : b.n);
}

/* ---- which logs there are ---- */

static sm_origin *find(const sm_verify_pass *v, sm_bytes name)
{
	for (size_t i = 0; i < v->n_origins; i++) {
		if (sm_bytes_eq(v->origins[i].name, name)) {
			return &v->origins[i];
		}
	}
	return NULL;
}

static sm_status add(sm_verify_pass *v, sm_bytes name, sm_origin **out)
{
	*out = find(v, name);
	if (*out != NULL) {
		return SM_OK;
	}
	if (v->n_origins == SM_VERIFY_ORIGINS_MAX) {
		return sm_fail_limit(v->e, "logs of a journal", SM_VERIFY_ORIGINS_MAX, SM_VERIFY_ORIGINS_MAX + 1);
	}
	sm_origin *o = &v->origins[v->n_origins];
	sm_status s = sm_arena_dup(&v->arena, name, &o->name);
	if (s != SM_OK) {
		return s;
	}
	o->newest = -1;
	o->after = -1;
	sm_arena_init(&o->arena, v->a);
	v->n_origins++;
	*out = o;
	return SM_OK;
}

/* The key that an event of the journal names: believed only where the caller brought none. */
static sm_status take_key(sm_verify_pass *v, sm_origin *o, sm_bytes vkey)
{
	sm_bytes own;
	sm_note_key key;
	if (o->has_key || vkey.p == NULL) {
		return SM_OK;
	}
	sm_status s = sm_arena_dup(&v->arena, vkey, &own);
	if (s == SM_OK && sm_note_key_read(own, &key, NULL) == SM_OK && key.type == SM_NOTE_ED25519 && sm_bytes_eq(key.name, o->name)) {
		o->key = key;
		o->has_key = true;
	}
	return s;
}

static sm_status link_log(sm_verify_pass *v, sm_bytes name, sm_bytes vkey)
{
	sm_origin *o;
	if (!sm_note_name_valid(name)) {
		return SM_OK;
	}
	sm_status s = add(v, name, &o);
	if (s != SM_OK) {
		return s;
	}
	o->linked = true;
	return take_key(v, o, vkey);
}

static sm_status take_log_event(sm_verify_pass *v, sm_arena *arena, sm_bytes leaf)
{
	sm_json *root;
	sm_status s = sm_json_read(arena, leaf, &root, NULL);
	if (s != SM_OK) {
		return s == SM_E_NOMEM ? s : SM_OK; /* reported where the leaf stands */
	}
	const sm_json *d = sm_json_get(root, "d");
	sm_bytes type = sm_json_get_str(root, "type");
	if (sm_bytes_eq(type, SM_STR("log.opened"))) {
		s = link_log(v, sm_json_get_str(d, "origin"), sm_json_get_str(d, "key"));
		sm_bytes before = sm_json_get_str(sm_json_get(d, "previous"), "origin");
		return s == SM_OK && before.p != NULL ? link_log(v, before, (sm_bytes){NULL, 0}) : s;
	}
	return sm_bytes_eq(type, SM_STR("log.closed")) ? link_log(v, sm_json_get_str(d, "origin"), (sm_bytes){NULL, 0}) : SM_OK;
}

static sm_status read_log_page(sm_verify_pass *v, sm_arena *arena, int64_t *after, bool *more)
{
	static const char *const columns[] = {"seq", "leaf"};
	char stream[SM_ID_SIZE];
	sm_rows rows;
	sm_sql q;
	sm_audit_stream(&v->j->keys, SM_STR("log"), stream);
	sm_sql_init(&q, v->j, arena);
	sm_sql_text(&q, "SELECT seq, leaf FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE stream=");
	sm_sql_cstr(&q, stream);
	sm_sql_text(&q, " AND seq>");
	sm_sql_int(&q, *after);
	sm_sql_text(&q, " ORDER BY seq LIMIT ");
	sm_sql_int(&q, PAGE);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, v->e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		*after = sm_rows_int(&rows, i, 0, INT64_MAX);
		s = take_log_event(v, arena, sm_rows_text(&rows, i, 1, arena));
	}
	*more = s == SM_OK && rows.n_rows == PAGE;
	return s;
}

/* The stream "log" says which logs signed this tree. */
static sm_status read_log_stream(sm_verify_pass *v)
{
	int64_t after = 0;
	bool more = true;
	sm_status s = SM_OK;
	while (s == SM_OK && more) {
		sm_arena arena;
		sm_arena_init(&arena, v->a);
		s = read_log_page(v, &arena, &after, &more);
		sm_arena_free(&arena);
	}
	return s;
}

sm_status sm_verify_origin_is_known(sm_verify_pass *v, sm_bytes origin, bool *known)
{
	const sm_origin *o = find(v, origin);
	sm_status s = SM_OK;
	if (o == NULL || !o->linked) {
		s = read_log_stream(v); /* one that was opened meanwhile */
		o = find(v, origin);
	}
	*known = o != NULL && o->linked;
	return s;
}

static sm_status read_newest(sm_verify_pass *v)
{
	static const char *const columns[] = {"origin", "size"};
	sm_rows rows;
	sm_sql q;
	sm_arena_free(&v->page);
	sm_sql_init(&q, v->j, &v->page);
	sm_sql_text(&q, "SELECT origin, MAX(size) AS size FROM ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " GROUP BY origin ORDER BY origin LIMIT ");
	sm_sql_int(&q, SM_VERIFY_ORIGINS_MAX);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, v->e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		sm_bytes name = sm_rows_text(&rows, i, 0, &v->page);
		sm_origin *o = find(v, name);
		if (o == NULL) {
			s = sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "Checkpoints of %.*s are stored, which is none of this journal's logs", shown(name),
				name.p);
		} else {
			o->newest = sm_rows_int(&rows, i, 1, -1);
		}
	}
	return s;
}

static sm_status take_keys(sm_verify_pass *v)
{
	for (size_t i = 0; i < v->o->n_keys; i++) {
		sm_origin *o;
		if (v->o->keys[i].type != SM_NOTE_ED25519) {
			continue;
		}
		sm_status s = add(v, v->o->keys[i].name, &o);
		if (s != SM_OK) {
			return s;
		}
		o->key = v->o->keys[i];
		o->has_key = o->trusted = true;
	}
	return SM_OK;
}

/* ---- the next head of each kind ---- */

static const char *name_of(sm_head_place place)
{
	return place == SM_HEAD_STORED ? "The stored checkpoint" : place == SM_HEAD_HOST ? "The head file" : "The anchor";
}

/* Where heads of this log cannot be judged it is said once. */
static sm_status without_key(sm_verify_pass *v, sm_origin *o)
{
	if (o->keyless) {
		return SM_OK;
	}
	o->keyless = true;
	return sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "There are signed heads of %.*s, but its key is not known: give its verifier key",
		shown(o->name), o->name.p);
}

/* Points at the next stored checkpoint, or ends. */
static sm_status stored_next(sm_verify_pass *v, sm_origin *o)
{
	static const char *const columns[] = {"size", "note"};
	sm_rows rows;
	sm_sql q;
	if (o->ended || ++o->i < o->n) {
		return SM_OK;
	}
	o->i = o->n = 0;
	sm_arena_free(&o->arena);
	sm_sql_init(&q, v->j, &o->arena);
	sm_sql_text(&q, "SELECT size, note FROM ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " WHERE origin=");
	sm_sql_str(&q, o->name);
	sm_sql_text(&q, " AND size>");
	sm_sql_int(&q, o->after);
	sm_sql_text(&q, " ORDER BY size LIMIT ");
	sm_sql_int(&q, PAGE);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, v->e);
	if (s != SM_OK) {
		return s;
	}
	o->page = SM_NEW(&o->arena, sm_stored_head, rows.n_rows);
	if (o->page == NULL) {
		return SM_E_NOMEM;
	}
	for (; o->n < rows.n_rows; o->n++) {
		o->page[o->n] = (sm_stored_head){sm_rows_int(&rows, o->n, 0, INT64_MAX), sm_rows_text(&rows, o->n, 1, &o->arena)};
		o->after = o->page[o->n].size;
	}
	o->ended = o->n == 0;
	return SM_OK;
}

static sm_status outer_found(sm_verify_pass *v, sm_head_place place, sm_bytes label, const sm_error *why)
{
	return sm_verify_found_at(v, SM_VERDICT_INVALID, place == SM_HEAD_ANCHOR ? "anchor" : "head", -1, -1, "%s%s%.*s: %s", name_of(place),
		label.n ? ", " : "", shown(label), label.n ? label.p : "", why->message);
}

/* A head from outside as it came. src->origin = NULL: it is of no log of ours, or not to be believed, which was said. */
static sm_status judge_outer(sm_verify_pass *v, sm_head_place place, sm_outer_source *src, sm_bytes note)
{
	sm_error why = {{0}, NULL, 0, 0, 0};
	src->origin = NULL;
	sm_status s = sm_note_read(note, v->note, &why);
	s = s == SM_OK ? sm_checkpoint_read(v->note->text, &src->at, &why) : s;
	if (s != SM_OK) {
		/* a line of an anchor may have been cut off by a crash: it counts for nothing */
		return s == SM_E_NOMEM ? s : place == SM_HEAD_ANCHOR ? SM_OK : outer_found(v, place, src->label, &why);
	}
	sm_origin *found = find(v, src->at.origin);
	if (found == NULL) {
		return SM_OK; /* another site's: a host has one anchor file */
	}
	if (!found->has_key) {
		return without_key(v, found);
	}
	s = sm_checkpoint_open(note, &found->key, v->note, &src->at, &why);
	if (s != SM_OK) {
		return s == SM_E_NOMEM ? s : outer_found(v, place, src->label, &why);
	}
	src->origin = found;
	found->outside = true;
	return SM_OK;
}

/* Reads on until there is a head of ours that the tree has not passed. */
static sm_status outer_next(sm_verify_pass *v, sm_head_place place)
{
	sm_outer_source *src = &v->outer[place];
	src->have = false;
	while (v->o->next_head != NULL) {
		sm_outer_head h = {{NULL, 0}, {NULL, 0}};
		sm_bytes note;
		bool more = false;
		sm_arena_free(&src->arena);
		sm_status s = v->o->next_head(v->o->ctx, place, &h, &more, v->e);
		if (s != SM_OK || !more) {
			return s;
		}
		if ((s = sm_arena_dup(&src->arena, h.note, &note)) != SM_OK || (s = sm_arena_dup(&src->arena, h.label, &src->label)) != SM_OK
			|| (s = judge_outer(v, place, src, note)) != SM_OK) {
			return s;
		}
		if (src->origin == NULL) {
			continue;
		}
		if (src->at.size < src->before) {
			sm_error why;
			sm_fail(&why, SM_E_ILLEGAL, "it has %" PRIu64 " leaves, one before it has %" PRIu64, src->at.size, src->before);
			if ((s = outer_found(v, place, src->label, &why)) != SM_OK) {
				return s;
			}
			continue;
		}
		src->before = src->at.size;
		if (src->at.size >= v->tree.size) {
			src->have = true;
			return SM_OK;
		}
	}
	return SM_OK;
}

static void set_stop(sm_verify_pass *v)
{
	v->next_stop = UINT64_MAX;
	for (sm_head_place place = 0; place < SM_HEADS; place++) {
		if (v->outer[place].have && v->outer[place].at.size < v->next_stop) {
			v->next_stop = v->outer[place].at.size;
		}
	}
	for (size_t i = 0; i < v->n_origins; i++) {
		const sm_origin *o = &v->origins[i];
		if (o->i < o->n && (uint64_t)o->page[o->i].size < v->next_stop) {
			v->next_stop = (uint64_t)o->page[o->i].size;
		}
	}
}

sm_status sm_verify_heads_begin(sm_verify_pass *v)
{
	sm_status s;
	v->origins = SM_NEW(&v->arena, sm_origin, SM_VERIFY_ORIGINS_MAX);
	v->note = SM_NEW(&v->arena, sm_note, 1);
	if (v->origins == NULL || v->note == NULL) {
		return SM_E_NOMEM;
	}
	if ((s = take_keys(v)) != SM_OK || (s = link_log(v, v->j->log, (sm_bytes){NULL, 0})) != SM_OK || (s = read_log_stream(v)) != SM_OK) {
		return s;
	}
	for (size_t i = 0; i < v->n_origins; i++) {
		const sm_origin *o = &v->origins[i];
		if (!o->linked) {
			s = sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, "log", -1, -1, "This is not the journal of %.*s, whose key was given: it belongs to %.*s",
				shown(o->name), o->name.p, shown(v->j->log), v->j->log.p);
			if (s != SM_OK) {
				return s;
			}
		}
	}
	if ((s = read_newest(v)) != SM_OK) {
		return s;
	}
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		v->origins[i].after = (int64_t)v->tree.size - 1;
		s = stored_next(v, &v->origins[i]);
	}
	s = s == SM_OK ? outer_next(v, SM_HEAD_HOST) : s;
	s = s == SM_OK ? outer_next(v, SM_HEAD_ANCHOR) : s;
	set_stop(v);
	return s;
}

/* ---- compare ---- */

/* @param agrees   the tree had this root */
static sm_status compare(sm_verify_pass *v, sm_origin *o, sm_head_place place, const sm_checkpoint *at, sm_bytes label, bool *agrees)
{
	sm_hash root, other;
	*agrees = false;
	if (v->lost) {
		return SM_OK; /* without all leaves there is no root; that they are missing was said */
	}
	sm_frontier_root(&v->tree, &root);
	*agrees = sm_hash_eq(&root, &at->root);
	if (!*agrees && v->split) {
		sm_frontier_root(&v->by_column, &other);
		*agrees = sm_hash_eq(&other, &at->root);
		if (*agrees) {
			v->tree = v->by_column; /* the stored hashes are what was signed, the leaves are not */
		}
	}
	if (*agrees) {
		v->split = false;
		v->agreed = at->size;
		v->r->signed_size = at->size > v->r->signed_size ? at->size : v->r->signed_size;
		return SM_OK;
	}
	if (o->contradicted[place]) {
		v->r->found++;
		return SM_OK;
	}
	o->contradicted[place] = true;
	char given[SM_HASH_HEX_SIZE], made[SM_HASH_HEX_SIZE];
	sm_hex(given, at->root.bytes, sizeof at->root.bytes);
	sm_hex(made, root.bytes, sizeof root.bytes);
	return sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, place == SM_HEAD_ANCHOR ? "anchor" : "head", (int64_t)v->agreed, (int64_t)at->size - 1,
		"%s%s%.*s says that the first %" PRIu64 " leaves of %.*s have the root %s; they have %s", name_of(place), label.n ? ", " : "", shown(label),
		label.n ? label.p : "", at->size, shown(o->name), o->name.p, given, made);
}

static sm_status judge_witnesses(sm_verify_pass *v, const sm_checkpoint *at)
{
	for (size_t i = 0; i < v->o->n_keys; i++) {
		const sm_note_key *key = &v->o->keys[i];
		sm_error why = {{0}, NULL, 0, 0, 0};
		if (key->type != SM_NOTE_COSIGNATURE) {
			continue;
		}
		sm_status s = sm_note_verify(v->note, key, NULL, NULL, &why);
		if (s == SM_OK) {
			v->r->anchors++;
			v->r->anchored_size = at->size > v->r->anchored_size ? at->size : v->r->anchored_size;
		} else if (s != SM_E_STATE) {
			s = sm_verify_found_at(v, SM_VERDICT_INVALID, "anchor", -1, -1, "The stored checkpoint of %" PRIu64 " leaves: %s", at->size, why.message);
			if (s != SM_OK) {
				return s;
			}
		}
	}
	return SM_OK;
}

static sm_status judge_stored(sm_verify_pass *v, sm_origin *o)
{
	const sm_stored_head *h = &o->page[o->i];
	sm_error why = {{0}, NULL, 0, 0, 0};
	sm_checkpoint at;
	bool agrees;
	if (!o->has_key) {
		return without_key(v, o);
	}
	sm_status s = sm_checkpoint_open(h->note, &o->key, v->note, &at, &why);
	if (s == SM_OK && at.size != (uint64_t)h->size) {
		s = sm_fail(&why, SM_E_ILLEGAL, "it is of %" PRIu64 " leaves", at.size);
	}
	if (s != SM_OK) {
		return s == SM_E_NOMEM ? s : sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "The checkpoint of %.*s that is stored for %" PRId64
			" leaves is none: %s", shown(o->name), o->name.p, h->size, why.message);
	}
	v->r->checkpoints++;
	s = compare(v, o, SM_HEAD_STORED, &at, (sm_bytes){NULL, 0}, &agrees);
	return s == SM_OK && agrees ? judge_witnesses(v, &at) : s;
}

sm_status sm_verify_heads_pass(sm_verify_pass *v)
{
	sm_status s = SM_OK;
	if (v->tree.size < v->next_stop) {
		return SM_OK;
	}
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		sm_origin *o = &v->origins[i];
		while (s == SM_OK && o->i < o->n && (uint64_t)o->page[o->i].size <= v->tree.size) {
			s = judge_stored(v, o);
			s = s == SM_OK ? stored_next(v, o) : s;
		}
	}
	for (sm_head_place place = 0; place < SM_HEADS; place++) {
		sm_outer_source *src = &v->outer[place];
		while (s == SM_OK && src->have && src->at.size <= v->tree.size) {
			bool agrees;
			*(place == SM_HEAD_ANCHOR ? &v->r->anchors : &v->r->heads) += 1;
			s = compare(v, src->origin, place, &src->at, src->label, &agrees);
			if (agrees && place == SM_HEAD_ANCHOR && src->at.size > v->r->anchored_size) {
				v->r->anchored_size = src->at.size;
			}
			s = s == SM_OK ? outer_next(v, place) : s;
		}
	}
	set_stop(v);
	return s;
}

static sm_status forgets(sm_verify_pass *v, const sm_origin *o, sm_head_place place, uint64_t size)
{
	v->cut = true;
	/* what is gone need not have been the last: nothing behind the head that agreed last is vouched for */
	return sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, place == SM_HEAD_ANCHOR ? "anchor" : "head", (int64_t)v->agreed, (int64_t)size - 1,
		"%s of %.*s knows %" PRIu64 " leaves, the journal has %" PRIu64 ": its end was cut off, or an old state was restored", name_of(place),
		shown(o->name), o->name.p, size, v->r->size);
}

/* A key has a head from its beginning: whoever was given one is not to hear that all is sound where nothing is signed by it. */
static sm_status forgotten(sm_verify_pass *v, const sm_origin *o)
{
	if (!o->trusted || !o->linked || o->outside || o->newest >= 0 || v->o->from != NULL) {
		return SM_OK;
	}
	return sm_verify_found_at(v, SM_VERDICT_CONTRADICTS, "head", v->r->size > 0 ? 0 : -1, (int64_t)v->r->size - 1,
		"No signed head of %.*s is left, though its key was given: its checkpoints were deleted, or nothing here was ever signed with that key", shown(o->name),
		o->name.p);
}

sm_status sm_verify_heads_end(sm_verify_pass *v)
{
	sm_status s = SM_OK;
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		s = forgotten(v, &v->origins[i]);
	}
	for (size_t i = 0; s == SM_OK && i < v->n_origins; i++) {
		sm_origin *o = &v->origins[i];
		/* newer ones than those of the beginning belong to leaves that came meanwhile */
		if (o->newest < 0 || (uint64_t)o->newest <= v->r->size) {
			continue;
		}
		sm_rows rows;
		sm_sql q;
		static const char *const columns[] = {"note"};
		sm_error why = {{0}, NULL, 0, 0, 0};
		sm_checkpoint at;
		sm_arena_free(&v->page);
		sm_sql_init(&q, v->j, &v->page);
		sm_sql_text(&q, "SELECT note FROM ");
		sm_sql_table(&q, "checkpoint");
		sm_sql_text(&q, " WHERE origin=");
		sm_sql_str(&q, o->name);
		sm_sql_text(&q, " AND size=");
		sm_sql_int(&q, o->newest);
		s = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &rows, v->e);
		if (s != SM_OK || rows.n_rows == 0) {
			continue;
		}
		if (!o->has_key) {
			s = without_key(v, o);
		} else if (sm_checkpoint_open(sm_rows_text(&rows, 0, 0, &v->page), &o->key, v->note, &at, &why) != SM_OK || at.size != (uint64_t)o->newest) {
			s = sm_verify_found_at(v, SM_VERDICT_INVALID, "head", -1, -1, "The checkpoint of %.*s that is stored for %" PRId64 " leaves is none: %s",
				shown(o->name), o->name.p, o->newest, why.message[0] ? why.message : "it is of another size");
		} else {
			s = forgets(v, o, SM_HEAD_STORED, at.size);
		}
	}
	for (sm_head_place place = 0; place < SM_HEADS; place++) {
		const sm_origin *o = NULL;
		uint64_t most = 0;
		while (s == SM_OK && v->outer[place].have) {
			o = v->outer[place].origin;
			most = v->outer[place].at.size; /* they rise */
			s = outer_next(v, place);
		}
		if (s == SM_OK && o != NULL) {
			s = forgets(v, o, place, most);
		}
	}
	return s;
}
