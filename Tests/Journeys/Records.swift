import Foundation
import TestSupport
import Testing

extension Server {
  /// What `/metrics` says now, read strictly.
  func metrics() throws -> ExpositionParser {
    let answer = try Client(port: port).get("/metrics")
    guard answer.status == 200 else { throw JourneyError("status \(answer.status)") }
    return try ExpositionParser(String(decoding: answer.body, as: UTF8.self))
  }

  /// The lines of the log, each as what it says by name.
  func log() throws -> [[String: String]] {
    let text = try String(contentsOfFile: dataDirectory + ".log", encoding: .utf8)
    return try text.split(separator: "\n").map { line in
      let object = try JSONSerialization.jsonObject(with: Data(line.utf8))
      return try #require(object as? [String: Any]).mapValues { "\($0)" }
    }
  }

  /// The lines about a job.
  func log(of job: String) throws -> [[String: String]] {
    try log().filter { $0["job_id"] == job }
  }
}

/// Waits until something holds; a step that throws does not hold yet.
func eventually(
  _ what: String = "it", within seconds: Int = 600, _ condition: () throws -> Bool
) throws {
  for _ in 0..<seconds * 10 {
    if (try? condition()) == true { return }
    usleep(100_000)
  }
  throw JourneyError("\(what) never came to pass")
}
