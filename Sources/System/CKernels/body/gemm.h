// Products with a matrix that lies packed in panels: a panel holds CK_PANEL columns, row by row of
// the depth. Every value of a product is one chain of multiply-adds in the order of the depth, so
// its bits depend neither on how rows and columns are cut nor on where they stand.
#define CK_PANEL (2 * CK_WIDTH)

// How many rows a tile of registers has: accumulators, two columns vectors and one factor must fit.
#if CK_WIDTH == 16
#define CK_TILE_ROWS 12
#elif defined(__aarch64__)
#define CK_TILE_ROWS 12
#else
#define CK_TILE_ROWS 6
#endif

// `a` lies row by row, or, `turned`, depth by depth: its value (r, k) is a[k * lda + r].
CK_INLINE void tile(const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb, float *c,
                    ptrdiff_t ldc, ptrdiff_t depth, int accumulate, const int rows,
                    const int vectors, const int turned) {
  vf sums[CK_TILE_ROWS][2];
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++)
      sums[r][v] = accumulate ? load(c + r * ldc + v * CK_WIDTH) : (vf)0.0f;
  for (ptrdiff_t k = 0; k < depth; k++) {
    vf columns[2];
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) columns[v] = load(b + k * ldb + v * CK_WIDTH);
#pragma clang loop unroll(full)
    for (int r = 0; r < rows; r++) {
      vf factor = turned ? a[k * lda + r] : a[r * lda + k];
#pragma clang loop unroll(full)
      for (int v = 0; v < vectors; v++) sums[r][v] = fma_(factor, columns[v], sums[r][v]);
    }
  }
#pragma clang loop unroll(full)
  for (int r = 0; r < rows; r++)
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) store(c + r * ldc + v * CK_WIDTH, sums[r][v]);
}

#define CK_TILE(ROWS, VECTORS)                                                                  \
  static __attribute__((noinline)) void tile_##ROWS##_##VECTORS(                                \
      const float *a, ptrdiff_t lda, const float *panel, float *c, ptrdiff_t ldc,               \
      ptrdiff_t depth, int accumulate) {                                                        \
    tile(a, lda, panel, CK_PANEL, c, ldc, depth, accumulate, ROWS, VECTORS, 0);                 \
  }                                                                                             \
  static __attribute__((noinline)) void turned_##ROWS##_##VECTORS(                              \
      const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb, float *c, ptrdiff_t ldc,    \
      ptrdiff_t depth, int accumulate) {                                                        \
    tile(a, lda, b, ldb, c, ldc, depth, accumulate, ROWS, VECTORS, 1);                          \
  }
#define CK_TILES(ROWS) CK_TILE(ROWS, 1) CK_TILE(ROWS, 2)
CK_TILES(1) CK_TILES(2) CK_TILES(3) CK_TILES(4) CK_TILES(5) CK_TILES(6)
#if CK_TILE_ROWS == 12
CK_TILES(7) CK_TILES(8) CK_TILES(9) CK_TILES(10) CK_TILES(11) CK_TILES(12)
#endif

typedef void (*tile_function)(const float *, ptrdiff_t, const float *, float *, ptrdiff_t,
                              ptrdiff_t, int);
typedef void (*turned_function)(const float *, ptrdiff_t, const float *, ptrdiff_t, float *,
                                ptrdiff_t, ptrdiff_t, int);
#if CK_TILE_ROWS == 12
#define CK_TILE_LIST(NAME)                                                                      \
  {{NAME##_1_1, NAME##_1_2},   {NAME##_2_1, NAME##_2_2},   {NAME##_3_1, NAME##_3_2},            \
   {NAME##_4_1, NAME##_4_2},   {NAME##_5_1, NAME##_5_2},   {NAME##_6_1, NAME##_6_2},            \
   {NAME##_7_1, NAME##_7_2},   {NAME##_8_1, NAME##_8_2},   {NAME##_9_1, NAME##_9_2},            \
   {NAME##_10_1, NAME##_10_2}, {NAME##_11_1, NAME##_11_2}, {NAME##_12_1, NAME##_12_2}}
#else
#define CK_TILE_LIST(NAME)                                                                      \
  {{NAME##_1_1, NAME##_1_2}, {NAME##_2_1, NAME##_2_2}, {NAME##_3_1, NAME##_3_2},                \
   {NAME##_4_1, NAME##_4_2}, {NAME##_5_1, NAME##_5_2}, {NAME##_6_1, NAME##_6_2}}
#endif
static const tile_function tile_functions[CK_TILE_ROWS][2] = CK_TILE_LIST(tile);
static const turned_function turned_functions[CK_TILE_ROWS][2] = CK_TILE_LIST(turned);

// Columns that do not fill their vectors pass through a tile of memory.
static void partial_tile(const float *a, ptrdiff_t lda, const float *panel, float *c,
                         ptrdiff_t ldc, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth,
                         int accumulate) {
  float copy[CK_TILE_ROWS * CK_PANEL];
  int vectors = columns > CK_WIDTH ? 2 : 1;
  if (accumulate)
    for (ptrdiff_t r = 0; r < rows; r++)
      for (ptrdiff_t i = 0; i < CK_PANEL; i++)
        copy[r * CK_PANEL + i] = i < columns ? c[r * ldc + i] : 0;
  tile_functions[rows - 1][vectors - 1](a, lda, panel, copy, CK_PANEL, depth, accumulate);
  for (ptrdiff_t r = 0; r < rows; r++)
    memcpy(c + r * ldc, copy + r * CK_PANEL, (size_t)columns * sizeof *c);
}

static void panel_product(const float *a, ptrdiff_t lda, const float *panel, float *c,
                          ptrdiff_t ldc, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth,
                          int accumulate) {
  if (rows == 0) return;
  ptrdiff_t groups = (rows + CK_TILE_ROWS - 1) / CK_TILE_ROWS;
  ptrdiff_t least = rows / groups, larger = rows % groups;
  int whole = columns == CK_PANEL || columns == CK_WIDTH;
  for (ptrdiff_t g = 0; g < groups; g++) {
    ptrdiff_t count = least + (g < larger);
    if (whole)
      tile_functions[count - 1][columns / CK_WIDTH - 1](a, lda, panel, c, ldc, depth, accumulate);
    else
      partial_tile(a, lda, panel, c, ldc, count, columns, depth, accumulate);
    a += count * lda;
    c += count * ldc;
  }
}

// One panel of the sum of outer products; few columns pass through copies of both sides.
static void outer_panel(const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb, float *c,
                        ptrdiff_t ldc, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth,
                        int accumulate) {
  float copy[CK_TILE_ROWS * CK_PANEL];
  int vectors = columns > CK_WIDTH ? 2 : 1, whole = columns == vectors * CK_WIDTH;
  ptrdiff_t groups = (rows + CK_TILE_ROWS - 1) / CK_TILE_ROWS;
  ptrdiff_t least = rows / groups, larger = rows % groups;
  for (ptrdiff_t g = 0; g < groups; g++) {
    ptrdiff_t count = least + (g < larger);
    turned_function product = turned_functions[count - 1][vectors - 1];
    if (whole) {
      product(a, lda, b, ldb, c, ldc, depth, accumulate);
    } else {
      if (accumulate)
        for (ptrdiff_t r = 0; r < count; r++)
          for (ptrdiff_t i = 0; i < CK_PANEL; i++)
            copy[r * CK_PANEL + i] = i < columns ? c[r * ldc + i] : 0;
      product(a, lda, b, ldb, copy, CK_PANEL, depth, accumulate);
      for (ptrdiff_t r = 0; r < count; r++)
        memcpy(c + r * ldc, copy + r * CK_PANEL, (size_t)columns * sizeof *c);
    }
    a += count;
    c += count * ldc;
  }
}

#define CK_OUTER_DEPTH 128

static void outer_products(const float *a, ptrdiff_t lda, const float *b, ptrdiff_t ldb, float *c,
                           ptrdiff_t ldc, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth,
                           int accumulate) {
  float narrow[CK_OUTER_DEPTH * CK_PANEL];
  if (rows == 0) return;
  for (ptrdiff_t start = 0; start < depth; start += CK_OUTER_DEPTH) {
    ptrdiff_t some = depth - start < CK_OUTER_DEPTH ? depth - start : CK_OUTER_DEPTH;
    for (ptrdiff_t first = 0; first < columns; first += CK_PANEL) {
      ptrdiff_t count = columns - first < CK_PANEL ? columns - first : CK_PANEL;
      const float *right = b + start * ldb + first;
      ptrdiff_t distance = ldb;
      if (count % CK_WIDTH != 0) {
        memset(narrow, 0, sizeof narrow);
        for (ptrdiff_t k = 0; k < some; k++)
          memcpy(narrow + k * CK_PANEL, right + k * ldb, (size_t)count * sizeof *narrow);
        right = narrow;
        distance = CK_PANEL;
      }
      outer_panel(a + start * lda, lda, right, distance, c + first, ldc, rows, count, some,
                  accumulate || start > 0);
    }
  }
}

static void pack_panel(const float *x, ptrdiff_t depth_distance, ptrdiff_t column_distance,
                       ptrdiff_t columns, ptrdiff_t depth, float *panel) {
  if (columns < CK_PANEL) memset(panel, 0, (size_t)(depth * CK_PANEL) * sizeof *panel);
  for (ptrdiff_t k = 0; k < depth; k++) {
    const float *row = x + k * depth_distance;
    float *to = panel + k * CK_PANEL;
    if (column_distance == 1)
      memcpy(to, row, (size_t)columns * sizeof *to);
    else
      for (ptrdiff_t i = 0; i < columns; i++) to[i] = row[i * column_distance];
  }
}

typedef int8_t vb __attribute__((ext_vector_type(CK_WIDTH)));

static void expand_bytes(const int8_t *x, const float *scales, ptrdiff_t depth, float *out) {
  vf first = load(scales), second = load(scales + CK_WIDTH);
  for (ptrdiff_t i = 0; i < depth * CK_PANEL; i += CK_PANEL) {
    vb left, right;
    memcpy(&left, x + i, sizeof left);
    memcpy(&right, x + i + CK_WIDTH, sizeof right);
    store(out + i, __builtin_convertvector(left, vf) * first);
    store(out + i + CK_WIDTH, __builtin_convertvector(right, vf) * second);
  }
}

// Adding 1.5 * 2^23 rounds to an integer, to even at ties, in the low bits.
static void quantise_bytes(const float *x, const float *inverse, ptrdiff_t depth, int8_t *out) {
  const vf magic = 12582912.0f;
  for (ptrdiff_t i = 0; i < depth * CK_PANEL; i += CK_WIDTH) {
    vf scaled = load(x + i) * load(inverse + i % CK_PANEL);
    vi steps = (vi)(max_(min_(scaled, (vf)127.0f), (vf)-127.0f) + magic) - (vi)magic;
    vb bytes = __builtin_convertvector(steps, vb);
    memcpy(out + i, &bytes, sizeof bytes);
  }
}
