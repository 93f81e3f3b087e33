/* checkpoint: signed heads of a log (C2SP tlog-checkpoint), who may sign one, the host's head file, and proofs for offline use
 * (C2SP tlog-proof). Part of the group seal. Uses base, merkle, note, libsodium.
 *
 * There is no function that signs bytes. sm_checkpoint_sign signs the head of a tree that was built leaf by leaf, and only when no
 * known head contradicts it. */
#ifndef SM_CHECKPOINT_H
#define SM_CHECKPOINT_H

#include "merkle.h"
#include "note.h"

enum {
	SM_LOG_SEED_LEN = 32,
	SM_CHECKPOINT_TEXT_MAX = SM_NOTE_NAME_MAX + 1 + 19 + 1 + SM_HASH_BASE64_LEN + 1,
	SM_HEAD_FILE_MAX = SM_NOTE_MAX + 4096,
	SM_TLOG_PROOF_EXTRA_MAX = 65536,
	SM_TLOG_PROOF_MAX = SM_NOTE_MAX + SM_TLOG_PROOF_EXTRA_MAX * 2
};

/* origin "\n" size "\n" base64(root) "\n" */
typedef struct sm_checkpoint {
	sm_bytes origin;
	uint64_t size;
	sm_hash root;
} sm_checkpoint;

void sm_checkpoint_put(sm_buf *b, const sm_checkpoint *c);
/** The text of a note (not the note). Strict: exactly three lines, because an extension line is something no monitor can check.
 *  @return SM_OK (out->origin borrows from text), SM_E_SYNTAX */
sm_status sm_checkpoint_read(sm_bytes text, sm_checkpoint *out, sm_error *e);

/** A note that this log signed: exactly one signature of the log's own key, and the key's name is the origin. Lines of others are kept
 *  in `note` and not judged: sm_note_verify.
 *  @param log    key of type SM_NOTE_ED25519
 *  @param note   borrows from text; where the lines are
 *  @return SM_OK; SM_E_SYNTAX, SM_E_LIMIT (form); SM_E_STATE (no signature of this key); SM_E_ILLEGAL (it does not verify, there are two,
 *          or the origin is another) */
sm_status sm_checkpoint_open(sm_bytes text, const sm_note_key *log, sm_note *note, sm_checkpoint *out, sm_error *e);

/* ---- who may sign ---- */

/* A head that this node can see. Only one whose signature was verified (sm_checkpoint_open) counts as known. */
typedef struct sm_head {
	bool known;
	sm_checkpoint at;
	/* How the new tree relates to it; one of the two is needed when the head is smaller than the new tree. */
	bool seen;                      /* set by sm_heads_watch */
	sm_hash seen_root;              /* root of the new tree when it had at.size leaves */
	const sm_hash *proof;           /* consistency proof from at.size to the new size, borrowed; NULL = none */
	size_t n_proof;
} sm_head;

/* Where heads are looked for (PROTOCOL: a node signs only what extends all of them). */
typedef enum sm_head_place {
	SM_HEAD_HOST,   /* the head file in sophmate.state_dir */
	SM_HEAD_STORED, /* the newest checkpoint in the database */
	SM_HEAD_ANCHOR, /* the newest line of the anchor file */
	SM_HEADS
} sm_head_place;

/** "head file", "stored checkpoint", "anchor". */
const char *sm_head_name(sm_head_place place);

/** Notes the tree's root in every head of the same size that lies on the way. Call it once for the frontier that the tree grows
 *  from and once after each leaf: a head that was passed needs no proof. */
void sm_heads_watch(sm_head heads[SM_HEADS], const sm_frontier *f);

typedef enum sm_sign_reason {
	SM_SIGN_OK,
	SM_SIGN_OTHER_LOG, /* the head is of another origin */
	SM_SIGN_FORGETS,   /* the head knows more leaves than the tree has: cut off, or a restored dump */
	SM_SIGN_FORKS,     /* the tree has another root at the head's size: rewritten */
	SM_SIGN_UNPROVED   /* the head is smaller, and neither was it passed nor is there a proof: make one */
} sm_sign_reason;

typedef struct sm_sign_verdict {
	sm_sign_reason reason;
	sm_head_place place; /* the head that contradicts, SM_HEADS for none; a contradiction goes before a missing proof */
} sm_sign_verdict;

/** May a checkpoint of this tree be signed? Pure.
 *  @return SM_OK; SM_E_CONFLICT: a head contradicts (SM_SIGN_OTHER_LOG, FORGETS, FORKS); SM_E_STATE: SM_SIGN_UNPROVED.
 *          e names the head, both sizes and both roots */
sm_status sm_seal_may_sign(sm_bytes origin, const sm_frontier *tree, const sm_head heads[SM_HEADS], sm_sign_verdict *verdict, sm_error *e);

/** Public key of a seed. */
void sm_log_public_key(const uint8_t seed[SM_LOG_SEED_LEN], uint8_t public_key[SM_ED25519_KEY_LEN]);

/** Asks sm_seal_may_sign, then signs the tree's head and appends the note. Leaves no copy of the key behind.
 *  @param log    the key under which this log is known: name = origin, type SM_NOTE_ED25519
 *  @param seed   must be the seed of that key
 *  @return SM_OK; as sm_seal_may_sign; SM_E_IDENTITY: the seed belongs to another key, or the key is no log's;
 *          SM_E_LIMIT, SM_E_NOMEM (b). Nothing is appended unless SM_OK */
sm_status sm_checkpoint_sign(sm_buf *b, const sm_note_key *log, const uint8_t seed[SM_LOG_SEED_LEN], const sm_frontier *tree,
	const sm_head heads[SM_HEADS], sm_sign_verdict *verdict, sm_error *e);

/* ---- the head file of a host ---- */

/** A line "sophmate-head v1", the frontier, a blank line, the note. */
void sm_head_file_put(sm_buf *b, const sm_frontier *f, sm_bytes note);
/** Reads that and verifies it: the log signed the note, and the frontier has its size and root.
 *  @return SM_OK; as sm_checkpoint_open; SM_E_SYNTAX; SM_E_ILLEGAL (frontier and checkpoint differ); *f is empty unless SM_OK */
sm_status sm_head_file_read(sm_bytes text, const sm_note_key *log, sm_frontier *f, sm_note *note, sm_checkpoint *out, sm_error *e);

/* ---- proofs that leave: *.tlog-proof ---- */

typedef struct sm_tlog_proof {
	bool has_extra;
	sm_bytes extra;  /* base64, as it came; never trust it */
	uint64_t index;
	sm_proof proof;
	sm_bytes note;   /* verbatim */
} sm_tlog_proof;

/** @param extra   raw bytes, at most SM_TLOG_PROOF_EXTRA_MAX (else b->status is SM_E_LIMIT); {NULL, 0} = no such line */
void sm_tlog_proof_put(sm_buf *b, sm_bytes extra, uint64_t index, const sm_proof *proof, sm_bytes note);
/** Form alone. @return SM_OK (out borrows from text), SM_E_SYNTAX, SM_E_LIMIT (SM_TLOG_PROOF_MAX bytes, SM_PROOF_MAX hashes) */
sm_status sm_tlog_proof_read(sm_bytes text, sm_tlog_proof *out, sm_error *e);
/** That the log signed a tree which holds exactly this leaf at the proof's index.
 *  @return SM_OK; as sm_tlog_proof_read, sm_checkpoint_open, sm_inclusion_verify */
sm_status sm_tlog_proof_verify(sm_bytes text, sm_bytes leaf, const sm_note_key *log, sm_tlog_proof *proof, sm_checkpoint *out, sm_error *e);

#endif
