/* Heads of the log: built from the leaves' bytes, compared with every head that is known, signed, and kept before anybody sees them. */
#include "audit.h"

#include "sql.h"

#include <inttypes.h>
#include <string.h>

enum { LEAVES_A_READ = 200, BATCHES_MAX = 256 };

/* ---- the tree ---- */

typedef struct growing {
	sm_journal *j;
	sm_frontier tree;
	sm_head heads[SM_HEADS];
} growing;

/* Leaves from the tree's size on, below `end`. @param n   how many rows there were */
static sm_status take_leaves(growing *g, uint64_t end, size_t *n, sm_error *e)
{
	static const char *const columns[] = {"leaf_index", "leaf", "leaf_hash"};
	sm_arena arena;
	sm_rows rows;
	sm_sql q;
	sm_arena_init(&arena, g->j->arena.a);
	sm_sql_init(&q, g->j, &arena);
	sm_sql_text(&q, "SELECT leaf_index, leaf, leaf_hash FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE leaf_index>=");
	sm_sql_int(&q, (int64_t)g->tree.size);
	sm_sql_text(&q, " AND leaf_index<");
	sm_sql_int(&q, (int64_t)end);
	sm_sql_text(&q, " ORDER BY leaf_index LIMIT ");
	sm_sql_int(&q, LEAVES_A_READ);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 3, &rows, e);
	*n = s == SM_OK ? rows.n_rows : 0;
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		int64_t index = sm_rows_int(&rows, i, 0, -1);
		s = index < 0 ? sm_fail(e, SM_E_ILLEGAL, "A leaf_index is no number")
			: sm_frontier_take(&g->tree, (uint64_t)index, sm_rows_text(&rows, i, 1, &arena), sm_rows_text(&rows, i, 2, &arena), e);
		if (s == SM_OK) {
			sm_heads_watch(g->heads, &g->tree);
		}
	}
	sm_arena_free(&arena);
	return s;
}

static sm_status grow(growing *g, uint64_t end, sm_error *e)
{
	sm_status s = SM_OK;
	sm_heads_watch(g->heads, &g->tree);
	for (size_t n = 1; s == SM_OK && n > 0 && g->tree.size < end;) {
		s = take_leaves(g, end, &n, e);
	}
	return s;
}

/* Is what the journal holds at the end of this frontier what was signed? Its last complete subtree is built again, which are few leaves
 * for most sizes, so that a tail that was cut off, or that grew again, is seen. */
static sm_status edge_holds(sm_journal *j, const sm_frontier *f, bool *holds, sm_error *e)
{
	static const char *const columns[] = {"leaf", "leaf_hash"};
	uint64_t width = f->size & (~f->size + 1), at = f->size - width;
	unsigned level = 0;
	sm_frontier part;
	sm_status s = SM_OK;
	*holds = true;
	while ((width >> level) > 1) {
		level++;
	}
	sm_frontier_init(&part);
	while (s == SM_OK && *holds && part.size < width) {
		sm_arena arena;
		sm_rows rows;
		sm_sql q;
		sm_arena_init(&arena, j->arena.a);
		sm_sql_init(&q, j, &arena);
		sm_sql_text(&q, "SELECT leaf, leaf_hash FROM ");
		sm_sql_table(&q, "journal");
		sm_sql_text(&q, " WHERE leaf_index>=");
		sm_sql_int(&q, (int64_t)(at + part.size));
		sm_sql_text(&q, " AND leaf_index<");
		sm_sql_int(&q, (int64_t)f->size);
		sm_sql_text(&q, " ORDER BY leaf_index LIMIT ");
		sm_sql_int(&q, LEAVES_A_READ);
		s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, e);
		*holds = s != SM_OK || rows.n_rows > 0;
		for (size_t i = 0; s == SM_OK && *holds && i < rows.n_rows; i++) {
			*holds = sm_frontier_take(&part, part.size, sm_rows_text(&rows, i, 0, &arena), sm_rows_text(&rows, i, 1, &arena), NULL) == SM_OK;
		}
		sm_arena_free(&arena);
	}
	if (s == SM_OK && *holds) {
		sm_hash root;
		sm_frontier_root(&part, &root);
		*holds = sm_hash_eq(&root, &f->nodes[level]);
	}
	return s;
}

/* How many leaves have a place: what comes meanwhile is for the next head. */
static sm_status count(sm_journal *j, uint64_t *end, sm_error *e)
{
	static const char *const columns[] = {"m", "l"};
	sm_arena arena;
	sm_rows rows;
	sm_sql q;
	sm_arena_init(&arena, j->arena.a);
	sm_sql_init(&q, j, &arena);
	sm_sql_text(&q, "SELECT MAX(leaf_index) AS m, (SELECT MIN(leaf_index) FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, ") AS l FROM ");
	sm_sql_table(&q, "journal");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, e);
	*end = s == SM_OK ? (uint64_t)(sm_rows_int(&rows, 0, 0, -1) + 1) : 0;
	if (s == SM_OK && sm_rows_int(&rows, 0, 1, 0) < 0) {
		s = sm_fail(e, SM_E_ILLEGAL, "Not signed: an event has the leaf_index %" PRId64 ", which is no place in a log: no head would ever hold it",
			sm_rows_int(&rows, 0, 1, 0));
	}
	sm_arena_free(&arena);
	return s;
}

static sm_status sequence_all(sm_journal *j, sm_error *e)
{
	int64_t done = 0;
	return sm_journal_sequence(j, BATCHES_MAX, &done, e);
}

/* From this frontier where nothing speaks against it, else from the first leaf: then what contradicts is named with both roots. */
static sm_status build(growing *g, const sm_frontier *from, sm_error *e)
{
	uint64_t end = 0;
	bool holds = false;
	sm_status s = count(g->j, &end, e);
	sm_frontier_init(&g->tree);
	if (s == SM_OK && from != NULL && from->size > 0 && from->size <= end) {
		s = edge_holds(g->j, from, &holds, e);
	}
	for (size_t i = 0; i < SM_HEADS; i++) {
		holds = holds && (!g->heads[i].known || g->heads[i].at.size >= from->size); /* an older head needs the way from it */
	}
	if (s == SM_OK && holds) {
		g->tree = *from;
	}
	return s == SM_OK ? grow(g, end, e) : s;
}

/* ---- known heads ---- */

typedef struct known {
	sm_note notes[SM_HEADS];
	sm_frontier frontier; /* of the head file */
} known;

static sm_status named(sm_status s, const char *what, sm_error *e)
{
	sm_error said = *e;
	if (s == SM_E_NOMEM || s == SM_E_ABORTED) {
		return s;
	}
	return sm_fail(e, SM_E_ILLEGAL, "Not signed: the %s is not what this log signed: %s", what, said.message);
}

static sm_status open_note(sm_head *head, sm_bytes note, const sm_note_key *key, sm_note *out, sm_head_place place, sm_error *e)
{
	if (note.p == NULL) {
		return SM_OK;
	}
	sm_status s = sm_checkpoint_open(note, key, out, &head->at, e);
	head->known = s == SM_OK;
	return s == SM_OK ? s : named(s, sm_head_name(place), e);
}

static sm_status look(sm_journal *j, sm_arena *arena, const sm_note_key *key, const sm_head_files *files, sm_head heads[SM_HEADS], known *k, sm_error *e)
{
	sm_bytes text = {NULL, 0};
	sm_status s = files->read_head(files->ctx, key->name, arena, &text, e);
	sm_frontier_init(&k->frontier);
	if (s == SM_OK && text.p != NULL) {
		s = sm_head_file_read(text, key, &k->frontier, &k->notes[SM_HEAD_HOST], &heads[SM_HEAD_HOST].at, e);
		heads[SM_HEAD_HOST].known = s == SM_OK;
		s = s == SM_OK ? s : named(s, sm_head_name(SM_HEAD_HOST), e);
	}
	if (s == SM_OK && (s = sm_journal_checkpoint_newest(j, arena, key->name, &text, e)) == SM_OK) {
		s = open_note(&heads[SM_HEAD_STORED], text, key, &k->notes[SM_HEAD_STORED], SM_HEAD_STORED, e);
	}
	if (s == SM_OK && (s = files->read_anchor(files->ctx, key->name, arena, &text, e)) == SM_OK) {
		s = open_note(&heads[SM_HEAD_ANCHOR], text, key, &k->notes[SM_HEAD_ANCHOR], SM_HEAD_ANCHOR, e);
	}
	return s;
}

/* ---- signing and keeping ---- */

static sm_status sign(growing *g, sm_arena *arena, const sm_signer *signer, sm_signed *out, sm_error *e)
{
	sm_sign_verdict verdict;
	sm_buf b;
	sm_status s = sm_seal_may_sign(signer->key.name, &g->tree, g->heads, &verdict, e);
	if (s != SM_OK) {
		return s;
	}
	sm_buf_init(&b, arena, SM_NOTE_MAX);
	const uint8_t *seed = signer->open(signer->ctx);
	if (seed == NULL) {
		return sm_fail(e, SM_E_STATE, "Not signed: the key of the log %.*s cannot be read now", (int)signer->key.name.n, signer->key.name.p);
	}
	s = sm_checkpoint_sign(&b, &signer->key, seed, &g->tree, g->heads, &verdict, e);
	signer->close(signer->ctx);
	out->at.origin = signer->key.name;
	out->note = sm_buf_bytes(&b);
	return s;
}

static sm_status keep_head(growing *g, sm_arena *arena, const sm_signer *signer, const sm_head_files *files, sm_bytes note, sm_error *e)
{
	sm_buf b;
	sm_buf_init(&b, arena, SM_HEAD_FILE_MAX);
	sm_head_file_put(&b, &g->tree, note);
	return b.status == SM_OK ? files->write_head(files->ctx, signer->key.name, sm_buf_bytes(&b), e) : b.status;
}

static bool behind(const growing *g, sm_head_place place)
{
	return !g->heads[place].known || g->heads[place].at.size < g->tree.size;
}

static sm_status keep(growing *g, sm_arena *arena, const sm_signer *signer, const sm_head_files *files, sm_bytes note, sm_error *e)
{
	sm_bytes stored;
	/* First where this host remembers it, then where others see it. */
	sm_status s = behind(g, SM_HEAD_HOST) ? keep_head(g, arena, signer, files, note, e) : SM_OK;
	if (s == SM_OK && behind(g, SM_HEAD_ANCHOR)) {
		s = files->write_anchor(files->ctx, note, e);
	}
	return s == SM_OK && behind(g, SM_HEAD_STORED) ? sm_journal_checkpoint_store(g->j, arena, note, &stored, e) : s;
}

static sm_status check_signer(const sm_log *log, const sm_signer *signer, sm_arena *arena, sm_error *e)
{
	sm_buf b;
	if (!sm_bytes_eq(log->origin, signer->key.name)) {
		return sm_fail(e, SM_E_IDENTITY, "Not signed: the key is that of the log %.*s, the journal's open log is %.*s", (int)signer->key.name.n,
			signer->key.name.p, (int)log->origin.n, log->origin.p);
	}
	sm_buf_init(&b, arena, SM_NOTE_VKEY_MAX + 1);
	sm_note_key_put(&b, &signer->key);
	if (b.status == SM_OK && log->vkey.p != NULL && !sm_bytes_eq(sm_buf_bytes(&b), log->vkey)) {
		return sm_fail(e, SM_E_IDENTITY, "Not signed: this host's key of the log %.*s is not the one that the log was opened with", (int)log->origin.n,
			log->origin.p);
	}
	return b.status;
}

sm_status sm_log_checkpoint(sm_journal *j, sm_arena *arena, const sm_log *log, const sm_signer *signer, const sm_head_files *files, sm_signed *out,
	sm_error *e)
{
	growing *g = SM_NEW(arena, growing, 1);
	known *k = SM_NEW(arena, known, 1);
	memset(out, 0, sizeof *out);
	if (g == NULL || k == NULL) {
		return SM_E_NOMEM;
	}
	g->j = j;
	sm_status s = sequence_all(j, e);
	if (s == SM_OK && signer != NULL && (s = check_signer(log, signer, arena, e)) == SM_OK) {
		s = look(j, arena, &signer->key, files, g->heads, k, e);
	}
	bool any = g->heads[SM_HEAD_HOST].known || g->heads[SM_HEAD_STORED].known || g->heads[SM_HEAD_ANCHOR].known;
	if (s == SM_OK && signer != NULL && !any) {
		return sm_fail(e, SM_E_STATE, "Not signed: no head of the log %.*s is known, neither in sophmate.state_dir, nor in the database, nor in the anchor "
			"file; one that is not remembered could be forgotten", (int)log->origin.n, log->origin.p);
	}
	s = s == SM_OK ? build(g, g->heads[SM_HEAD_HOST].known ? &k->frontier : NULL, e) : s;
	if (s == SM_OK) {
		out->at.origin = log->origin;
		out->at.size = g->tree.size;
		sm_frontier_root(&g->tree, &out->at.root);
		out->grown = behind(g, SM_HEAD_HOST) && behind(g, SM_HEAD_STORED) && behind(g, SM_HEAD_ANCHOR);
	}
	if (s == SM_OK && signer != NULL && (s = sign(g, arena, signer, out, e)) == SM_OK) {
		s = keep(g, arena, signer, files, out->note, e);
	}
	if (s != SM_OK) {
		out->note = (sm_bytes){NULL, 0};
	}
	return s;
}

sm_status sm_log_first_head(sm_journal *j, sm_arena *arena, const sm_signer *signer, const sm_head_files *files, sm_signed *out, sm_error *e)
{
	growing *g = SM_NEW(arena, growing, 1);
	memset(out, 0, sizeof *out);
	if (g == NULL) {
		return SM_E_NOMEM;
	}
	g->j = j;
	out->grown = true;
	sm_status s = sequence_all(j, e);
	s = s == SM_OK ? build(g, NULL, e) : s;
	if (s == SM_OK) {
		out->at.size = g->tree.size;
		sm_frontier_root(&g->tree, &out->at.root);
		s = sign(g, arena, signer, out, e);
	}
	return s == SM_OK ? keep_head(g, arena, signer, files, out->note, e) : s;
}

/* ---- when ---- */

sm_status sm_log_is_due(sm_journal *j, sm_arena *arena, const sm_log *log, int64_t quiet_us, bool *due, sm_error *e)
{
	static const char *const newest[] = {"size", "age"}, *const one[] = {"id"};
	int64_t size = 0;
	sm_rows rows;
	sm_sql q;
	*due = false;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT size, ");
	sm_sql_now(&q);
	sm_sql_text(&q, " - stored_at AS age FROM ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " WHERE origin=");
	sm_sql_str(&q, log->origin);
	sm_sql_text(&q, " ORDER BY size DESC LIMIT 1");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, newest, 2, &rows, e);
	if (s != SM_OK) {
		return s;
	}
	if (rows.n_rows > 0) {
		int64_t age = sm_rows_int(&rows, 0, 1, INT64_MAX);
		size = sm_rows_int(&rows, 0, 0, 0);
		if (age >= 0 && age < quiet_us) { /* a negative one: the clock was set back; it must not keep heads away */
			return SM_OK;
		}
	}
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT id FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE leaf_index IS NULL OR leaf_index>=");
	sm_sql_int(&q, size);
	sm_sql_text(&q, " LIMIT 1");
	s = sm_sql_read(&q, SM_SQL_OTHER, one, 1, &rows, e);
	*due = s == SM_OK && rows.n_rows > 0;
	return s;
}
