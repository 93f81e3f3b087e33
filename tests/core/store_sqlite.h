/* store_sqlite: a store over libsqlite3, one file. For tests. */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "journal.h"

#include <sqlite3.h>

typedef struct sqlite_store {
	char path[256], prefix[64], environment[64];
	bool relaxed; /* synchronous=OFF, to be found by the check */
	sqlite3 *db;  /* opened by the first statement; never carried through fork() */
} sqlite_store;

void sqlite_store_init(sqlite_store *s, const char *path, const char *prefix, const char *environment);
/** The vtable; s is borrowed. */
sm_store sqlite_store_vtable(sqlite_store *s);
void sqlite_store_close(sqlite_store *s);

#endif
