import Checkpoints
import Compute
import Foundation
import Tensors

/// One side of the full-size comparison: loads one network, then obeys its standard input.
///
/// Each command is a line and is answered with one; `compare.py` drives it and its peer in turns.
///
///     full-size MODEL text|unet|encode|decode PIXELS BATCH THREADS
///     run          one pass; answers its seconds
///     save PATH    writes the last result, 32-bit floats, channels last
@main struct Main {
  static func main() throws {
    let arguments = CommandLine.arguments.dropFirst()
    let numbers = arguments.suffix(3).compactMap { Int($0) }
    guard arguments.count == 5, numbers.count == 3,
      let work = Work(rawValue: CommandLine.arguments[2])
    else {
      print("usage: full-size MODEL text|unet|encode|decode PIXELS BATCH THREADS")
      exit(2)
    }
    try ThreadTeam.$current.withValue(ThreadTeam(threads: numbers[2])) {
      let start = ContinuousClock.now
      let pass = try work.prepare(
        try ModelFolder(path: CommandLine.arguments[1]), size: numbers[0], batch: numbers[1])
      BufferPool.shared.trim()
      answer("ready \((ContinuousClock.now - start).inSeconds)")
      try obey(pass)
    }
  }

  private static func obey(_ pass: () throws -> Tensor) throws {
    var result = Tensor(0)
    while let line = readLine() {
      if line == "run" {
        let start = ContinuousClock.now
        result = try pass()
        answer("\((ContinuousClock.now - start).inSeconds)")
      } else if line.hasPrefix("save ") {
        let data = result.values.withUnsafeBytes { Data($0) }
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
