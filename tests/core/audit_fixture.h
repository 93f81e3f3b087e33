/* audit_fixture: a host that signs a journal's log, its files in memory. Include support.h first. */
#ifndef AUDIT_FIXTURE_H
#define AUDIT_FIXTURE_H

#include "audit.h"
#include "journal_fixture.h"

/* What one host remembers. A crash at a call: that call and all later ones fail, before or after they did their work. */
typedef struct host {
	char head[SM_HEAD_FILE_MAX], anchor[SM_NOTE_MAX];
	char origin[256];
	size_t head_n, anchor_n;
	int calls, die_at; /* 0 = never */
	bool after;
	sm_head_files files;
	uint8_t seed[SM_LOG_SEED_LEN], public_key[SM_ED25519_KEY_LEN];
	bool open;
	int opened;
	sm_signer signer;
} host;

/** A host with a seed of its own (`salt` everywhere) for this origin; it remembers nothing yet. In f->arena. */
host *new_host(fixture *f, sm_bytes origin, uint8_t salt);
/** Its verifier key. */
sm_bytes vkey(fixture *f, const host *h);
void read_log(fixture *f, sm_log *log);
/** The log with a key: first head, then the event that names the key. */
host *open_log(fixture *f, sm_log *log, uint8_t salt);
/** Signs; fails the test where the seed stays open. */
sm_status checkpoint(fixture *f, const sm_log *log, host *h, sm_signed *out);

#endif
