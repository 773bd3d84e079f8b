// What a training step does to parameters once their gradients are known.

// Multiplications and additions stand in statements of their own wherever torch rounds between them,
// so that the compiler does not fuse what torch does not fuse.
CK_INLINE vf moved_(vf from, vf to, float weight) {
  vf distance = to - from;
  return weight < 0.5f ? fma_(distance, (vf)weight, from)
                       : fma_(distance, (vf)(weight - 1.0f), to);
}

CK_INLINE void adamw_lanes(vf *parameter, vf gradient, vf *first, vf *second, const ck_adamw *s) {
  vf scaled = gradient * s->gradient_scale;
  vf decayed = *parameter * s->decay;
  *first = moved_(*first, scaled, s->first_weight);
  vf kept = *second * s->second_decay;
  vf weighted = scaled * s->second_weight;
  *second = fma_(weighted, scaled, kept);
  vf deviation = __builtin_elementwise_sqrt(*second) / s->correction;
  vf denominator = deviation + s->epsilon;
  vf numerator = *first * s->step;
  vf change = numerator / denominator;
  *parameter = decayed + change;
}

static void adamw(float *parameter, const float *gradient, float *first, float *second,
                  const ck_adamw *settings, ptrdiff_t n) {
  const ck_adamw s = *settings;
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH) {
    vf p = load(parameter + i), m = load(first + i), v = load(second + i);
    adamw_lanes(&p, load(gradient + i), &m, &v, &s);
    store(parameter + i, p);
    store(first + i, m);
    store(second + i, v);
  }
  ptrdiff_t rest = n - i;
  if (rest == 0) return;
  vf p = load_tail(parameter + i, rest), m = load_tail(first + i, rest);
  vf v = load_tail(second + i, rest);
  adamw_lanes(&p, load_tail(gradient + i, rest), &m, &v, &s);
  store_tail(parameter + i, p, rest);
  store_tail(first + i, m, rest);
  store_tail(second + i, v, rest);
}

static double sum_of_squares(const float *x, ptrdiff_t n) {
  vd even = 0, odd = 0;
  ptrdiff_t i = 0;
  for (; i + 2 * CK_WIDTH <= n; i += 2 * CK_WIDTH) {
    vd a = __builtin_convertvector(load(x + i), vd);
    vd b = __builtin_convertvector(load(x + i + CK_WIDTH), vd);
    even += a * a;
    odd += b * b;
  }
  for (; i < n; i += CK_WIDTH) {
    vd a = __builtin_convertvector(
        n - i < CK_WIDTH ? load_tail(x + i, n - i) : load(x + i), vd);
    even += a * a;
  }
  vd total = even + odd;
  return reduce_add_double(&total);
}

CK_INLINE vf approached_(vf average, vf x, float weight) {
  vf distance = average - x;
  vf step = distance * weight;
  return average - step;
}

static void approach(float *average, const float *x, float weight, ptrdiff_t n) {
  ptrdiff_t i = 0;
  for (; i + CK_WIDTH <= n; i += CK_WIDTH)
    store(average + i, approached_(load(average + i), load(x + i), weight));
  if (i < n)
    store_tail(average + i,
               approached_(load_tail(average + i, n - i), load_tail(x + i, n - i), weight), n - i);
}
