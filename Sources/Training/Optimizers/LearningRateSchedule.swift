import Glibc

/// How the learning rate changes over a run, as a factor of its highest value.
package enum LearningRateSchedule: Sendable, Equatable {
  case constant
  /// Rises linearly from 0 over `warmup` steps, then falls along half a cosine to 0 at `steps`
  /// (diffusers `get_cosine_schedule_with_warmup`).
  case warmupCosine(warmup: Int, steps: Int)

  /// The factor of a step, from 0 to 1; the first step is number 0.
  package func factor(at step: Int) -> Double {
    guard case .warmupCosine(let warmup, let steps) = self else { return 1 }
    guard step >= warmup else { return Double(step) / Double(max(1, warmup)) }
    let progress = Double(step - warmup) / Double(max(1, steps - warmup))
    return progress >= 1 ? 0 : max(0, 0.5 * (1 + cos(Double.pi * progress)))
  }
}
