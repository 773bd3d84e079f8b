import CPostgres
import Glibc
package import Jobs

/// Where the database is, as a URL that libpq reads; its password appears in no description.
package struct PostgresAddress: Sendable, CustomStringConvertible, CustomReflectable {
  private let url: String
  /// `postgres://host:port/name`, without user's secrets, for logs.
  package let description: String

  package var customMirror: Mirror { Mirror(self, children: []) }

  /// Throws where `url` is no `postgres://` or `postgresql://` URL that libpq understands.
  ///
  /// What the URL leaves out comes from libpq's own variables and files (PGUSER, PGPASSFILE …).
  package init(_ url: String) throws(JobStoreError) {
    guard Self.isAddress(url), let options = PQconninfoParse(url, nil) else {
      // Not libpq's own words: they may repeat the password.
      throw .failed(
        "the store's URL is not understood; write postgres://user@host:5432/database, with the"
          + " password in PGPASSWORD or a password file")
    }
    defer { PQconninfoFree(options) }
    self.url = url
    var found: [String: String] = [:]
    var option = options
    while let keyword = option.pointee.keyword {
      if let value = option.pointee.val { found[String(cString: keyword)] = String(cString: value) }
      option += 1
    }
    let host = found["host"] ?? found["hostaddr"] ?? "localhost"
    description = "postgres://\(host):\(found["port"] ?? "5432")/\(found["dbname"] ?? "")"
  }

  package static func isAddress(_ text: String) -> Bool {
    text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
  }

  /// Begins to connect; the URL may override what stands before it here.
  func start() -> OpaquePointer? {
    let parameters = [
      ("application_name", "byteedit"), ("client_encoding", "UTF8"),
      // A peer that vanished without a word is noticed after 25 seconds at most.
      ("keepalives", "1"), ("keepalives_idle", "10"), ("keepalives_interval", "5"),
      ("keepalives_count", "3"), ("tcp_user_timeout", "20000"), ("dbname", url),
    ]
    let names = parameters.map { strdup($0.0) }
    let values = parameters.map { strdup($0.1) }
    defer { (names + values).forEach { free($0) } }
    return PQconnectStartParams(
      names.map { UnsafePointer($0) } + [nil], values.map { UnsafePointer($0) } + [nil], 1)
  }
}
