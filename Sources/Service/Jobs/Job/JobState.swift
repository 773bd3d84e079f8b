/// Where a job stands; the last four are final.
package enum JobState: String, CaseIterable, Codable, Sendable, Hashable {
  case queued
  case running
  case succeeded
  case failed
  case canceled
  case expired

  package var isFinal: Bool {
    switch self {
    case .queued, .running: false
    case .succeeded, .failed, .canceled, .expired: true
    }
  }
}
