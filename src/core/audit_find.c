/* Where private values name a person. */
#include "audit.h"

#include <string.h>

#include "sql.h"

/* ---- in a value ---- */

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static bool is_word(char c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || (unsigned char)c >= 0x80;
}

/* Mary-Jane@ is not jane@, and shop.example.org is not shop.example. */
static bool is_named(sm_bytes text, sm_bytes word)
{
	for (size_t at = 0; word.n > 0 && at + word.n <= text.n; at++) {
		size_t i = 0, end = at + word.n;
		while (i < word.n && lower(text.p[at + i]) == lower(word.p[i])) {
			i++;
		}
		char before = at > 0 ? text.p[at - 1] : ' ', after = end < text.n ? text.p[end] : ' ';
		if (i == word.n && !is_word(before) && before != '.' && before != '+' && before != '%' && !is_word(after)
			&& !(after == '.' && end + 1 < text.n && is_word(text.p[end + 1]))) {
			return true;
		}
	}
	return false;
}

/* ["user","7"], as a list of touched records has it */
static bool is_record(const sm_json *v, const sm_person *person)
{
	const sm_json *items = v->u.a.items;
	for (size_t i = 0; v->u.a.n == 2 && i < person->n_records; i++) {
		if (items[0].kind == SM_JSON_STRING && items[1].kind == SM_JSON_STRING && sm_bytes_eq(items[0].u.s, person->records[i].kind)
			&& sm_bytes_eq(items[1].u.s, person->records[i].id)) {
			return true;
		}
	}
	return false;
}

static bool names(const sm_json *v, const sm_person *person)
{
	bool found = false;
	switch (v->kind) {
	case SM_JSON_STRING:
		return is_named(v->u.s, person->text);
	case SM_JSON_ARRAY:
		found = is_record(v, person);
		for (size_t i = 0; !found && i < v->u.a.n; i++) {
			found = names(&v->u.a.items[i], person);
		}
		return found;
	case SM_JSON_OBJECT:
		for (size_t i = 0; !found && i < v->u.o.n; i++) {
			found = is_named(v->u.o.items[i].key, person->text) || names(v->u.o.items[i].value, person);
		}
		return found;
	default:
		return false;
	}
}

sm_status sm_person_in(sm_arena *arena, const sm_person *person, sm_bytes canonical, bool *found)
{
	sm_json *tree;
	sm_status st = sm_json_read(arena, canonical, &tree, NULL);
	*found = st == SM_OK && names(tree, person);
	return st == SM_E_NOMEM ? st : SM_OK;
}

/* ---- in the journal ---- */

/* '%piece%' with '!' before what LIKE would read otherwise; lower case */
static sm_bytes like(sm_arena *arena, sm_bytes piece)
{
	sm_buf b;
	sm_buf_init(&b, arena, 2 * piece.n + 3);
	sm_buf_putc(&b, '%');
	for (size_t i = 0; i < piece.n; i++) {
		if (piece.p[i] == '%' || piece.p[i] == '_' || piece.p[i] == '!') {
			sm_buf_putc(&b, '!');
		}
		sm_buf_putc(&b, lower(piece.p[i]));
	}
	sm_buf_putc(&b, '%');
	return b.status == SM_OK ? sm_buf_bytes(&b) : (sm_bytes){NULL, 0};
}

/* What of the person stands in the column as it is stored. */
static sm_bytes stored_text(sm_arena *arena, sm_bytes text)
{
	sm_buf b;
	sm_buf_init(&b, arena, 6 * text.n + 2);
	sm_canon_quoted(&b, text);
	return b.status == SM_OK ? (sm_bytes){b.p + 1, b.n - 2} : (sm_bytes){NULL, 0};
}

static sm_bytes stored_record(sm_arena *arena, const sm_external *record)
{
	sm_buf b;
	sm_buf_init(&b, arena, 6 * (record->kind.n + record->id.n) + 8);
	sm_buf_putc(&b, '[');
	sm_canon_quoted(&b, record->kind);
	sm_buf_putc(&b, ',');
	sm_canon_quoted(&b, record->id);
	sm_buf_putc(&b, ']');
	return b.status == SM_OK ? sm_buf_bytes(&b) : (sm_bytes){NULL, 0};
}

/* piece: {NULL, 0} = there was no memory for it */
static sm_status put_like(sm_sql *q, sm_arena *arena, sm_bytes piece, bool first)
{
	sm_bytes pattern = piece.p != NULL ? like(arena, piece) : piece;
	if (pattern.p == NULL) {
		return SM_E_NOMEM;
	}
	sm_sql_text(q, first ? " AND (" : " OR ");
	sm_sql_text(q, q->j->store.dialect == SM_SQLITE ? "private" : "LOWER(CONVERT(private USING utf8mb4))");
	sm_sql_text(q, " LIKE ");
	sm_sql_str(q, pattern);
	sm_sql_text(q, " ESCAPE '!'");
	return SM_OK;
}

/* The last of the next rows; "" where there is none. */
static sm_status last_of_page(sm_journal *j, sm_arena *arena, const char *after, int rows, char last[SM_ID_SIZE], sm_error *e)
{
	static const char *const columns[] = {"last"};
	sm_rows found;
	sm_sql q;
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT MAX(id) AS last FROM (SELECT id FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE id>");
	sm_sql_cstr(&q, after);
	sm_sql_text(&q, " ORDER BY id LIMIT ");
	sm_sql_int(&q, rows);
	sm_sql_text(&q, ") AS page");
	sm_status st = sm_sql_read(&q, SM_SQL_OTHER, columns, 1, &found, e);
	sm_bytes id = st == SM_OK && found.n_rows > 0 ? sm_rows_text(&found, 0, 0, arena) : (sm_bytes){NULL, 0};
	last[0] = '\0';
	if (sm_is_hex(id, SM_ID_LEN)) {
		memcpy(last, id.p, SM_ID_LEN);
		last[SM_ID_LEN] = '\0';
	}
	return st;
}

static sm_status take_if_named(sm_arena *arena, const sm_person *person, const sm_rows *rows, size_t i, sm_event *ev, bool *found)
{
	sm_arena scratch;
	sm_status st = sm_event_decode(ev, arena, sm_rows_text(rows, i, 0, arena), sm_rows_text(rows, i, 1, arena), NULL);
	*found = false;
	if (st) {
		return st == SM_E_NOMEM ? st : SM_OK; /* verify says so */
	}
	ev->stored_at = sm_rows_int(rows, i, 2, 0);
	ev->leaf_index = sm_rows_int(rows, i, 3, -1);
	sm_arena_init(&scratch, arena->a);
	for (size_t k = 0; st == SM_OK && !*found && k < ev->n_p; k++) {
		st = sm_person_in(&scratch, person, ev->p[k].value, found);
	}
	sm_arena_free(&scratch);
	return st;
}

sm_status sm_audit_find(sm_journal *j, sm_arena *arena, const sm_person *person, const char *after, int rows, sm_event **events, size_t *n,
	char next[SM_ID_SIZE], sm_error *e)
{
	static const char *const columns[] = {"leaf", "private", "stored_at", "leaf_index"};
	char last[SM_ID_SIZE];
	sm_rows found;
	bool first = true;
	sm_sql q;

	*n = 0;
	next[0] = '\0';
	sm_status st = sm_journal_identify(j, e);
	if (st || (st = last_of_page(j, arena, after, rows, last, e)) || last[0] == '\0' || (person->text.n == 0 && person->n_records == 0)) {
		return st;
	}
	sm_sql_init(&q, j, arena);
	sm_sql_text(&q, "SELECT leaf, private, stored_at, leaf_index FROM ");
	sm_sql_table(&q, "journal");
	sm_sql_text(&q, " WHERE id>");
	sm_sql_cstr(&q, after);
	sm_sql_text(&q, " AND id<=");
	sm_sql_cstr(&q, last);
	sm_sql_text(&q, " AND private IS NOT NULL");
	if (person->text.n > 0) {
		st = put_like(&q, arena, stored_text(arena, person->text), first);
		first = false;
	}
	for (size_t i = 0; st == SM_OK && i < person->n_records; i++) {
		st = put_like(&q, arena, stored_record(arena, &person->records[i]), first);
		first = false;
	}
	sm_sql_text(&q, ") ORDER BY id");
	if (st || (st = sm_sql_read(&q, SM_SQL_OTHER, columns, 4, &found, e))) {
		return st;
	}
	*events = SM_NEW(arena, sm_event, found.n_rows);
	if (*events == NULL) {
		return SM_E_NOMEM;
	}
	for (size_t i = 0; st == SM_OK && i < found.n_rows; i++) {
		bool named;
		st = take_if_named(arena, person, &found, i, &(*events)[*n], &named);
		*n += st == SM_OK && named;
	}
	memcpy(next, last, SM_ID_SIZE);
	return st;
}
