// The baseline of the architecture, without fused multiply-add: runs everywhere.
#include "tables.h"

#define CK_WIDTH 4
#define CK_FMA 0
#define CK_HALF 0
#define CK_TABLE ck_table_plain
#include "body/table.h"
