#include <stdint.h>
#include <string.h>

#include "tables.h"

#if defined(__x86_64__)
#pragma clang attribute push(                                                         \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,f16c"))), \
    apply_to = function)
#define CK_WIDTH 16
#define CK_FMA 1
#define CK_HALF 1
#define CK_TABLE ck_table_avx512
#include "body/table.h"
#pragma clang attribute pop
#endif
