import Compute
import Foundation
import Layers
import Tensors

/// Times layers at the shapes of a full-size SD 1.5, one line each: name, milliseconds, GFLOP/s by
/// the clock, and milliseconds of processor time, which a busy machine disturbs less.
///
///     swift run -c release layers [threads] [name part]
///     python3 peers/layers.py [threads] [name part]
@main struct Main {
  static func main() {
    let threads = CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 2
    let wanted = CommandLine.arguments.dropFirst(2).first ?? ""
    print("# kernels \(KernelSet.active.rawValue), OpenBLAS \(BLAS.coreName), \(threads) threads")
    ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
      for item in Item.all where item.name.contains(wanted) || wanted.isEmpty { report(item) }
    }
  }

  /// The best of some runs after two to warm up.
  static func report(_ item: Item) {
    let run = item.prepare()
    for _ in 0..<2 { run() }
    let clock = ContinuousClock()
    let start = clock.now
    var (count, best, processor) = (0, Double.infinity, Double.infinity)
    while count < 5 || (clock.now - start < .milliseconds(700) && count < 40) {
      let before = processorTime()
      let time = clock.measure(run)
      processor = min(processor, processorTime() - before)
      best = min(
        best, Double(time.components.attoseconds) * 1e-18 + Double(time.components.seconds))
      count += 1
    }
    let name = item.name.padding(toLength: 34, withPad: " ", startingAt: 0)
    let rate = item.operations / best * 1e-9
    print(name, String(format: "%9.3f ms %8.1f %9.3f ms", best * 1e3, rate, processor * 1e3))
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}
