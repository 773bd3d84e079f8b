import ArgumentParser
import Foundation

/// Asks a service how it is; for health checks where no other client is installed.
struct HealthCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "health",
    abstract: "Ask a running service whether it is ready.",
    discussion: """
      Sends one GET over plain HTTP and exits with 0 when the answer is 200, else with 1. Made for \
      the HEALTHCHECK of a container image.
      """)

  @Argument(help: "http://host:port/path; /readyz on this machine and BYTEEDIT_PORT if not given.")
  var url: String?

  @Option(help: "Seconds to wait for the answer.")
  var timeout = 3

  func validate() throws {
    guard (1...300).contains(timeout) else {
      throw ValidationError("--timeout must be from 1 to 300 seconds")
    }
    _ = try target()
  }

  func run() throws {
    let answer = try HealthProbe(target: target(), timeout: timeout).answer()
    print(answer.body)
    if answer.status != 200 { throw ExitCode.failure }
  }

  private func target() throws -> HealthProbe.Target {
    let port = ProcessInfo.processInfo.environment["BYTEEDIT_PORT"] ?? "8080"
    let text = url ?? "http://127.0.0.1:\(port)/readyz"
    guard let target = HealthProbe.Target(text) else {
      throw ValidationError("'\(text)' is no URL of the form http://host:port/path")
    }
    return target
  }
}
