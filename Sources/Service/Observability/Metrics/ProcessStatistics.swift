import Glibc

/// What the kernel says about this process, under the names Prometheus clients agree on.
package struct ProcessStatistics {
  let root: String

  /// - Parameter root: where procfs is mounted; another folder in tests.
  package init(root: String = "/proc") {
    self.root = root
  }

  /// The readings that can be had here; what cannot be read is left out.
  package func readings() -> [GaugeReading] {
    var readings: [GaugeReading] = []
    if let fields = statFields(), fields.count > 21 {
      let ticks = Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
      if let user = Double(fields[11]), let system = Double(fields[12]) {
        readings.append(GaugeReading(MetricCatalogue.processorTime, (user + system) / ticks))
      }
      if let start = Double(fields[19]), let boot = bootTime() {
        readings.append(GaugeReading(MetricCatalogue.startTime, boot + start / ticks))
      }
      if let pages = Double(fields[21]) {
        let bytes = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
        readings.append(GaugeReading(MetricCatalogue.residentMemory, bytes))
      }
    }
    if let count = openDescriptors() {
      readings.append(GaugeReading(MetricCatalogue.openDescriptors, Double(count)))
    }
    var limit = rlimit()
    if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
      readings.append(GaugeReading(MetricCatalogue.maximumDescriptors, Double(limit.rlim_cur)))
    }
    return readings
  }

  /// The fields of `stat` from the third on; the name before may hold anything (proc(5)).
  private func statFields() -> [Substring]? {
    guard let text = read("self/stat"), let end = text.lastIndex(of: ")") else { return nil }
    return text[text.index(after: end)...].split(separator: " ")
  }

  private func bootTime() -> Double? {
    read("stat")?.split(separator: "\n").first { $0.hasPrefix("btime ") }
      .flatMap { Double($0.dropFirst("btime ".count)) }
  }

  private func openDescriptors() -> Int? {
    guard let folder = opendir(root + "/self/fd") else { return nil }
    defer { closedir(folder) }
    var count = -1  // the folder itself is open while it is read
    while let entry = readdir(folder) {
      if entry.pointee.d_name.0 != CChar(UInt8(ascii: ".")) { count += 1 }
    }
    return count
  }

  private func read(_ name: String) -> String? {
    let descriptor = open(root + "/" + name, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
