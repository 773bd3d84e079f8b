import Digests
import Foundation
import Glibc

/// Which system libraries the process runs with.
struct LibraryChecks {
  var files = SystemFiles()

  private static let wanted = [
    "libopenblas", "libjpeg", "libpng", "liblcms2", "libsqlite3", "libcrypto",
  ]

  func findings() -> [Finding] {
    let loaded = Self.wanted.map { name in (name, file(of: name)) }
    let missing = loaded.filter { $0.1 == nil }.map(\.0)
    let detail =
      loaded.compactMap(\.1).joined(separator: ", ") + "; \(OpenSSLLibrary.version); "
      + Self.systemLibrary
    guard missing.isEmpty else {
      return [
        .failed(
          "libraries", "not loaded: \(missing.joined(separator: ", ")); \(detail)",
          do: "install the runtime packages that docs/deployment.md names")
      ]
    }
    return [.ok("libraries", detail)]
  }

  /// Name and version of the C library, for example `glibc 2.36` (confstr(3)).
  private static var systemLibrary: String {
    var name = [CChar](repeating: 0, count: 64)
    guard confstr(Int32(_CS_GNU_LIBC_VERSION), &name, name.count) > 0 else { return "C library" }
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The file that is mapped into the process, by its full version where the system names one.
  func file(of library: String) -> String? {
    for line in files.text("/proc/self/maps")?.split(separator: "\n") ?? [] {
      guard let slash = line.firstIndex(of: "/") else { continue }
      let name = line[slash...].split(separator: "/").last ?? ""
      if name.hasPrefix(library) { return String(name) }
    }
    return nil
  }
}
