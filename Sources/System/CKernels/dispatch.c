#include "tables.h"

#if defined(__x86_64__)
#include <cpuid.h>

static uint64_t enabled_state(void) {
  uint32_t low, high;
  __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return (uint64_t)high << 32 | low;
}

int ck_x86_level(void) {
  unsigned a, b, c, d;
  if (!__get_cpuid(1, &a, &b, &c, &d)) return 0;
  const unsigned fma = 1u << 12, osxsave = 1u << 27, avx = 1u << 28, f16c = 1u << 29;
  const unsigned needed = fma | osxsave | avx | f16c;
  if ((c & needed) != needed) return 0;
  uint64_t state = enabled_state();
  if ((state & 0x6) != 0x6 || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return 0;
  if (!(b & 1u << 5)) return 0;
  const unsigned wide = 1u << 16 | 1u << 17 | 1u << 30 | 1u << 31;  // F, DQ, BW, VL
  return (b & wide) == wide && (state & 0xe6) == 0xe6 ? 3 : 2;
}
#else
int ck_x86_level(void) { return 0; }
#endif

const ck_kernels *ck_table(ck_set set) {
  switch (set) {
#if defined(__x86_64__)
  case CK_SET_AVX512: return ck_x86_level() >= 3 ? &ck_table_avx512 : NULL;
  case CK_SET_AVX2: return ck_x86_level() >= 2 ? &ck_table_avx2 : NULL;
#elif defined(__aarch64__)
  case CK_SET_NEON: return &ck_table_neon;
#endif
  case CK_SET_PLAIN: return &ck_table_plain;
  default: return NULL;
  }
}

ck_set ck_best_set(void) {
  for (int set = CK_SET_AVX512; set > CK_SET_PLAIN; set--)
    if (ck_table((ck_set)set)) return (ck_set)set;
  return CK_SET_PLAIN;
}
