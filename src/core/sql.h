/* sql: builds one statement in the store's dialect and sends it. Private to the journal group (journal.c, schema.c, switches.c, checkpoints.c, order.c,
 * projection.c). Values travel as parameters only: the text holds no '?' but the placeholders, and no value.
 *
 * The store's own little helpers of journal.h (sm_rows_cell, sm_value_int, sm_v_int, sm_v_str, sm_v_null) are in sql.c too.
 *
 * PARAMETERS AND COLUMNS OF EACH KIND, in order (n = repeats; hex = lower-case text; nothing else is ever sent with these kinds)
 *
 *   IDENTITY          params -                          columns name, value, packet, now, cluster (names site_id, site_key, log, schema; the
 *                                                       last three stand in every row; no row = not installed)
 *   LOAD              stream, seq (rows after it)       columns seq, id, leaf, private, lease, leaf_index, stored_at, now
 *   APPEND            n x EVENT                         EVENT = id, stream, seq, leaf, leaf_hash, private or null, lease or null
 *   APPEND_START      n x EVENT, site_check, targets    the last EVENT is conditional; s0 is '*' (the first target, with site_check)
 *   APPEND_LAPSED     EVENT, stream, seq, skew (us)     stored when row (stream, seq) has stored_at + lease * 1000 + skew < now
 *   TARGETS           n x target; none = all rows       columns target, held, generation, site_check
 *   SWITCH_INSERT     target, held, generation, site_check ('' but for '*')
 *   SWITCH_UPDATE     held, generation, target, generation      where target = ? and generation < ?
 *   SEQUENCE_LIST     limit                             columns id, m (null in an empty log); planted LIST_BEFORE_MAX: id alone
 *   SEQUENCE_SET      n x (id, index), n x id           index of each id, where leaf_index is null; any duplicate undoes all
 *   SEQUENCE_MAX      -                                 column m; only when LIST_BEFORE_MAX is planted
 *   MARK_READ         -                                 column pos
 *   LEAVES            from (leaf_index >= it), limit    columns leaf_index, stream, seq, id, leaf, stored_at; ordered by leaf_index
 *   FOLDS             n x run id                        columns id, rev, state, fold
 *   RUNS_UPSERT       n x (id, workflow, category, state, step, owner, due or null, started_at, changed_at, fold, rev)
 *                     put_off becomes 0; only where the new rev is greater than the stored one
 *   EXTERNALS_INSERT  n x (event id, run, hash, kind)   one that is there stays as it is
 *   MARK_SET          pos, pos                          set pos = ? where pos < ?
 *   DUE               limit                             columns id, rev; state running, waiting, held or unknown, due <= now, none of
 *                                                       '*', category:, workflow: held; ordered by due, id
 *   PUT_OFF           id, rev                           due = now + 60 s x 2^put_off (an hour at most), put_off + 1, where both match
 *   RUNS              [state,] [workflow,] [category,] [owner,] [after,] limit      columns id; empty filters are absent, in the text too; "waiting"
 *                                                       counts as "running" once its due time has come or it was put off
 *   EXTERNALS_FIND    hash, limit                       column run; ordered by event id, a run may come twice
 *   ERASE             private or null, id, length       the column of that row, where it has so many bytes
 *   STREAM_FIRST      stream                            column leaf of its row 1
 *   STREAM_TIP        stream                            columns seq, id of its last row
 *   STREAM_PAGE       stream, seq, limit                columns seq, leaf, private of rows after it, by seq; so do the next three:
 *   STREAM_VALUES     stream, seq, last, limit          up to `last`, with private values
 *   STREAM_NAMED      stream, seq, n x seq, limit       these rows alone, with private values
 *   STREAM_ERASURES   stream, seq, pattern, limit       leaves that may be privacy.erased
 *   RUNS_OLD          4 x state, before, time, time, id, limit      columns id, changed_at; in these states, changed before, behind
 *                                                       (time, id); ordered by both
 *   STREAMS_ERASED    id, pattern                       column stream; those with a privacy.erased after that id
 *
 * Schema, adoption and signed heads (checkpoints.c) send OTHER. */
#ifndef SM_SQL_H
#define SM_SQL_H

#include "journal.h"

typedef struct sm_sql {
	sm_buf text;      /* its status is the statement's: SM_OK, SM_E_NOMEM, SM_E_LIMIT; errors stick */
	sm_value *params; /* in the arena, strings borrowed */
	size_t n, cap;
	sm_arena *arena;
	sm_journal *j;
} sm_sql;

/** @param arena   holds text, parameters and what is read; borrowed */
void sm_sql_init(sm_sql *q, sm_journal *j, sm_arena *arena);
void sm_sql_text(sm_sql *q, const char *literal);
/** The table's full name: prefix and `name`. */
void sm_sql_table(sm_sql *q, const char *name);
/** The database clock as an expression: microseconds since 1970 UTC. */
void sm_sql_now(sm_sql *q);
/** max_allowed_packet as an expression; SQLite's own limit there. */
void sm_sql_packet(sm_sql *q);
/** Whether writes of several nodes are certified against each other (sm_journal.cluster), as an expression: not 0. SQLite: 0. */
void sm_sql_cluster(sm_sql *q);
/** " LOCK IN SHARE MODE"; nothing on SQLite, which has one writer. */
void sm_sql_lock_share(sm_sql *q);
/* Each appends "?" and its parameter; strings are borrowed until the statement was sent. */
void sm_sql_int(sm_sql *q, int64_t v);
void sm_sql_str(sm_sql *q, sm_bytes s);
void sm_sql_cstr(sm_sql *q, const char *s);
void sm_sql_null(sm_sql *q);
/** Null when s.p is NULL. */
void sm_sql_str_or_null(sm_sql *q, sm_bytes s);
/** Columns and values of an event's row: "id, stream, seq, leaf, leaf_hash, private, lease, stored_at" and "?, ?, ?, ?, ?, ?, ?, now".
 *  The lease is sent for step.started alone. The event was encoded. */
void sm_sql_event_columns(sm_sql *q);
void sm_sql_event(sm_sql *q, const sm_event *ev);

/** Sends it as a write, once.
 *  @param changed   may be NULL; 0 unless SM_OK
 *  @return SM_OK, SM_E_STORE (may or may not be applied), SM_E_NOT_SENT, SM_E_ABORTED, SM_E_NOMEM and SM_E_LIMIT (not sent) */
sm_status sm_sql_write(sm_sql *q, sm_statement_kind kind, int64_t *changed, sm_error *e);
/** For a write that may be applied twice: when it throws, the store is reset once and the write sent once more.
 *  @return SM_OK, SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM, SM_E_LIMIT */
sm_status sm_sql_write_again(sm_sql *q, sm_statement_kind kind, sm_error *e);
/** Sends it as a read; when that throws, the store is reset once and the read sent once more.
 *  @return SM_OK, SM_E_STORE, SM_E_ABORTED, SM_E_NOMEM, SM_E_LIMIT */
sm_status sm_sql_read(sm_sql *q, sm_statement_kind kind, const char *const *columns, size_t n_columns, sm_rows *rows, sm_error *e);

/** Rows of the switch table; n = 0: all, by target. @return as sm_sql_read */
sm_status sm_sql_read_switches(sm_journal *j, sm_arena *arena, const sm_bytes *targets, size_t n, sm_rows *rows, sm_error *e);
enum { SM_SWITCH_TARGET, SM_SWITCH_IS_HELD, SM_SWITCH_GENERATION, SM_SWITCH_SITE_CHECK }; /* its columns */

/** A cell as text; {NULL, 0} for NULL; ints become decimal text in the arena, {NULL, 0} where it has no memory. */
sm_bytes sm_rows_text(const sm_rows *rows, size_t row, size_t column, sm_arena *arena);
/** A cell as int; `fallback` for NULL and for what is no int. */
int64_t sm_rows_int(const sm_rows *rows, size_t row, size_t column, int64_t fallback);

/** Adds a private text to an event that is not encoded yet.
 *  @param field   static
 *  @return SM_OK, SM_E_ARGUMENT (not UTF-8), SM_E_LIMIT (over SM_MAX_PRIVATE bytes), SM_E_NOMEM */
sm_status sm_sql_event_text(sm_event *ev, sm_arena *arena, const char *field, sm_bytes text, sm_error *e);

#endif
