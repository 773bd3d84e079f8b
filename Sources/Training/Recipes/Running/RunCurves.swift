import Plots

/// The curves of a run, as pictures in its folder.
struct RunCurves {
  let log: RunLog
  let title: String

  /// Replaces `loss.svg` and `accuracy.svg`.
  func write() throws(RecipeError) {
    let training = log.lines.map { LinePlot.Point(Double($0.step), $0.loss) }
    let loss = LinePlot(
      title: "\(title): loss", xLabel: "updates", yLabel: "loss",
      series: [.init("training", training)])
    try log.folder.write(loss.svg, to: "\(log.folder.path)/loss.svg")
    let right = log.lines.map { LinePlot.Point(Double($0.step), $0.accuracy) }
    let accuracy = LinePlot(
      title: "\(title): right judgements", xLabel: "updates", yLabel: "share",
      series: [.init("training", right), .init("held out", heldOut)],
      levels: [.init("chance", 0.5)], yRange: 0.4...1)
    try log.folder.write(accuracy.svg, to: "\(log.folder.path)/accuracy.svg")
  }

  private var heldOut: [LinePlot.Point] {
    log.lines.compactMap { line in
      guard let value = line.heldOut else { return nil }
      let interval: ClosedRange<Double>? =
        if let lower = line.heldOutLower, let upper = line.heldOutUpper, lower <= upper {
          lower...upper
        } else {
          nil
        }
      return LinePlot.Point(Double(line.step), value, interval: interval)
    }
  }
}
