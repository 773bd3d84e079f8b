import Locks
import Metrics

/// The values of one metric under one set of labels.
protocol Series: AnyObject, Sendable {
  /// Lines of the exposition for a metric's name and label text.
  func samples() -> [Sample]
}

/// One line of the exposition: `name suffix {labels, bound} value`.
struct Sample {
  var suffix = ""
  var bound: Double?
  let value: Double
}

/// A number that goes up, or up and down.
final class NumberSeries: Series, CounterHandler, FloatingPointCounterHandler, MeterHandler {
  private let value = Lock<Double>(0)

  func samples() -> [Sample] { [Sample(value: value.withLock { $0 })] }

  func increment(by amount: Int64) { increment(by: Double(amount)) }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func set(_ amount: Int64) { set(Double(amount)) }
  func set(_ amount: Double) { value.withLock { $0 = amount } }
  func reset() { set(0.0) }
}

extension NumberSeries: RecorderHandler {
  /// A recorder that does not aggregate is a gauge.
  func record(_ amount: Int64) { set(amount) }
  func record(_ amount: Double) { set(amount) }
}

/// Counts observations in buckets.
final class HistogramSeries: Series, TimerHandler, RecorderHandler {
  private struct State {
    var counts: [UInt64]
    var sum = 0.0
  }

  private let bounds: [Double]
  private let state: Lock<State>

  init(bounds: [Double]) {
    self.bounds = bounds
    state = Lock(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) * 1e-9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
    state.withLock {
      $0.counts[bucket] += 1
      $0.sum += value
    }
  }

  func samples() -> [Sample] {
    let state = state.withLock { $0 }
    var total: UInt64 = 0
    var samples = zip(bounds + [.infinity], state.counts).map { bound, count in
      total += count
      return Sample(suffix: "_bucket", bound: bound, value: Double(total))
    }
    samples.append(Sample(suffix: "_sum", value: state.sum))
    samples.append(Sample(suffix: "_count", value: Double(total)))
    return samples
  }
}
