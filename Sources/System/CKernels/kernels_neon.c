#include "tables.h"

#if defined(__aarch64__)
#define CK_WIDTH 4
#define CK_FMA 1
#define CK_HALF 1
#define CK_TABLE ck_table_neon
#include "body/table.h"
#endif
