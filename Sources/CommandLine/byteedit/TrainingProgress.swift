import Foundation
import Recipes

/// How a run goes, on standard error: one line drawn over itself on a terminal, a line each time
/// elsewhere.
struct TrainingProgress {
  let isQuiet: Bool
  private let isTerminal = isatty(2) == 1

  init(isQuiet: Bool) { self.isQuiet = isQuiet }

  func show(_ progress: TrainingRun.Progress) {
    guard !isQuiet else { return }
    var line =
      "update \(progress.step) of \(progress.steps)  loss \(fixed(progress.loss, 4))  "
      + "right \(fixed(100 * progress.accuracy, 1))%  "
      + "\(fixed(progress.samplesPerSecond, 1)) samples/s  "
      + "\(Self.clock(progress.secondsLeft)) left"
    if let heldOut = progress.heldOut {
      line += "  held out \(fixed(100 * heldOut.value, 1))%"
    }
    // What held-out data say stays to be read.
    let stays = progress.heldOut != nil || !isTerminal
    write(isTerminal ? "\r\u{1B}[K\(line)\(stays ? "\n" : "")" : line + "\n")
  }

  func finish(_ line: String) {
    guard !isQuiet else { return }
    write(isTerminal ? "\r\u{1B}[K\(line)\n" : line + "\n")
  }

  private func fixed(_ value: Double, _ digits: Int) -> String {
    String(format: "%.\(digits)f", value)
  }

  /// 75 as `1:15`, hours where there are any.
  private static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds < 1e7 else { return "?" }
    let whole = Int(max(0, seconds).rounded())
    let (hours, minutes, rest) = (whole / 3600, whole / 60 % 60, whole % 60)
    return hours > 0
      ? String(format: "%d:%02d:%02d", hours, minutes, rest)
      : String(format: "%d:%02d", minutes, rest)
  }

  private func write(_ text: String) {
    FileHandle.standardError.write(Data(text.utf8))
  }
}
