import CLibFuzzer
import FuzzTargets
import Glibc

/// libFuzzer around the target that the environment's `FUZZ_TARGET` names.
@main enum Fuzzer {
  static let targetType: any FuzzTarget.Type = {
    let name = getenv("FUZZ_TARGET").map { String(cString: $0) } ?? ""
    guard let type = FuzzTargets.named(name) else {
      fatalError("FUZZ_TARGET must be one of \(FuzzTargets.all.map { $0.name })")
    }
    return type
  }()

  // Unchecked: libFuzzer calls from one thread alone.
  nonisolated(unsafe) private static let target: any FuzzTarget = {
    do { return try targetType.init() } catch { fatalError("no scratch folder: \(error)") }
  }()

  static func main() {
    var count = CommandLine.argc
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
    exit(LLVMFuzzerRunDriver(&count, &arguments, { Fuzzer.read($0, $1) }))
  }

  /// Reads one input; traps where the reader does not keep its promises.
  private static func read(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
    let verdict = target.read(Array(UnsafeBufferPointer(start: data, count: size)))
    if case .wrong(let fault) = verdict { fatalError(fault) }
    return 0
  }
}
