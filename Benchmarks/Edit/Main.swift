import Compute
import Editing
import Foundation
import Rewards

/// Times whole edits inside one process, stage by stage.
///
///     edit-stages MODEL IMAGE MASK PROMPT [EDITS] [THREADS] [JUDGES] [RESOLUTION]
@main struct Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count >= 4 else {
      print("usage: edit-stages MODEL IMAGE MASK PROMPT [EDITS] [THREADS] [JUDGES] [RESOLUTION]")
      exit(2)
    }
    let edits = max(1, arguments.count > 4 ? Int(arguments[4]) ?? 20 : 20)
    let threads = arguments.count > 5 ? Int(arguments[5]) ?? 2 : 2
    var request = EditRequest(
      image: [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[1]))),
      mask: [UInt8](try Data(contentsOf: URL(fileURLWithPath: arguments[2]))))
    request.prompt = arguments[3]
    let judges = arguments.count > 6 && arguments[6] != "off" ? arguments[6] : nil
    request.resolution = arguments.count > 7 ? Int(arguments[7]) : nil
    try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
      let start = ContinuousClock.now
      let editor = Editor(
        model: try EditorModel(folder: arguments[0], name: "benchmark"),
        judges: try Judges(JudgeSources(folder: judges)), build: "benchmark")
      let loading = (ContinuousClock.now - start).inSeconds
      print("# kernels \(KernelSet.active.rawValue), OpenBLAS \(BLAS.coreName), \(threads) threads")
      try measure(editor, request, edits: edits, loading: loading)
    }
  }

  private static func measure(
    _ editor: Editor, _ request: EditRequest, edits: Int, loading: Double
  ) throws {
    let first = try time(editor, request)
    let fresh = BufferPool.shared.freshAllocations
    let runs = try (0..<edits).map { _ in try time(editor, request) }
    report("load the model", [loading])
    report("first edit", [first.total])
    for stage in EditStage.allCases {
      report("  " + stage.rawValue, runs.map { $0.stages[stage] ?? 0 })
    }
    report("edit", runs.map(\.total))
    report("edit, processor", runs.map(\.processor))
    print("fresh buffers after the first edit: \(BufferPool.shared.freshAllocations - fresh)")
  }

  private struct Run {
    let total: Double
    let processor: Double
    let stages: [EditStage: Double]
  }

  private static func time(_ editor: Editor, _ request: EditRequest) throws -> Run {
    let (start, processor) = (ContinuousClock.now, processorTime())
    let result = try editor.edit(request)
    return Run(
      total: (ContinuousClock.now - start).inSeconds, processor: processorTime() - processor,
      stages: result.timings)
  }

  /// Median and best, in milliseconds.
  private static func report(_ name: String, _ seconds: [Double]) {
    let sorted = seconds.sorted()
    let label = name.padding(toLength: 18, withPad: " ", startingAt: 0)
    print(
      label,
      String(
        format: "median %8.1f ms   best %8.1f ms", sorted[sorted.count / 2] * 1e3, sorted[0] * 1e3))
  }

  private static func processorTime() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
