import Compute
import Foundation
package import Models
package import Sockets

/// Everything `byteedit serve` can be told, from three sources: options win over the environment
/// (`BYTEEDIT_<KEY>`), which wins over the configuration file, which wins over the defaults.
package struct ServeConfiguration: Sendable, Equatable {
  package var host = "127.0.0.1"
  package var port = 8080
  /// Where health and metrics are answered without TLS and keys: a worker always does so.
  package var managementPort: Int?
  /// PEM files of the server's certificate chain and its key; both or none.
  package var tlsCertificate: String?
  package var tlsKey: String?
  /// A PEM file of the authorities of clients' certificates.
  package var tlsClientAuthorities: String?
  /// Whether clients show certificates: `none`, `optional` or `required`.
  package var tlsClientCertificates = "none"
  /// A PostgreSQL database's URL; `nil` is SQLite in the data directory.
  package var store: String?
  package var dataDirectory = "byteedit-data"
  /// A model folder; `nil` is the embedded editor.
  package var model: String?
  /// How the model's weights are kept, by its name in receipts.
  package var weights = WeightStorage.float32.rawValue
  /// Adapters of the model, merged or for requests to name.
  package var adapters: [AdapterSource] = []
  /// A folder of judges, or `off`; `nil` is the embedded ones.
  package var judges: String?
  /// Other judges, or `off`.
  package var aesthetic: String?
  package var alignment: String?
  package var coherence: String?
  /// Pictures of `POST /v1/scores` that may wait.
  package var scoreQueue = 16
  /// Mebibytes of decoded pictures that are kept from their check to their edit.
  package var pictureCacheMebibytes = 64
  package var workers = 1
  /// Threads that one edit computes on; 0 shares the machine's cores among the workers.
  package var threads = 0
  package var queueLimit = 256
  package var maxBodyMebibytes = 64
  package var maxMegapixels = 50
  package var maxConnections = 4096
  package var connectionsPerAddress = 256
  /// The deadlines and least rate of a connection (`HTTPLimits`).
  package var headerSeconds = 15
  package var idleSeconds = 75
  package var transferGraceSeconds = 20
  package var minimumBytesPerSecond = 256
  /// Submissions that arrive or are checked at one time from one address.
  package var submissionsPerAddress = 64
  /// Requests of one address that are not let in before it is told no more why.
  package var authFailuresPerMinute = 60
  /// Whose word on a client's address is taken.
  package var trustedProxies: [NetworkRange] = []
  /// The keys file; `nil` asks nobody for a key.
  package var keys: String?
  /// Hours that a job and its pictures are kept after it ended.
  package var retentionHours = 24
  /// Mebibytes that pictures and job database may take; 0 = as many as the disk has.
  package var dataQuotaMebibytes = 0
  package var leaseSeconds = 30
  /// Seconds between two checkpoints of a running edit; 0 = none.
  package var checkpointSeconds = 10
  package var maxAttempts = 3
  /// Seconds that running edits are given to finish at shutdown before they are handed back.
  package var drainSeconds = 20
  package var logLevel = "info"
  package var logFormat = "json"
  package var logPrompts = false
  package var provenance = true
  package var insecureNoAuth = false
  /// Whether an OpenAI-shaped request must name a model that is served.
  package var strictModel = false
  /// What links are built from; `nil` gives links without scheme and host.
  package var publicURL: String?
  package var webhooks = WebhookSettings()

  package init() {}
}

extension ServeConfiguration {
  /// Joins the three sources; an unknown name is refused in the file, and left alone in the
  /// environment, where others put variables too (see `unknownVariables`).
  package static func resolve(
    options: [String: String], environment: [String: String], file: [String: String]
  ) throws -> ServeConfiguration {
    let keys = Dictionary(uniqueKeysWithValues: ServeKey.all.map { ($0.name, $0) })
    var configuration = ServeConfiguration()
    let variables = settings(in: environment).filter { keys[$0.key] != nil }
    for source in [file, variables, options] {
      for (name, value) in source.sorted(by: { $0.key < $1.key }) {
        guard let key = keys[name] else {
          throw ServeConfigurationError(
            description: "'\(name)' is no setting of byteedit serve; the settings are "
              + ServeKey.all.map(\.name).joined(separator: ", "))
        }
        try key.read(value, &configuration)
      }
    }
    return configuration
  }

  /// Variables that look like settings and are none: a misspelling, perhaps.
  package static func unknownVariables(_ environment: [String: String]) -> [String] {
    let keys = Set(ServeKey.all.map(\.name))
    return settings(in: environment).keys.filter { !keys.contains($0) }
      .map { prefix + $0.uppercased() }.sorted()
  }

  private static let prefix = "BYTEEDIT_"

  /// The environment's settings by their keys' names.
  private static func settings(in environment: [String: String]) -> [String: String] {
    let named = environment.filter { $0.key.hasPrefix(prefix) && !reserved.contains($0.key) }
    return Dictionary(
      named.map { ($0.key.dropFirst(prefix.count).lowercased(), $0.value) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Variables of the prefix that are not settings of the server.
  private static let reserved: Set = ["BYTEEDIT_KERNELS", "BYTEEDIT_CONFIG"]
}
