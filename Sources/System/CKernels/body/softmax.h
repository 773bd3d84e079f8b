// Softmax, whole and in steps (the online softmax of fused attention).

CK_INLINE float row_maximum(const float *x, ptrdiff_t n) {
  vf best = -__builtin_inff();
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) best = max_(load(x + i), best);
  float result = reduce_max(best);
  for (; i < n; i++) result = x[i] > result ? x[i] : result;
  return result;
}

// out = exp(scale * x - shift); returns the sum.
CK_INLINE float exponentials(const float *x, float *out, ptrdiff_t n, float scale, float shift) {
  vf total = 0;
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) {
    vf e = exp_(fma_(load(x + i), (vf)scale, (vf)-shift));
    total += e;
    store(out + i, e);
  }
  if (i < n) {
    float lanes[CK_WIDTH] = {0};
    store_tail(lanes, exp_(fma_(load_tail(x + i, n - i), (vf)scale, (vf)-shift)), n - i);
    total += load(lanes);
    store_tail(out + i, load(lanes), n - i);
  }
  return reduce_add(total);
}

static void softmax(const float *x, float *out, ptrdiff_t rows, ptrdiff_t width) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    const float *row = x + r * width;
    float *to = out + r * width;
    float total = exponentials(row, to, width, 1.0f, row_maximum(row, width));
    affine(to, 1.0f / total, 0.0f, to, width);
  }
}

static void softmax_step(float *scores, ptrdiff_t ld, ptrdiff_t rows, ptrdiff_t width, float scale,
                         ptrdiff_t visible, float *maximum, float *total, float *correction) {
  for (ptrdiff_t r = 0; r < rows; r++) {
    float *row = scores + r * ld;
    ptrdiff_t seen = visible + r < 0 ? 0 : visible + r > width ? width : visible + r;
    for (ptrdiff_t i = seen; i < width; i++) row[i] = 0.0f;
    if (seen == 0) {
      correction[r] = 1.0f;
      continue;
    }
    float before = maximum[r];
    float highest = row_maximum(row, seen) * scale;
    float now = highest > before ? highest : before;
    vf shrink = exp_((vf)(before - now));
    correction[r] = shrink[0];
    maximum[r] = now;
    total[r] = total[r] * correction[r] + exponentials(row, row, seen, scale, now);
  }
}
