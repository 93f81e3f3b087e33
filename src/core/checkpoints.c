/* Signed heads in the table `checkpoint`, and leaf hashes for proofs. */
#include "sql.h"

#include "checkpoint.h"

#include <inttypes.h>
#include <string.h>

enum { TRIES_MAX = 16, LIST_MAX = 1000 };

static sm_status select_notes(sm_sql *q, sm_rows *rows, sm_error *e)
{
	static const char *const columns[] = {"note"};
	return sm_sql_read(q, SM_SQL_OTHER, columns, 1, rows, e);
}

static void begin_select(sm_sql *q, sm_journal *j, sm_arena *arena, sm_bytes origin)
{
	sm_sql_init(q, j, arena);
	sm_sql_text(q, "SELECT note FROM ");
	sm_sql_table(q, "checkpoint");
	sm_sql_text(q, " WHERE origin=");
	sm_sql_str(q, origin);
}

static sm_status read_one(sm_journal *j, sm_arena *arena, const sm_checkpoint *c, sm_bytes *note, sm_error *e)
{
	sm_rows rows;
	sm_sql q;
	begin_select(&q, j, arena, c->origin);
	sm_sql_text(&q, " AND size=");
	sm_sql_int(&q, (int64_t)c->size);
	sm_status s = select_notes(&q, &rows, e);
	*note = s == SM_OK && rows.n_rows > 0 ? sm_rows_text(&rows, 0, 0, arena) : (sm_bytes){NULL, 0};
	return s;
}

static sm_status insert(sm_journal *j, sm_arena *arena, const sm_checkpoint *c, sm_bytes note, sm_error *e)
{
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "INSERT INTO ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " (origin, size, note, stored_at) VALUES (");
	sm_sql_str(&q, c->origin);
	sm_sql_text(&q, ", ");
	sm_sql_int(&q, (int64_t)c->size);
	sm_sql_text(&q, ", ");
	sm_sql_str(&q, note);
	sm_sql_text(&q, ", ");
	sm_sql_now(&q);
	sm_sql_text(&q, ")");
	return sm_sql_write(&q, SM_SQL_OTHER, NULL, e);
}

/* Only over the note that was read: lines that another process added meanwhile are not lost. */
static sm_status replace(sm_journal *j, sm_arena *arena, const sm_checkpoint *c, sm_bytes old, sm_bytes note, sm_error *e)
{
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "UPDATE ");
	sm_sql_table(&q, "checkpoint");
	sm_sql_text(&q, " SET note=");
	sm_sql_str(&q, note);
	sm_sql_text(&q, " WHERE origin=");
	sm_sql_str(&q, c->origin);
	sm_sql_text(&q, " AND size=");
	sm_sql_int(&q, (int64_t)c->size);
	sm_sql_text(&q, " AND note=");
	sm_sql_str(&q, old);
	return sm_sql_write(&q, SM_SQL_OTHER, NULL, e);
}

/* The stored note with the lines of ours that it lacks. */
static sm_status merge(sm_arena *arena, sm_bytes stored, const sm_note *ours, sm_bytes *out, sm_error *e)
{
	sm_note *theirs = SM_NEW(arena, sm_note, 1);
	sm_buf lines, all;
	if (theirs == NULL) {
		return SM_E_NOMEM;
	}
	sm_status s = sm_note_read(stored, theirs, e);
	if (s != SM_OK) {
		return s;
	}
	if (!sm_bytes_eq(theirs->text, ours->text)) {
		return sm_fail(e, SM_E_CONFLICT, "Another checkpoint of this log and size is stored: \"%.*s\"", (int)(theirs->text.n > 340 ? 340 : theirs->text.n),
			theirs->text.p);
	}
	sm_buf_init(&lines, arena, SM_NOTE_MAX);
	for (size_t i = 0; i < ours->n; i++) {
		sm_buf_put(&lines, ours->lines[i].line.p, ours->lines[i].line.n);
	}
	sm_buf_init(&all, arena, SM_NOTE_MAX);
	s = lines.status == SM_OK ? sm_note_add_lines(&all, theirs, sm_buf_bytes(&lines), (sm_bytes){NULL, 0}, e) : lines.status;
	*out = sm_buf_bytes(&all);
	return s;
}

sm_status sm_journal_checkpoint_store(sm_journal *j, sm_arena *arena, sm_bytes note, sm_bytes *stored, sm_error *e)
{
	sm_note *ours = SM_NEW(arena, sm_note, 1);
	sm_checkpoint c;
	sm_status last = SM_OK;
	*stored = (sm_bytes){NULL, 0};
	if (ours == NULL) {
		return SM_E_NOMEM;
	}
	sm_status s = sm_note_read(note, ours, e);
	s = s == SM_OK ? sm_checkpoint_read(ours->text, &c, e) : s;
	for (int tries = 0; s == SM_OK && tries < TRIES_MAX; tries++) {
		sm_bytes wanted = note;
		s = read_one(j, arena, &c, stored, e);
		if (s == SM_OK && stored->p != NULL) {
			s = merge(arena, *stored, ours, &wanted, e);
			if (s != SM_OK || sm_bytes_eq(wanted, *stored)) {
				return s;
			}
		}
		if (s != SM_OK) {
			break;
		}
		/* Its answer is not believed: the next read tells. */
		last = stored->p == NULL ? insert(j, arena, &c, note, e) : replace(j, arena, &c, *stored, wanted, e);
		if (last != SM_OK && last != SM_E_STORE && last != SM_E_STATE) {
			return last;
		}
	}
	if (s != SM_OK) {
		return s == SM_E_STORE && last == SM_E_STORE ? SM_E_UNCERTAIN : s;
	}
	return last == SM_E_STATE ? SM_E_STORE : last == SM_E_STORE ? SM_E_UNCERTAIN
		: sm_fail(e, SM_E_UNCERTAIN, "The checkpoint of %" PRIu64 " leaves does not read back", c.size);
}

sm_status sm_journal_checkpoint_newest(sm_journal *j, sm_arena *arena, sm_bytes origin, sm_bytes *note, sm_error *e)
{
	sm_rows rows;
	sm_sql q;
	begin_select(&q, j, arena, origin);
	sm_sql_text(&q, " ORDER BY size DESC LIMIT 1");
	sm_status s = select_notes(&q, &rows, e);
	*note = s == SM_OK && rows.n_rows > 0 ? sm_rows_text(&rows, 0, 0, arena) : (sm_bytes){NULL, 0};
	return s;
}

sm_status sm_journal_checkpoints(sm_journal *j, sm_arena *arena, sm_bytes origin, uint64_t from, int limit, sm_bytes **notes, size_t *n, sm_error *e)
{
	sm_rows rows;
	sm_sql q;
	*n = 0;
	*notes = NULL;
	if (limit < 1 || limit > LIST_MAX || from > SM_TREE_SIZE_MAX) {
		return sm_fail(e, SM_E_ARGUMENT, "limit must be 1 to %d and from below 2^63, got %d and %" PRIu64, LIST_MAX, limit, from);
	}
	begin_select(&q, j, arena, origin);
	sm_sql_text(&q, " AND size>=");
	sm_sql_int(&q, (int64_t)from);
	sm_sql_text(&q, " ORDER BY size LIMIT ");
	sm_sql_int(&q, limit);
	sm_status s = select_notes(&q, &rows, e);
	if (s != SM_OK) {
		return s;
	}
	*notes = SM_NEW(arena, sm_bytes, rows.n_rows);
	if (*notes == NULL) {
		return SM_E_NOMEM;
	}
	for (; *n < rows.n_rows; (*n)++) {
		(*notes)[*n] = sm_rows_text(&rows, *n, 0, arena);
	}
	return SM_OK;
}

/* ---- hashes ---- */

static sm_status hashes_of(const sm_rows *rows, sm_arena *arena, uint64_t first, size_t n, sm_hash *out, sm_error *e)
{
	for (size_t i = 0; i < n; i++) {
		uint64_t index = first + i;
		if (i >= rows->n_rows || sm_rows_int(rows, i, 0, -1) != (int64_t)index) {
			return sm_fail(e, SM_E_GAP, "Leaf %" PRIu64 " of the log is missing", index);
		}
		if (!sm_unhex(out[i].bytes, sizeof out[i].bytes, sm_rows_text(rows, i, 1, arena))) {
			return sm_fail(e, SM_E_ILLEGAL, "The stored hash of leaf %" PRIu64 " is not 64 lower-case hex digits", index);
		}
	}
	return SM_OK;
}

sm_status sm_journal_leaf_hashes(void *journal, unsigned level, uint64_t first, size_t n, sm_hash *out, sm_error *e)
{
	static const char *const columns[] = {"leaf_index", "leaf_hash"};
	sm_journal *j = journal;
	sm_arena arena;
	sm_rows rows;
	sm_sql q;
	if (level != 0 || first > SM_TREE_SIZE_MAX - n) {
		return sm_fail(e, SM_E_ARGUMENT, "The journal has hashes of leaves alone, got level %u", level);
	}
	sm_arena_init(&arena, j->arena.a);
	sm_sql_init(&q, j, &arena);
	sm_sql_text(&q, "SELECT leaf_index, leaf_hash FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE leaf_index>=");
	sm_sql_int(&q, (int64_t)first);
	sm_sql_text(&q, " AND leaf_index<");
	sm_sql_int(&q, (int64_t)(first + n));
	sm_sql_text(&q, " ORDER BY leaf_index");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 2, &rows, e);
	s = s == SM_OK ? hashes_of(&rows, &arena, first, n, out, e) : s;
	sm_arena_free(&arena);
	return s;
}
