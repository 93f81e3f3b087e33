/* Rows of switches against the streams that say what they are. */
#include "verify_pass.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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
	sm_sql_text(&q, "SELECT leaf, ");
	sm_verify_put_int(&q, "seq");
	sm_sql_text(&q, ", ");
	sm_verify_put_int(&q, "stored_at");
	sm_sql_text(&q, ", ");
	sm_verify_put_int(&q, "leaf_index");
	sm_sql_text(&q, " FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE stream=");
	sm_sql_cstr(&q, stream);
	sm_verify_put_order(&q, "seq");
	sm_sql_text(&q, " DESC LIMIT 1");
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
	bool younger = f.found && f.generation > generation && v->now - f.stored_at < SM_VERIFY_SETTLED_US;
	if (younger || (f.found ? f.generation == generation && f.legal && held == f.held : generation == 0 && held == 0)) {
		return SM_OK;
	}
	return sm_verify_found_at(v, sm_verify_beside(v), "switch", f.index, f.index, "Switch %.*s: its row says %s, generation %" PRId64
		"; its newest event says %s, generation %" PRId64, shown, target.p, held == 0 ? "not held" : "held", generation, f.held ? "held" : "not held",
		f.generation);
}

/* @param target   {NULL, 0} = all, by target */
static sm_status read_rows(sm_verify_pass *v, sm_arena *arena, sm_bytes target, sm_rows *rows)
{
	static const char *const columns[] = {"target", "held", "generation"};
	sm_sql q;
	sm_sql_init(&q, v->j, arena);
	sm_sql_text(&q, "SELECT target, ");
	sm_verify_put_int(&q, "held");
	sm_sql_text(&q, ", ");
	sm_verify_put_int(&q, "generation");
	sm_sql_text(&q, " FROM ");
	sm_sql_table(&q, "switch");
	if (target.p != NULL) {
		sm_sql_text(&q, " WHERE target=");
		sm_sql_str(&q, target);
	}
	sm_sql_text(&q, " ORDER BY target");
	return sm_sql_read(&q, SM_SQL_OTHER, columns, 3, rows, v->e);
}

static sm_status has_row(sm_verify_pass *v, sm_bytes target, bool *found)
{
	sm_arena arena;
	sm_rows rows;
	sm_arena_init(&arena, v->a);
	sm_status s = read_rows(v, &arena, target, &rows);
	*found = s == SM_OK && rows.n_rows > 0;
	sm_arena_free(&arena);
	return s;
}

sm_status sm_verify_switch_exists(sm_verify_pass *v, const sm_verify_row *row, sm_bytes target)
{
	bool found = false;
	if (v->now - row->stored_at < SM_VERIFY_SETTLED_US || !sm_target_valid(target)) {
		return SM_OK;
	}
	sm_status s = has_row(v, target, &found);
	return s != SM_OK || found ? s : sm_verify_found(v, SM_VERDICT_INVALID, "switch", row, "The switch %.*s that it flips has no row", (int)target.n, target.p);
}

/* The place of a target among those that were looked for. */
static char *slot_of(sm_verify_pass *v, sm_bytes target)
{
	uint32_t h = 2166136261u;
	for (size_t i = 0; i < target.n; i++) {
		h = (h ^ (uint8_t)target.p[i]) * 16777619u;
	}
	return v->targets[h % SM_VERIFY_TARGETS];
}

static sm_status look_for(sm_verify_pass *v, const sm_verify_row *row, const char *kind, sm_bytes name)
{
	char target[SM_TARGET_MAX + 1];
	bool found = false;
	if (!sm_name_valid(name)) {
		return SM_OK; /* reported as history */
	}
	int n = snprintf(target, sizeof target, "%s:%.*s", kind, (int)name.n, name.p);
	char *slot = slot_of(v, (sm_bytes){target, (size_t)n});
	if (strcmp(slot, target) == 0) {
		return SM_OK;
	}
	sm_status s = has_row(v, sm_cstr(target), &found);
	if (s == SM_OK && !found) {
		s = sm_verify_found(v, SM_VERDICT_INVALID, "switch", row, "There is no row of the switch %s, which the start of its step needed", target);
	}
	memcpy(slot, target, (size_t)n + 1);
	return s;
}

sm_status sm_verify_switches_of(sm_verify_pass *v, const sm_verify_row *row, const sm_run *run)
{
	sm_status s = look_for(v, row, "category", run->category);
	return s == SM_OK ? look_for(v, row, "workflow", run->workflow) : s;
}

sm_status sm_verify_switches(sm_verify_pass *v)
{
	sm_arena arena;
	sm_rows rows;
	bool site = false;
	sm_arena_init(&arena, v->a);
	sm_status s = read_rows(v, &arena, (sm_bytes){NULL, 0}, &rows);
	for (size_t i = 0; s == SM_OK && i < rows.n_rows; i++) {
		site = site || sm_bytes_eq(sm_rows_text(&rows, i, SM_SWITCH_TARGET, &arena), SM_STR("*"));
		s = check_switch(v, &rows, i, &arena);
	}
	sm_arena_free(&arena);
	/* one that was never used may be half installed */
	return s != SM_OK || site || v->r->size + v->r->pending == 0 ? s
		: sm_verify_found_at(v, SM_VERDICT_INVALID, "switch", -1, -1, "There is no row of the switch *, which every start needs");
}
