import Foundation

/// A progress bar on standard error: drawn over itself on a terminal, a line a stage elsewhere.
struct ProgressBar {
  private let isTerminal = isatty(2) == 1
  private let width = 28

  func show(step: Int, of total: Int, candidate: Int, candidates: Int) {
    guard isTerminal, total > 0 else { return }
    let filled = width * step / total
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let which = candidates > 1 ? "  candidate \(candidate + 1) of \(candidates)" : ""
    write("\r\(bar)  step \(step) of \(total)\(which) ")
  }

  func finish(_ line: String) {
    write(isTerminal ? "\r\u{1B}[K\(line)\n" : line + "\n")
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
