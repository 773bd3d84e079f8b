// One instruction set's kernels. Expects CK_TABLE (the table's name) beside what vector.h expects.
#include "vector.h"

#include "elementwise.h"

#include "reduce.h"

#include "softmax.h"

#include "convert.h"

#include "gemm.h"

#include "winograd.h"

#include "pointwise.h"

#include "gradients.h"

#include "optimizer.h"

const ck_kernels CK_TABLE = {
    .add = add,
    .subtract = subtract,
    .multiply = multiply,
    .divide = divide,
    .scaled_add = scaled_add,
    .affine = affine,
    .exponential = exponential,
    .activate = activate,
    .activate_gradient = activate_gradient,
    .epilogue = epilogue,
    .geglu = geglu,
    .sum = sum,
    .squared_deviation = squared_deviation,
    .dot = dot,
    .layer_norm = layer_norm,
    .group_moments = group_moments,
    .channel_affine = channel_affine,
    .softmax = softmax,
    .softmax_step = softmax_step,
    .scale_rows = scale_rows,
    .matrix_vector = matrix_vector,
    .half_to_float = half_to_float,
    .float_to_half = float_to_half,
    .bfloat_to_float = bfloat_to_float,
    .float_to_bfloat = float_to_bfloat,
    .panel_columns = CK_PANEL,
    .pack_panel = pack_panel,
    .panel_product = panel_product,
    .expand_bytes = expand_bytes,
    .quantise_bytes = quantise_bytes,
    .winograd_weights = winograd_weights,
    .winograd_input = winograd_input,
    .winograd_output = winograd_output,
    .outer_products = outer_products,
    .winograd_flow = winograd_flow,
    .winograd_taps = winograd_taps,
    .pointwise = pointwise,
    .pointwise_gradient = pointwise_gradient,
    .maximum = maximum,
    .minimum = minimum,
    .larger_share = larger_share,
    .column_sums = column_sums,
    .layer_norm_gradient = layer_norm_gradient,
    .group_norm_flow = group_norm_flow,
    .group_norm_input = group_norm_input,
    .geglu_gradient = geglu_gradient,
    .row_dots = row_dots,
    .softmax_gradient = softmax_gradient,
    .log_softmax = log_softmax,
    .log_softmax_gradient = log_softmax_gradient,
    .attention_flow = attention_flow,
    .pool_line = pool_line,
    .spread_line = spread_line,
    .unpatch_line = unpatch_line,
    .adamw = adamw,
    .sum_of_squares = sum_of_squares,
    .approach = approach,
};
