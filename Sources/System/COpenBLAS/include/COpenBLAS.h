#ifndef BYTEEDIT_COPENBLAS_H
#define BYTEEDIT_COPENBLAS_H

// The functions that are looked up in libopenblas.so.0 at run time. Headers only: the library is
// opened by dlopen, after its environment has been prepared.

#pragma clang assume_nonnull begin

typedef enum { COB_ROW_MAJOR = 101 } cob_order;
typedef enum { COB_NO_TRANSPOSE = 111, COB_TRANSPOSE = 112 } cob_transpose;

typedef void (*cob_sgemm)(int order, int transpose_a, int transpose_b, int m, int n, int k,
                          float alpha, const float *a, int lda, const float *b, int ldb,
                          float beta, float *c, int ldc);
typedef char *_Nonnull (*cob_get_corename)(void);
typedef char *_Nonnull (*cob_get_config)(void);
typedef void (*cob_set_num_threads)(int threads);

#pragma clang assume_nonnull end

#endif
