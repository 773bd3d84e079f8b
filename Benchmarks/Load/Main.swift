import CLoad
import Glibc

@main
enum Main {
  static func main() {
    guard let options = Options(CommandLine.arguments) else { return fail(Options.usage) }
    _ = load_raise_descriptor_limit()
    if let core = options.core, load_pin(Int32(core)) != 0 { return fail("no core \(core)") }
    do throws(LoadError) {
      if options.mode == "run" {
        var run = try LoadRun(options)
        print(try run.measure())
      } else {
        var run = try SlowRun(options)
        print(try run.hold())
      }
    } catch {
      fail("\(error.reason)")
    }
  }

  private static func fail(_ reason: String) {
    let line = reason + "\n"
    _ = line.withCString { write(2, $0, strlen($0)) }
    exit(1)
  }
}

struct LoadError: Error {
  let reason: String

  init(_ reason: String) { self.reason = reason }

  /// Passes a descriptor on; throws what a negative error number means.
  static func checked(_ result: Int32, _ what: String) throws(LoadError) -> Int32 {
    guard result < 0 else { return result }
    throw LoadError("\(what): \(String(cString: strerror(-result)))")
  }
}

/// Tells a driver that everything is open, and waits until it has looked.
func pauseForDriver() {
  print("open")
  fflush(nil)
  _ = readLine()
}

/// The bytes of a file, nil where it cannot be read.
func contents(of path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 65_536)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    if count == 0 { return bytes }
    bytes += buffer[..<count]
  }
}
