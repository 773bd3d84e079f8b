#include <stdint.h>
#include <string.h>

#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
#define CK_WIDTH 8
#define CK_FMA 1
#define CK_HALF 1
#define CK_TABLE ck_table_avx2
#include "body/table.h"
#pragma clang attribute pop
#endif
