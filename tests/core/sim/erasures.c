/* Erasing and pruning: what workers do, and what must hold of it whatever dies meanwhile. */
#include "audit.h"
#include "check.h"
#include "database.h"
#include "erasures.h"
#include "event_private.h"

#include <inttypes.h>
#include <string.h>

#define MAIL "jane@shop.example"

/* ---- what must hold ---- */

static bool is_named_in(const sm_event *erasure, int32_t seq, sm_bytes field)
{
	const sm_json *list = erasure->erased;

	for (size_t r = 0; list != NULL && r < list->u.a.n; r++) {
		const sm_json *row = &list->u.a.items[r];

		for (size_t f = 1; row->u.a.items[0].u.i == seq && f < row->u.a.n; f++) {
			if (sm_bytes_eq(row->u.a.items[f].u.s, field)) {
				return true;
			}
		}
	}
	return false;
}

static int times_named(const sim_world *w, const char *stream, int32_t seq, sm_bytes field)
{
	int n = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		const sim_row *r = &w->rows[i];

		n += !r->lost && r->ev.type == SM_PRIVACY_ERASED && strcmp(r->stream, stream) == 0 && is_named_in(&r->ev, seq, field);
	}
	return n;
}

static bool has(const sm_event *ev, const sm_private *p)
{
	for (size_t i = 0; i < ev->n_p; i++) {
		if (sm_bytes_eq(ev->p[i].field, p->field) && sm_bytes_eq(ev->p[i].value, p->value)) {
			return true;
		}
	}
	return false;
}

void sim_erase_column(sim_world *w, sim_row *row, sm_bytes rest)
{
	sm_event now = row->ev;
	const sm_bytes text = rest.p != NULL ? sim_keep(w, rest) : rest;

	now.n_p = 0;
	if (text.p != NULL && !sm_private_cut(&now, text)) {
		sim_violation(w, "a value goes as a whole", "the column of event %d cannot be read any more", row->seq);
		return;
	}
	for (size_t i = 0; i < row->ev.n_p; i++) {
		if (has(&now, &row->ev.p[i])) {
			continue;
		}
		if (row->ev.type == SM_PRIVACY_ERASED || times_named(w, row->stream, row->seq, row->ev.p[i].field) == 0) {
			sim_violation(w, "no value goes before it is named", "%.*s of event %d of %.6s", (int)row->ev.p[i].field.n, row->ev.p[i].field.p, row->seq,
				row->stream);
		}
		sim_totals_.values_gone++;
	}
	if (now.n_p > row->ev.n_p) {
		sim_violation(w, "a value goes as a whole", "event %d has more values than before", row->seq);
	}
	row->ev.n_p = now.n_p;
	memcpy(row->ev.p, now.p, sizeof now.p);
	row->ev.private_text = row->private_text = text;
}

void sim_check_erasure(sim_world *w, const sim_stream *s, const sim_row *row)
{
	const sm_json *list = row->ev.erased;

	sim_totals_.erasures++;
	if (s->is_run && s->m.phase != SM_PHASE_COMPLETED && s->m.phase != SM_PHASE_ENDED) {
		sim_violation(w, "an open run keeps its values", "event %d of run %.6s in phase %d", row->seq, s->id, (int)s->m.phase);
	}
	for (size_t r = 0; r < list->u.a.n; r++) {
		for (size_t f = 1; f < list->u.a.items[r].u.a.n; f++) {
			const int32_t seq = (int32_t)list->u.a.items[r].u.a.items[0].u.i;
			const sm_bytes field = list->u.a.items[r].u.a.items[f].u.s;

			if (times_named(w, row->stream, seq, field) != 1) {
				sim_violation(w, "a value is named once", "%.*s of event %d of %.6s", (int)field.n, field.p, seq, row->stream);
			}
		}
	}
}

void sim_check_site_event(sim_world *w, sim_stream *s, const sim_row *row)
{
	if (row->seq != s->seq + 1 || strcmp(row->ev.prev, s->last_id) != 0 || strcmp(row->id, s->last_id) <= 0) {
		sim_violation(w, "no illegal event", "event %d outside of runs does not follow event %d", row->seq, s->seq);
	}
	s->seq = row->seq;
	memcpy(s->last_id, row->id, SM_ID_SIZE);
	sim_totals_.prunings += row->ev.type == SM_PRIVACY_PRUNED;
}

/* Rows of a stream up to `last` that hold a value. @param person   only values that name Jane; named: only those that an event names */
static int values_left(const sim_world *w, const char *stream, int32_t last, bool person, bool named)
{
	int n = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		const sim_row *r = &w->rows[i];

		for (size_t k = 0; !r->lost && r->ev.type != SM_PRIVACY_ERASED && r->seq <= last && strcmp(r->stream, stream) == 0 && k < r->ev.n_p; k++) {
			n += (!person || memmem(r->ev.p[k].value.p, r->ev.p[k].value.n, MAIL, sizeof MAIL - 1) != NULL)
				&& (!named || times_named(w, stream, r->seq, r->ev.p[k].field) > 0);
		}
	}
	return n;
}

static int32_t last_of(const sim_world *w, const char *stream)
{
	int32_t last = 0;

	for (size_t i = 0; i < w->n_rows; i++) {
		if (!w->rows[i].lost && strcmp(w->rows[i].stream, stream) == 0 && w->rows[i].seq > last) {
			last = w->rows[i].seq;
		}
	}
	return last;
}

/* ---- what workers do ---- */

static void begin_call(sim_worker *k)
{
	k->call++;
	k->fired_now = false;
	k->n_sent = 0;
	k->faults_at_call = k->w->store_faults;
}

void sim_site_stream(const sim_world *w, char out[SM_ID_SIZE])
{
	sm_audit_stream(&w->keys, SM_STR("site"), out);
}

void sim_do_append(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	sim_world *w = k->w;

	for (int i = 0; i == 0 || i < job->repeat; i++) {
		static const sm_bytes values[] = {SM_LIT("\"" MAIL "\""), SM_LIT("\"joe@shop.example\""), SM_LIT("\"mail of " MAIL " 4242424242424242\"")};
		const sm_private p[] = {{SM_STR("who"), values[sim_choose(w, 3)]}, {SM_STR("more"), values[sim_choose(w, 3)]}};
		const sm_site_event what = {.stream = SM_STR("site"), .name = SM_STR("shop.opened"), .data = sm_json_new(&k->arena, SM_JSON_OBJECT), .p = p,
			.n_p = 2};
		char id[SM_ID_SIZE], stream[SM_ID_SIZE];
		sm_error e;

		job->status = (sm_status)-1;
		sim_sleep(w, job->sleep_us);
		begin_call(k);
		job->status = sm_audit_append(&k->j, &k->arena, &what, id, stream, &e);
		sim_check_call(k, job->status, NULL, NULL, "append");
	}
}

void sim_do_erase(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	sim_world *w = k->w;
	static const sm_person jane = {.text = SM_LIT(MAIL)};
	const bool person = job->command == SM_CMD_NOTE;
	const sm_erasure what = {.why = SM_STR("request"), .by = SM_STR("anna"), .reason = SM_STR("asked"), .person = person ? &jane : NULL};
	sm_erased erased;
	sm_error e;
	int32_t last;

	job->status = (sm_status)-1;
	sim_sleep(w, job->sleep_us);
	begin_call(k);
	last = last_of(w, job->run);
	job->status = sm_audit_erase(&k->j, job->run, &what, &erased, &e);
	sim_check_call(k, job->status, NULL, NULL, "erase");
	if (job->status == SM_OK && !w->damaged && values_left(w, job->run, last, person && !sim_stream_of(w, job->run)->is_run, false) > 0) {
		sim_violation(w, "an acknowledged erasure is complete", "%d values of %.6s are left", values_left(w, job->run, last, person, false), job->run);
	}
}

void sim_do_prune(sim_worker *k, void *arg)
{
	sim_job *job = arg;
	sm_pruned out = {0};
	sm_error e;

	job->status = (sm_status)-1;
	sim_sleep(k->w, job->sleep_us);
	begin_call(k);
	job->status = sm_audit_prune(&k->j, job->later ? INT64_C(86400) * 3650 * SIM_S : -SIM_S, SM_STR("retention"), SM_STR("a year"), 10, &out, &e);
	sim_check_call(k, job->status, NULL, NULL, "prune");
}

/* ---- in the end ---- */

void sim_finish_erasures(sim_world *w, const sm_workflow *const *registry)
{
	const size_t n = w->n_streams;

	w->n_plan = w->chance = 0;

	for (size_t i = 0; i < n && w->violation[0] == '\0'; i++) {
		const sim_stream *s = &w->streams[i];
		bool erased = false;

		for (size_t r = 0; r < w->n_rows; r++) {
			erased = erased || (!w->rows[r].lost && w->rows[r].ev.type == SM_PRIVACY_ERASED && strcmp(w->rows[r].stream, s->id) == 0);
		}
		if (erased && !w->damaged) {
			sim_job *job = sim_new(w, sizeof *job);

			*job = (sim_job){.run = s->id};
			sim_spawn(w, registry, sim_do_erase, job);
			sim_run(w);
			if (w->violation[0] == '\0' && (job->status != SM_OK || values_left(w, s->id, INT32_MAX, false, true) > 0)) {
				sim_violation(w, "the same call ends it", "status %d, %d values of %.6s that an event names are there", (int)job->status,
					values_left(w, s->id, INT32_MAX, false, true), s->id);
			}
		}
	}
}
