import Foundation
import Glibc

/// Reads the kernel's small files, below another root in tests.
struct SystemFiles: Sendable {
  var root = ""

  /// The trimmed text, or `nil` where there is none.
  func text(_ path: String) -> String? {
    let descriptor = open(root + path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // To the end: such files do not tell their size, and give a page at a time.
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
  }

  /// The value of `name: value` or `name : value` in a file such as /proc/cpuinfo; the first one.
  func field(_ name: String, in path: String) -> String? {
    for line in text(path)?.split(separator: "\n") ?? [] {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name {
        return parts[1].trimmingCharacters(in: .whitespaces)
      }
    }
    return nil
  }

  /// A field of /proc/meminfo in bytes.
  func memory(_ name: String) -> Int? {
    field(name, in: "/proc/meminfo")?.split(separator: " ").first.flatMap { Int($0) }
      .map { $0 * 1024 }
  }
}

/// What the control groups above this process allow it (cgroups(7), versions 1 and 2).
struct ControlGroupLimits: Equatable {
  /// Bytes of memory; `nil` = no limit.
  var memory: Int?
  /// Processors' worth of time; `nil` = no limit.
  var processors: Double?

  init(_ files: SystemFiles = SystemFiles()) {
    for folder in Self.folders(files) {
      let memory =
        files.text(folder.memory + "/memory.max")
        ?? files.text(folder.memory + "/memory.limit_in_bytes")
      // Version 1 writes a number near the largest one where there is no limit.
      if let bytes = memory.flatMap({ Int($0) }), bytes < 1 << 60 {
        self.memory = min(self.memory ?? bytes, bytes)
      }
      if let share = Self.processors(files, folder.processors) {
        processors = min(processors ?? share, share)
      }
    }
  }

  private static func processors(_ files: SystemFiles, _ folder: String) -> Double? {
    var quota: Double?
    var period: Double?
    if let text = files.text(folder + "/cpu.max") {
      let parts = text.split(separator: " ")
      quota = parts.first.flatMap { Double($0) }
      period = parts.last.flatMap { Double($0) }
    } else {
      quota = files.text(folder + "/cpu.cfs_quota_us").flatMap { Double($0) }
      period = files.text(folder + "/cpu.cfs_period_us").flatMap { Double($0) }
    }
    guard let quota, let period, quota > 0, period > 0 else { return nil }
    return quota / period
  }

  /// This process's group and all above it; a limit of any of them counts.
  private static func folders(
    _ files: SystemFiles
  ) -> [(memory: String, processors: String)] {
    let base = "/sys/fs/cgroup"
    var folders = [(base, base), (base + "/memory", base + "/cpu")]
    let own = files.text("/proc/self/cgroup")?.split(separator: "\n")
      .first { $0.hasPrefix("0::") }?.dropFirst(3)
    var path = base
    for part in own?.split(separator: "/") ?? [] {
      path += "/" + part
      folders.append((path, path))
    }
    return folders
  }
}

/// `1.5 GiB`, `20 MiB`, `7.5 KiB`.
func byteText(_ bytes: Int) -> String {
  var value = Double(bytes) / 1024
  var unit = "KiB"
  for larger in ["MiB", "GiB", "TiB"] where value >= 1024 {
    value /= 1024
    unit = larger
  }
  return String(format: value >= 100 ? "%.0f" : "%.1f", value) + " " + unit
}
