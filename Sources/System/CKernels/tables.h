// The tables that this build may hold; ck_table decides which of them the CPU can run.
#include "CKernels.h"

extern const ck_kernels ck_table_plain;
extern const ck_kernels ck_table_neon;
extern const ck_kernels ck_table_avx2;
extern const ck_kernels ck_table_avx512;
