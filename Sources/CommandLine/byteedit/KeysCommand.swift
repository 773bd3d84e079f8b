import Access
import ArgumentParser
import Foundation
import Jobs

/// The keys file, for those who run the service.
struct KeysCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "keys",
    abstract: "Make, list and disable API keys.",
    discussion: """
      The keys are kept in one YAML or JSON file, hashed; 'byteedit serve --keys FILE' asks callers \
      for them and reads the file again on SIGHUP. Each command writes the file whole or not at \
      all; comments in it are lost.
      """,
    subcommands: [Create.self, List.self, Disable.self])

  struct FileOption: ParsableArguments {
    @Option(help: "The keys file (or BYTEEDIT_KEYS).", completion: .file()) var keys: String?

    func path() throws -> String {
      guard let path = keys ?? ProcessInfo.processInfo.environment["BYTEEDIT_KEYS"] else {
        throw ValidationError("name the keys file: --keys FILE")
      }
      return path
    }
  }

  struct Create: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Make a key and print its secret, this once.",
      discussion: """
        The secret alone goes to standard output. It cannot be read back: the file has its SHA-256.
        """)

    @OptionGroup var file: FileOption
    @Argument(help: "How logs and you name the key: 1 to 64 of a-z, 0-9, '.', '_' and '-'.")
    var id: String
    @Option(help: "edit, read or admin; several times for several. Without: edit and read.")
    var scope: [Scope] = []
    @Option(help: "Whose jobs its jobs are, for keys that share them; its own without.")
    var owner: String?
    @Option(help: "Jobs that may be queued and running at one time.") var jobsInFlight: Int?
    @Option(help: "Requests within a minute.") var requestsPerMinute: Int?
    @Option(help: "Days from now after which the key expires.") var expiresInDays: Int?
    @Option(help: "What the key is for.") var note: String?

    func validate() throws {
      for (name, text) in [("id", id), ("--owner", owner ?? id)] where !APIKey.isName(text) {
        throw ValidationError("\(name): 1 to 64 of a-z, 0-9, '.', '_' and '-'")
      }
      let limits = [
        ("--jobs-in-flight", jobsInFlight, KeyQuota.range),
        ("--requests-per-minute", requestsPerMinute, KeyQuota.range),
        ("--expires-in-days", expiresInDays, 1...36_500),
      ]
      for case (let name, let value?, let range) in limits where !range.contains(value) {
        throw ValidationError(
          "\(name): a whole number from \(range.lowerBound) to \(range.upperBound)")
      }
    }

    func run() throws {
      let secret = KeySecret.random()
      guard let digest = KeyDigest(of: secret) else {
        throw ValidationError("OpenSSL refuses to compute a SHA-256")
      }
      var key = APIKey(
        id: id, digest: digest, owner: owner, scopes: scope.isEmpty ? [.edit, .read] : Set(scope))
      key.quota = KeyQuota(jobsInFlight: jobsInFlight, requestsPerMinute: requestsPerMinute)
      let now = SystemWallClock().now()
      key.createdAt = now
      key.expiresAt = expiresInDays.map { now + .seconds($0 * 86_400) }
      key.note = note
      try KeyFile.update(path: file.path()) { keys throws(KeyFileError) in try keys.add(key) }
      print(secret.text)
      remark("Keep it: it is not shown again. Send the server SIGHUP to put the key in force.")
    }
  }

  struct List: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the keys, without secrets.")

    @OptionGroup var file: FileOption

    func run() throws {
      let now = SystemWallClock().now()
      let rows = try KeyFile(path: file.path()).keys.map { key in
        [
          key.id, key.state(at: now).rawValue, key.scopes.text, key.owner,
          key.quota.jobsInFlight.map(String.init) ?? "-",
          key.quota.requestsPerMinute.map(String.init) ?? "-",
          key.createdAt?.rfc3339 ?? "-", key.expiresAt?.rfc3339 ?? "-", key.note ?? "",
        ]
      }
      let head = [
        "ID", "STATE", "SCOPES", "OWNER", "JOBS", "PER MINUTE", "CREATED", "EXPIRES", "NOTE",
      ]
      print(Self.table([head] + rows))
    }

    /// Columns two blanks apart; control characters of a note are left out.
    static func table(_ rows: [[String]]) -> String {
      let rows = rows.map { $0.map { String($0.unicodeScalars.filter { $0.value >= 0x20 }) } }
      let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
      return rows.map { row in
        zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
          .joined(separator: "  ").trimmingCharacters(in: .whitespaces)
      }.joined(separator: "\n")
    }
  }

  struct Disable: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Switch a key off; its jobs stay.")

    @OptionGroup var file: FileOption
    @Argument(help: "The key's id.") var id: String

    func run() throws {
      try KeyFile.update(path: file.path()) { keys throws(KeyFileError) in try keys.disable(id) }
      remark("'\(id)' is disabled. Send the server SIGHUP to put that in force.")
    }
  }
}

extension Scope: ExpressibleByArgument {}

/// For the person at the terminal, not for whoever reads the output.
private func remark(_ text: String) {
  FileHandle.standardError.write(Data((text + "\n").utf8))
}
