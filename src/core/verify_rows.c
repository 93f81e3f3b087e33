/* Rows of the journal, page by page: what is large is fetched by itself, and in parts, so that a page has a bounded size whatever
 * was stored. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

static const char *const columns[] = {"leaf_index", "id", "stream", "seq", "leaf_hash", "lease", "stored_at", "leaf_bytes", "leaf", "private_bytes", "private"};
enum { C_INDEX, C_ID, C_STREAM, C_SEQ, C_HASH, C_LEASE, C_STORED, C_LEAF_BYTES, C_LEAF, C_PRIVATE_BYTES, C_PRIVATE, COLUMNS };

/* Bytes of a column: SQLite keeps text and would count characters, up to the first NUL. */
static void put_length(sm_sql *q, const char *column)
{
	bool sqlite = q->j->store.dialect == SM_SQLITE;
	sm_sql_text(q, sqlite ? "LENGTH(CAST(" : "LENGTH(");
	sm_sql_text(q, column);
	sm_sql_text(q, sqlite ? " AS BLOB))" : ")");
}

static void put_inline(sm_sql *q, const char *column)
{
	sm_sql_text(q, ", ");
	put_length(q, column);
	sm_sql_text(q, " AS ");
	sm_sql_text(q, column);
	sm_sql_text(q, "_bytes, CASE WHEN ");
	put_length(q, column);
	sm_sql_text(q, " <= ");
	sm_sql_int(q, SM_VERIFY_INLINE_MAX);
	sm_sql_text(q, " THEN ");
	sm_sql_text(q, column);
	sm_sql_text(q, " END AS ");
	sm_sql_text(q, column);
}

void sm_verify_put_int(sm_sql *q, const char *column)
{
	if (q->j->store.dialect != SM_SQLITE) {
		sm_sql_text(q, column);
		return;
	}
	sm_sql_text(q, "CASE WHEN typeof(");
	sm_sql_text(q, column);
	sm_sql_text(q, ")='integer' THEN ");
	sm_sql_text(q, column);
	sm_sql_text(q, " WHEN ");
	sm_sql_text(q, column);
	sm_sql_text(q, " IS NOT NULL THEN '' END AS ");
	sm_sql_text(q, column);
}

void sm_verify_put_counts(sm_sql *q, const char *column)
{
	sm_sql_text(q, column);
	sm_sql_text(q, ">=0 AND ");
	sm_sql_text(q, column);
	sm_sql_text(q, "<=" SM_VERIFY_INT_MAX);
	if (q->j->store.dialect == SM_SQLITE) {
		sm_sql_text(q, " AND typeof(");
		sm_sql_text(q, column);
		sm_sql_text(q, ")='integer'");
	}
}

void sm_verify_put_odd(sm_sql *q, const char *column)
{
	sm_sql_text(q, column);
	sm_sql_text(q, "<0 OR ");
	sm_sql_text(q, column);
	sm_sql_text(q, ">" SM_VERIFY_INT_MAX); /* text too, where SQLite keeps it */
}

void sm_verify_put_order(sm_sql *q, const char *column)
{
	sm_sql_text(q, " ORDER BY ");
	sm_sql_table(q, "journal"); /* else what is selected under its name would be sorted by */
	sm_sql_text(q, ".");
	sm_sql_text(q, column);
}

static void put_ints(sm_sql *q, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sm_sql_text(q, i ? ", " : "");
		sm_verify_put_int(q, names[i]);
	}
}

static void begin_page(sm_sql *q, sm_journal *j, sm_arena *arena, bool meaning)
{
	sm_sql_init(q, j, arena);
	sm_sql_text(q, "SELECT id, stream, leaf_hash, ");
	put_ints(q, (const char *const[]){"leaf_index", "seq", "lease", "stored_at"}, 4);
	put_inline(q, "leaf");
	if (meaning) {
		put_inline(q, "private");
	}
	sm_sql_text(q, " FROM ");
	sm_sql_table(q, "journal");
}

static sm_status read_page(sm_sql *q, sm_arena *arena, bool meaning, sm_verify_row **out, size_t *n, sm_error *e)
{
	sm_rows rows;
	*out = NULL;
	*n = 0;
	sm_status s = sm_sql_read(q, SM_SQL_OTHER, columns, meaning ? COLUMNS : C_PRIVATE_BYTES, &rows, e); /* the last two are left out, and read as NULL */
	if (s != SM_OK) {
		return s;
	}
	*out = SM_NEW(arena, sm_verify_row, rows.n_rows);
	if (*out == NULL) {
		return SM_E_NOMEM;
	}
	for (; *n < rows.n_rows; (*n)++) {
		sm_verify_row *row = &(*out)[*n];
		row->index = sm_rows_int(&rows, *n, C_INDEX, -1);
		row->id = sm_rows_text(&rows, *n, C_ID, arena);
		row->stream = sm_rows_text(&rows, *n, C_STREAM, arena);
		row->seq = sm_rows_int(&rows, *n, C_SEQ, 0);
		row->leaf_hash = sm_rows_text(&rows, *n, C_HASH, arena);
		row->has_lease = sm_rows_cell(&rows, *n, C_LEASE)->kind != SM_V_NULL;
		row->lease = sm_rows_int(&rows, *n, C_LEASE, -1);
		row->stored_at = sm_rows_int(&rows, *n, C_STORED, -1);
		row->leaf_bytes = sm_rows_int(&rows, *n, C_LEAF_BYTES, -1);
		row->leaf = sm_rows_text(&rows, *n, C_LEAF, arena);
		row->private_bytes = sm_rows_int(&rows, *n, C_PRIVATE_BYTES, -1);
		row->private_text = sm_rows_text(&rows, *n, C_PRIVATE, arena);
	}
	return SM_OK;
}

sm_status sm_verify_page(sm_journal *j, sm_arena *arena, int64_t from, int limit, bool meaning, sm_verify_row **rows, size_t *n, sm_error *e)
{
	sm_sql q;
	begin_page(&q, j, arena, meaning);
	if (j->store.dialect == SM_MYSQL) {
		sm_sql_text(&q, " FORCE INDEX (leaf_index)"); /* in its order: a second column, or another index, would sort what is left of the log */
	}
	sm_sql_text(&q, " WHERE leaf_index >= ");
	sm_sql_int(&q, from);
	sm_sql_text(&q, " AND leaf_index <= " SM_VERIFY_INT_MAX);
	sm_verify_put_order(&q, "leaf_index");
	sm_sql_text(&q, " LIMIT ");
	sm_sql_int(&q, limit);
	return read_page(&q, arena, meaning, rows, n, e);
}

sm_status sm_verify_pending_page(sm_journal *j, sm_arena *arena, sm_bytes after, int limit, sm_verify_row **rows, size_t *n, sm_error *e)
{
	sm_sql q;
	begin_page(&q, j, arena, true);
	sm_sql_text(&q, " WHERE leaf_index IS NULL AND id > ");
	sm_sql_str(&q, after);
	sm_sql_text(&q, " ORDER BY id LIMIT ");
	sm_sql_int(&q, limit);
	return read_page(&q, arena, true, rows, n, e);
}

/* Bytes [at, at + n) of a column. */
static sm_status read_part(sm_journal *j, sm_arena *arena, const sm_verify_row *row, const char *column, int64_t at, int64_t n, sm_bytes *out, sm_error *e)
{
	static const char *const part[] = {"part"};
	bool sqlite = j->store.dialect == SM_SQLITE;
	sm_rows rows;
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, sqlite ? "SELECT SUBSTR(CAST(" : "SELECT SUBSTRING(");
	sm_sql_text(&q, column);
	sm_sql_text(&q, sqlite ? " AS BLOB), " : ", ");
	sm_sql_int(&q, at + 1);
	sm_sql_text(&q, ", ");
	sm_sql_int(&q, n);
	sm_sql_text(&q, ") AS part FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE id=");
	sm_sql_str(&q, row->id);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, part, 1, &rows, e);
	*out = s == SM_OK && rows.n_rows > 0 ? sm_rows_text(&rows, 0, 0, arena) : (sm_bytes){NULL, 0};
	return s;
}

static sm_status read_length(sm_journal *j, const sm_alloc *a, const sm_verify_row *row, int64_t *bytes, sm_error *e)
{
	static const char *const length[] = {"bytes"};
	sm_arena scratch;
	sm_rows rows;
	sm_sql q;
	sm_arena_init(&scratch, a);
	sm_sql_init(&q, j, &scratch);
	sm_sql_text(&q, "SELECT ");
	put_length(&q, "private");
	sm_sql_text(&q, " AS bytes FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE id=");
	sm_sql_str(&q, row->id);
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, length, 1, &rows, e);
	*bytes = s == SM_OK ? sm_rows_int(&rows, 0, 0, -1) : -1;
	sm_arena_free(&scratch);
	return s;
}

/* In parts. One that was made shorter meanwhile comes out as NULL. */
static sm_status read_large(sm_journal *j, sm_arena *arena, const sm_verify_row *row, const char *column, int64_t bytes, sm_bytes *out, sm_error *e)
{
	char *text = SM_NEW(arena, char, (size_t)bytes + 1);
	int64_t n = 0;
	*out = (sm_bytes){NULL, 0};
	if (text == NULL) {
		return SM_E_NOMEM;
	}
	while (n < bytes) {
		sm_arena scratch;
		sm_bytes part;
		int64_t wanted = bytes - n < SM_VERIFY_CHUNK ? bytes - n : SM_VERIFY_CHUNK;
		sm_arena_init(&scratch, arena->a);
		sm_status s = read_part(j, &scratch, row, column, n, wanted, &part, e);
		if (s == SM_OK && (int64_t)part.n == wanted) {
			memcpy(text + n, part.p, part.n);
			n += wanted;
		}
		bool whole = (int64_t)part.n == wanted;
		sm_arena_free(&scratch);
		if (s != SM_OK || !whole) {
			return s;
		}
	}
	*out = (sm_bytes){text, (size_t)bytes};
	return SM_OK;
}

sm_status sm_verify_fill_leaf(sm_journal *j, sm_arena *arena, sm_verify_row *row, sm_error *e)
{
	if (row->leaf.p != NULL || row->leaf_bytes < 0 || row->leaf_bytes > SM_MAX_LEAF) {
		return SM_OK;
	}
	return read_large(j, arena, row, "leaf", row->leaf_bytes, &row->leaf, e);
}

sm_status sm_verify_fill_private(sm_journal *j, sm_arena *arena, sm_verify_row *row, sm_error *e)
{
	enum { TRIES = 3 };
	sm_status s = SM_OK;
	/* erased while it was read: what is left is read again */
	for (int i = 0; s == SM_OK && i < TRIES; i++) {
		if (row->private_text.p != NULL || row->private_bytes < 0 || row->private_bytes > SM_VERIFY_PRIVATE_MAX) {
			break;
		}
		s = read_large(j, arena, row, "private", row->private_bytes, &row->private_text, e);
		if (s == SM_OK && row->private_text.p == NULL) {
			s = read_length(j, arena->a, row, &row->private_bytes, e);
		}
	}
	return s;
}

/* ---- a stream ---- */

sm_status sm_verify_events(sm_verify_pass *v, sm_bytes stream, int64_t from, int64_t before, bool erasures, sm_each_event each, void *ctx)
{
	enum { PAGE = 16 };
	static const char *const names[] = {"seq", "leaf_index", "stored_at", "id", "leaf"};
	bool more = true;
	sm_status s = SM_OK;
	while (s == SM_OK && more) {
		sm_arena page;
		sm_rows rows;
		sm_sql q;
		sm_arena_init(&page, v->a);
		sm_sql_init(&q, v->j, &page);
		sm_sql_text(&q, "SELECT id, leaf, ");
		put_ints(&q, names, 3);
		sm_sql_text(&q, " FROM ");
		sm_sql_table(&q, "journal");
		sm_sql_text(&q, " WHERE stream=");
		sm_sql_str(&q, stream);
		sm_sql_text(&q, " AND seq>=");
		sm_sql_int(&q, from);
		sm_sql_text(&q, " AND seq<");
		sm_sql_int(&q, before);
		sm_sql_text(&q, " AND ");
		sm_verify_put_counts(&q, "seq"); /* a page that does not go on would come again */
		sm_sql_text(&q, erasures ? " AND leaf LIKE '%\"type\":\"privacy.erased\"%'" : "");
		sm_verify_put_order(&q, "seq");
		sm_sql_text(&q, " LIMIT ");
		sm_sql_int(&q, PAGE);
		s = sm_sql_read(&q, SM_SQL_OTHER, names, 5, &rows, v->e);
		more = s == SM_OK && rows.n_rows == PAGE;
		for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
			sm_stream_event event = {sm_rows_int(&rows, i, 0, 0), sm_rows_int(&rows, i, 1, -1), sm_rows_int(&rows, i, 2, 0), sm_rows_text(&rows, i, 3, &page),
				sm_rows_text(&rows, i, 4, &page)};
			bool wanted = true;
			s = each(v, &event, &wanted, ctx);
			if (!wanted) {
				more = false;
				break;
			}
			from = event.seq + 1;
		}
		sm_arena_free(&page);
	}
	return s;
}

/* ---- all leaves ---- */

sm_status sm_each_leaf(sm_journal *j, const sm_alloc *a, uint64_t from, uint64_t to,
	sm_status (*each)(void *ctx, uint64_t index, sm_bytes leaf, sm_error *e), void *ctx, sm_error *e)
{
	enum { PAGE = 200 };
	sm_arena page, large;
	sm_status s = SM_OK;
	sm_arena_init(&page, a);
	sm_arena_init(&large, a);
	while (s == SM_OK && from < to) {
		sm_verify_row *rows;
		size_t n;
		sm_arena_free(&page);
		int limit = to - from < PAGE ? (int)(to - from) : PAGE;
		s = sm_verify_page(j, &page, (int64_t)from, limit, false, &rows, &n, e);
		if (s == SM_OK && n == 0) {
			s = sm_fail(e, SM_E_GAP, "Leaf %" PRIu64 " of the log is missing", from);
		}
		for (size_t i = 0; s == SM_OK && i < n; i++, from++) {
			sm_arena_free(&large);
			if (rows[i].index != (int64_t)from) {
				s = sm_fail(e, SM_E_GAP, "Leaf %" PRIu64 " of the log is missing: leaf %" PRId64 " stands in its place", from, rows[i].index);
			} else if (rows[i].leaf_bytes > SM_MAX_LEAF) {
				s = sm_fail_limit(e, "bytes of a leaf", SM_MAX_LEAF, rows[i].leaf_bytes);
			} else if ((s = sm_verify_fill_leaf(j, &large, &rows[i], e)) == SM_OK) {
				s = rows[i].leaf.p != NULL ? each(ctx, from, rows[i].leaf, e) : sm_fail(e, SM_E_GAP, "Leaf %" PRIu64 " of the log is missing", from);
			}
		}
	}
	sm_arena_free(&large);
	sm_arena_free(&page);
	return s;
}
