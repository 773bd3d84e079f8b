import Compute
import Foundation
import Tensors

/// One side of the comparison of training steps: loads one network, then obeys its standard input.
///
/// Each command is a line and is answered with one; `compare_training.py` drives it and its peer in
/// turns.
///
///     training-steps MODEL unet|autoencoder SIDE BATCH[:MICRO] THREADS [--recompute]
///     run          one step; answers its seconds
///     save PATH    writes the losses of all steps so far, 32-bit floats
@main struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst().filter { $0 != "--recompute" }
    let batches = arguments.dropFirst(3).first?.split(separator: ":").compactMap { Int($0) } ?? []
    guard arguments.count == 5, let work = TrainingWork(rawValue: arguments[1]),
      let side = Int(arguments[2]), let threads = Int(arguments[4]),
      let batch = batches.first, let microBatch = batches.last, microBatch > 0,
      batch % microBatch == 0
    else {
      print("usage: training-steps MODEL unet|autoencoder SIDE BATCH[:MICRO] THREADS [--recompute]")
      exit(2)
    }
    try ThreadTeam.$current.withValue(ThreadTeam(threads: threads)) {
      let start = ContinuousClock.now
      let step = try work.prepare(
        arguments[0], side: side, batch: batch, microBatch: microBatch,
        recomputing: CommandLine.arguments.contains("--recompute"))
      BufferPool.shared.trim()
      answer("ready \((ContinuousClock.now - start).inSeconds)")
      try obey(step)
    }
  }

  private static func obey(_ step: () throws -> Float) throws {
    var losses: [Float] = []
    while let line = readLine() {
      if line == "run" {
        let start = ContinuousClock.now
        losses.append(try step())
        answer("\((ContinuousClock.now - start).inSeconds)")
      } else if line.hasPrefix("save ") {
        let data = losses.withUnsafeBytes { Data($0) }
        try data.write(to: URL(fileURLWithPath: String(line.dropFirst(5))))
        answer("saved")
      }
    }
  }

  private static func answer(_ line: String) {
    print(line)
    fflush(nil)
  }
}

extension Duration {
  var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
