/// Curves over a common axis, as an SVG picture that is readable on light and on dark ground.
package struct LinePlot: Sendable {
  package struct Point: Sendable, Equatable {
    package var x: Double
    package var y: Double
    /// Where the true value lies, if that is known: drawn as a band.
    package var interval: ClosedRange<Double>?

    package init(_ x: Double, _ y: Double, interval: ClosedRange<Double>? = nil) {
      self.x = x
      self.y = y
      self.interval = interval
    }
  }

  /// One curve; points that are no finite numbers leave a gap.
  package struct Series: Sendable {
    package var name: String
    package var points: [Point]

    package init(_ name: String, _ points: [Point]) {
      self.name = name
      self.points = points
    }
  }

  /// A level to compare with: chance, a goal.
  package struct Level: Sendable {
    package var name: String
    package var y: Double

    package init(_ name: String, _ y: Double) {
      self.name = name
      self.y = y
    }
  }

  package var title: String
  package var xLabel: String
  package var yLabel: String
  package var series: [Series]
  package var levels: [Level]
  /// What the vertical axis shows at least; what the points need without it.
  package var yRange: ClosedRange<Double>?

  package init(
    title: String, xLabel: String, yLabel: String, series: [Series], levels: [Level] = [],
    yRange: ClosedRange<Double>? = nil
  ) {
    self.title = title
    self.xLabel = xLabel
    self.yLabel = yLabel
    self.series = series
    self.levels = levels
    self.yRange = yRange
  }

  /// The whole file.
  package var svg: String {
    let frame = PlotFrame(x: AxisTicks(covering: xExtent), y: AxisTicks(covering: yExtent))
    var lines = [PlotFrame.opening(title)]
    lines += frame.axes(title: title, xLabel: xLabel, yLabel: yLabel)
    lines += levels.flatMap { frame.level($0) }
    for (index, one) in series.enumerated() {
      lines += Self.stretches(one.points).flatMap { frame.curve($0, colour: index) }
    }
    lines += frame.legend(series.map(\.name))
    return (lines + ["</svg>", ""]).joined(separator: "\n")
  }

  /// The points between gaps.
  static func stretches(_ points: [Point]) -> [[Point]] {
    points.split { !$0.x.isFinite || !$0.y.isFinite }.map(Array.init)
  }

  private var shown: [Point] { series.flatMap { Self.stretches($0.points) }.flatMap { $0 } }

  private var xExtent: ClosedRange<Double> { Self.extent(shown.map(\.x)) ?? 0...1 }

  private var yExtent: ClosedRange<Double> {
    let bounds = shown.compactMap(\.interval).flatMap { [$0.lowerBound, $0.upperBound] }
    let wanted = yRange.map { [$0.lowerBound, $0.upperBound] } ?? []
    let all = shown.map(\.y) + levels.map(\.y) + bounds + wanted
    return Self.extent(all.filter(\.isFinite)) ?? 0...1
  }

  private static func extent(_ values: [Double]) -> ClosedRange<Double>? {
    guard let lower = values.min(), let upper = values.max() else { return nil }
    return lower...upper
  }
}
