/// One thing that the doctor looked at.
struct Finding: Encodable, Equatable, Sendable {
  enum Status: String, Encodable, Comparable, Sendable {
    case ok
    /// Works, and could work better or may stop working.
    case warning
    /// Broken.
    case failed

    private var severity: Int {
      switch self {
      case .ok: 0
      case .warning: 1
      case .failed: 2
      }
    }

    static func < (left: Status, right: Status) -> Bool { left.severity < right.severity }
  }

  /// What was looked at, in one or two words.
  let check: String
  let status: Status
  let detail: String
  /// What to do about it; there unless `ok`.
  let advice: String?

  static func ok(_ check: String, _ detail: String) -> Finding {
    Finding(check: check, status: .ok, detail: detail, advice: nil)
  }

  static func warning(_ check: String, _ detail: String, do advice: String) -> Finding {
    Finding(check: check, status: .warning, detail: detail, advice: advice)
  }

  static func failed(_ check: String, _ detail: String, do advice: String) -> Finding {
    Finding(check: check, status: .failed, detail: detail, advice: advice)
  }
}

/// Everything that was found, as it is printed.
struct Diagnosis: Encodable, Sendable {
  let status: Finding.Status
  let findings: [Finding]

  init(_ findings: [Finding]) {
    self.findings = findings
    status = findings.map(\.status).max() ?? .ok
  }

  /// A line a finding, with what to do below it.
  var text: String {
    let width = findings.map(\.check.count).max() ?? 0
    var lines: [String] = []
    for finding in findings {
      let mark =
        finding.status == .ok ? "ok     " : finding.status == .warning ? "warning" : "FAILED "
      let padding = String(repeating: " ", count: width - finding.check.count)
      lines.append("\(mark)  \(finding.check)\(padding)  \(finding.detail)")
      if let advice = finding.advice {
        lines.append(String(repeating: " ", count: width + 11) + "-> " + advice)
      }
    }
    let count = { (status: Finding.Status) in findings.count { $0.status == status } }
    lines.append("\(count(.failed)) failed, \(count(.warning)) warnings, \(count(.ok)) ok")
    return lines.joined(separator: "\n")
  }
}
