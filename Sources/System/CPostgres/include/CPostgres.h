// libpq, PostgreSQL's C client library (libpq-dev), wherever the distribution keeps its header.
#ifndef BYTEEDIT_CPOSTGRES_H
#define BYTEEDIT_CPOSTGRES_H

#if __has_include(<postgresql/libpq-fe.h>)
#include <postgresql/libpq-fe.h>
#else
#include <libpq-fe.h>
#endif

/// Drops what a server says beside its answers; errors come with the answers.
void postgres_silence_notices(PGconn *connection);

#endif
