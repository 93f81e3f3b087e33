/* Rows of switches against the streams that say what they are. */
#include "verify_pass.h"

#include <inttypes.h>
#include <string.h>

enum { SETTLED_US = 60000000 }; /* a flip whose process died between event and row is younger than this, or nobody asked since */

typedef struct flip {
	bool found, held, legal;
	int64_t generation, stored_at, index;
} flip;

static sm_status newest_flip(sm_verify_pass *v, sm_bytes target, flip *out)
{
	static const char *const columns[] = {"seq", "leaf", "stored_at", "leaf_index"};
	char stream[SM_ID_SIZE];
	sm_rows rows;
	sm_leaf leaf;
	sm_sql q;
	*out = (flip){.index = -1, .legal = true};
	sm_switch_stream(&v->j->keys, target, stream);
	sm_arena_free(&v->row);
	sm_sql_init(&q, v->j, &v->row);
	sm_sql_text(&q, "SELECT seq, leaf, stored_at, leaf_index FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE stream=");
	sm_sql_cstr(&q, stream);
	sm_sql_text(&q, " ORDER BY seq DESC LIMIT 1");
	sm_status s = sm_sql_read(&q, SM_SQL_OTHER, columns, 4, &rows, v->e);
	if (s != SM_OK || rows.n_rows == 0) {
		return s;
	}
	out->found = true;
	out->generation = sm_rows_int(&rows, 0, 0, 0);
	out->stored_at = sm_rows_int(&rows, 0, 2, 0);
	out->index = sm_rows_int(&rows, 0, 3, -1);
	out->legal = sm_leaf_read(sm_rows_text(&rows, 0, 1, &v->row), &leaf);
	out->held = out->legal && sm_bytes_eq(leaf.type, SM_STR("switch.held"));
	return SM_OK;
}

/* The row first: an honest one is never newer than the events that are read after it. */
static sm_status check_switch(sm_verify_pass *v, const sm_rows *rows, size_t i, sm_arena *arena)
{
	sm_bytes target = sm_rows_text(rows, i, SM_SWITCH_TARGET, arena);
	int64_t held = sm_rows_int(rows, i, SM_SWITCH_IS_HELD, -1), generation = sm_rows_int(rows, i, SM_SWITCH_GENERATION, -1);
	int shown = (int)(target.n > 64 ? 64 : target.n);
	flip f;
	if (!sm_target_valid(target)) {
		return sm_verify_found_at(v, SM_VERDICT_INVALID, "switch", -1, -1, "There is a row of a switch \"%.*s\", which is no target", shown, target.p);
	}
	sm_status s = newest_flip(v, target, &f);
	if (s != SM_OK) {
		return s;
	}
	v->r->switches++;
	bool younger = f.found && f.generation > generation && v->now - f.stored_at < SETTLED_US;
	if (younger || (f.found ? f.generation == generation && f.legal && held == f.held : generation == 0 && held == 0)) {
		return SM_OK;
	}
	return sm_verify_found_at(v, sm_verify_beside(v), "switch", f.index, f.index, "Switch %.*s: its row says %s, generation %" PRId64
		"; its newest event says %s, generation %" PRId64, shown, target.p, held == 0 ? "not held" : "held", generation, f.held ? "held" : "not held",
		f.generation);
}

static sm_status read_row_of(sm_verify_pass *v, sm_bytes target, bool *found)
{
	sm_rows rows;
	sm_status s = sm_sql_read_switches(v->j, &v->page, &target, 1, &rows, v->e);
	*found = s == SM_OK && rows.n_rows > 0;
	return s;
}

sm_status sm_verify_switch_exists(sm_verify_pass *v, const sm_verify_row *row, sm_bytes target)
{
	bool found = false;
	if (v->now - row->stored_at < SETTLED_US || !sm_target_valid(target)) {
		return SM_OK;
	}
	sm_status s = read_row_of(v, target, &found);
	return s != SM_OK || found ? s : sm_verify_found(v, SM_VERDICT_INVALID, "switch", row, "The switch %.*s that it flips has no row", (int)target.n, target.p);
}

sm_status sm_verify_switches(sm_verify_pass *v)
{
	sm_arena arena;
	sm_rows rows;
	sm_arena_init(&arena, v->a);
	sm_status s = sm_sql_read_switches(v->j, &arena, NULL, 0, &rows, v->e);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		s = check_switch(v, &rows, i, &arena);
	}
	sm_arena_free(&arena);
	return s;
}
