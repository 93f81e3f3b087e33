/* store_mysql: a store over libmariadb: text protocol, values escaped into the statement, session settings of PROTOCOL section 5. For tests. */
#ifndef STORE_MYSQL_H
#define STORE_MYSQL_H

#include "journal.h"

#include <mysql.h>

typedef struct mysql_store {
	char socket[256], database[64], prefix[64], environment[64];
	MYSQL *db; /* opened by the first statement; never carried through fork() */
} mysql_store;

void mysql_store_init(mysql_store *s, const char *socket, const char *database, const char *prefix, const char *environment);
/** The vtable; s is borrowed. */
sm_store mysql_store_vtable(mysql_store *s);
void mysql_store_close(mysql_store *s);

#endif
