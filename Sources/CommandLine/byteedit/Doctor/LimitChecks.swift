import Foundation
import Glibc
import ServeSettings
import Sockets

/// Memory and file descriptors, as the system and its control groups allow them.
struct LimitChecks {
  let settings: ServeConfiguration
  var files = SystemFiles()

  func findings() -> [Finding] { [memory(), descriptors(Int(clamping: raiseDescriptorLimit()))] }

  /// What a worker needs beside the weights for one picture of a usual size.
  private static let perWorker = 512 << 20

  func memory() -> Finding {
    let limit = ControlGroupLimits(files).memory
    let total = files.memory("MemTotal")
    guard let all = [limit, total].compactMap(\.self).min() else {
      return .warning("memory", "not known", do: "mount /proc, from which it is read")
    }
    let resident =
      (files.field("VmHWM", in: "/proc/self/status") ?? "").split(separator: " ").first
      .flatMap { Int($0) }.map { $0 * 1024 } ?? 0
    let needed = resident + settings.workers * Self.perWorker
    var detail = "\(byteText(all)) \(limit == all ? "allowed by the control group" : "in all")"
    if let free = files.memory("MemAvailable") { detail += ", \(byteText(free)) available" }
    detail += "; model and judges took \(byteText(resident)) to load"
    guard needed > all else { return .ok("memory", detail) }
    return .warning(
      "memory", detail,
      do: "allow \(byteText(needed)) or more, lower workers, or keep the weights in fp16 or int8")
  }

  /// Descriptors beside those of connections: database, pictures, libraries.
  private static let ownDescriptors = 128

  func descriptors(_ limit: Int) -> Finding {
    let needed = settings.maxConnections + Self.ownDescriptors
    let detail = "\(limit) file descriptors for \(settings.maxConnections) connections"
    guard limit < needed else { return .ok("descriptors", detail) }
    return .warning(
      "descriptors", detail,
      do: "raise the hard limit to \(needed) (LimitNOFILE= in systemd, ulimit -Hn) or lower "
        + "max_connections")
  }
}
