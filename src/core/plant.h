/* Faults that the simulator plants, one by one, to show that it would find them (PROTOCOL, end of section 11).
 * Outside -DSM_PLANT every SM_PLANTED() is the constant 0 and its branch is gone. */
#ifndef SM_PLANT_H
#define SM_PLANT_H

#define SM_PLANTS(X) \
	X(NO_READ_BACK) X(NO_DEADLINE_CHECK) X(NO_GRACE) X(GRACE_AFTER_PROBE) X(GRACE_FROM_START) X(SEQ_NOT_UNIQUE) \
	X(VERDICT_NOT_FENCED) X(SWITCH_BY_SELECT) X(READ_BACK_BY_STATE) X(IDS_FROM_TIP) X(NEW_IDS_ON_RESEND) X(INSERT_IGNORE) \
	X(PAUSE_IN_FLIGHT) X(RECOVERY_IGNORES_LEASE) X(LAPSE_RERUNS_NEVER) X(LATE_DROPPED) X(REFUSAL_BELIEVED) \
	X(OUTCOME_CONDITIONAL) X(LIST_BEFORE_MAX) X(IDS_NOT_TIED_TO_TIP) X(PREV_NOT_CHECKED) X(OUTCOME_NOT_STORABLE) \
	X(OTHERS_ATTEMPT_TAKEN) X(NO_LOOK_ON_CLUSTER)

#ifdef SM_PLANT
enum sm_plant {
	SM_PLANT_NONE,
#define X(name) SM_PLANT_##name,
	SM_PLANTS(X)
#undef X
	SM_PLANT_COUNT
};
extern enum sm_plant sm_planted; /* owned by the simulator */
#define SM_PLANTED(name) (sm_planted == SM_PLANT_##name)
#else
#define SM_PLANTED(name) 0
#endif

#endif
