#include "CPostgres.h"

#include <stddef.h>

static void ignore(void *context, const PGresult *result) {
  (void)context;
  (void)result;
}

void postgres_silence_notices(PGconn *connection) {
  PQsetNoticeReceiver(connection, ignore, NULL);
}
