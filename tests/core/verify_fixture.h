/* verify_fixture: a journal that is verified, its findings, and signed heads of it. Include support.h first. */
#ifndef VERIFY_FIXTURE_H
#define VERIFY_FIXTURE_H

#include "journal_fixture.h"
#include "verify.h"

enum { FINDINGS_KEPT = 32, OUTER_KEPT = 8 };

typedef struct kept_finding {
	sm_verdict verdict;
	char what[24], message[480], stream[SM_ID_SIZE];
	int64_t index, last;
	int32_t seq;
} kept_finding;

typedef struct verify_case {
	fixture *f;
	sm_verify_options o;
	sm_verify_result r;
	kept_finding found[FINDINGS_KEPT];
	size_t n;
	sm_note_key keys[4];
	sm_bytes outer[SM_HEADS][OUTER_KEPT]; /* notes of head files and anchors */
	size_t n_outer[SM_HEADS], next_outer[SM_HEADS];
	uint64_t progress_done, progress_of;
	long progressed;
	test_heap heap;
	sm_alloc alloc;
} verify_case;

/** Options: the log's key is known, all is read. */
void verify_init(verify_case *c, fixture *f);
/** Verifies anew and fails the test when it could not be read to its end. */
sm_verdict verify_now(verify_case *c);
/** As verify_now, and no finding. */
void assert_sound(verify_case *c);
/** Verifies; its first finding is this one. last = -2: the same as index. */
void assert_found(verify_case *c, sm_verdict verdict, const char *what, int64_t index, int64_t last);

/** The log's key; its seed is the test's own. */
sm_note_key verify_key(fixture *f);
/** Sequences, and signs the tree of the first n leaves as they are stored now (n = 0: all). In f->arena; not stored. */
sm_bytes verify_sign(fixture *f, uint64_t n);
/** The same under another seed. */
sm_bytes verify_sign_with(fixture *f, uint64_t n, uint8_t seed);
/** A head of these leaves that were never written. */
sm_bytes verify_sign_other(fixture *f, uint64_t n);
void verify_store(fixture *f, sm_bytes note);
int64_t verify_size(fixture *f);

#endif
