import ArgumentParser
import Foundation
import ServeSettings
import TLS

/// Asks a service how it is; for health checks where no other client is installed.
struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Ask a running service whether it is ready.",
    discussion: """
      Sends one GET and exits with 0 when the answer is 200, else with 1. Made for the HEALTHCHECK \
      of a container image: without a URL it asks this machine by the settings of the environment \
      and of BYTEEDIT_CONFIG, on management_port in clear text where that is set, else on port, over \
      TLS where tls_certificate is set (which is not checked then: it is this machine).
      """)

  @Argument(help: "http:// or https://host:port/path; /readyz on this machine if not given.")
  var url: String?

  @Option(help: "Seconds to wait for the answer.")
  var timeout = 3

  @Option(help: "PEM file of the authorities to believe, instead of the system's.")
  var ca: String?

  @Flag(help: "Believe any certificate.")
  var insecure = false

  func validate() throws {
    guard (1...300).contains(timeout) else {
      throw ValidationError("--timeout must be from 1 to 300 seconds")
    }
    guard ca == nil || !insecure else {
      throw ValidationError("--ca and --insecure exclude each other")
    }
    _ = try target()
  }

  func run() throws {
    let answer = try HealthProbe(target: target(), timeout: timeout, trust: trust).answer()
    print(answer.body)
    if answer.status != 200 { throw ExitCode.failure }
  }

  private var trust: TLSClientContext.Trust {
    if let ca { return .file(ca) }
    return insecure || url == nil ? .anybody : .system
  }

  private func target() throws -> HealthProbe.Target {
    let text = try url ?? Self.ownURL(SettingsSource().read())
    guard let target = HealthProbe.Target(text) else {
      throw ValidationError("'\(text)' is no URL of the form http://host:port/path")
    }
    return target
  }

  /// Where the service on this machine says how it is, by its own settings.
  static func ownURL(_ settings: ServeConfiguration) -> String {
    if let port = settings.managementPort { return "http://127.0.0.1:\(port)/readyz" }
    let scheme = settings.tlsCertificate == nil ? "http" : "https"
    return "\(scheme)://127.0.0.1:\(settings.port)/readyz"
  }
}
