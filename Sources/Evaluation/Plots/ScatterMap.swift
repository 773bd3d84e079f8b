/// Points on a plane as an SVG picture: a colour a group, filled where kept, hollow where dropped.
package struct ScatterMap: Sendable {
  /// One point of the map.
  package struct Point: Sendable {
    package var x: Double
    package var y: Double
    package var group: Int
    package var isKept: Bool
    /// Shown when the pointer rests on it.
    package var label: String

    package init(x: Double, y: Double, group: Int, isKept: Bool, label: String) {
      (self.x, self.y, self.group) = (x, y, group)
      (self.isKept, self.label) = (isKept, label)
    }
  }

  private let title: String
  private let points: [Point]
  private let side: Double

  /// - Parameter side: pixels of the square.
  package init(_ title: String, points: [Point], side: Int = 900) {
    self.title = title
    // What is no number has no place.
    self.points = points.filter { $0.x.isFinite && $0.y.isFinite }
    self.side = Double(max(100, side))
  }

  /// The SVG document; dropped points lie below kept ones.
  package var svg: String {
    let frame = Frame(points, side: side)
    let circles = (points.filter { !$0.isKept } + points.filter(\.isKept)).map { point in
      circle(point, frame)
    }
    let kept = points.count { $0.isKept }
    let height = Int(side) + 40
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(Int(side))" height="\(height)" \
      viewBox="0 0 \(Int(side)) \(height)" font-family="sans-serif" font-size="14">
      <rect width="100%" height="100%" fill="#ffffff"/>
      <text x="12" y="24">\(svgText(title)): \(kept) of \(points.count) kept (filled)</text>
      \(circles.joined(separator: "\n"))
      </svg>

      """
  }

  private func circle(_ point: Point, _ frame: Frame) -> String {
    let colour = Self.colour(point.group)
    let style =
      point.isKept
      ? "r=\"3.5\" fill=\"\(colour)\""
      : "r=\"2.5\" fill=\"none\" stroke=\"\(colour)\" stroke-opacity=\"0.5\""
    let (x, y) = frame.place(point)
    return
      "<circle cx=\"\(x)\" cy=\"\(y)\" \(style)><title>\(svgText(point.label))</title></circle>"
  }

  /// Hues a golden angle apart: neighbours in number are far apart in colour.
  private static func colour(_ group: Int) -> String {
    let hue = (Double(group) * 137.508).truncatingRemainder(dividingBy: 360)
    return "hsl(\(Int(hue)),65%,\(group % 2 == 0 ? 40 : 52)%)"
  }

  /// From the points' range to pixels, one scale for both axes.
  private struct Frame {
    private let low: (x: Double, y: Double)
    private let scale: Double

    init(_ points: [Point], side: Double) {
      let (xs, ys) = (points.map(\.x), points.map(\.y))
      low = (xs.min() ?? 0, ys.min() ?? 0)
      let range = max((xs.max() ?? 0) - low.x, (ys.max() ?? 0) - low.y)
      scale = (side - 40) / (range > 0 ? range : 1)
    }

    func place(_ point: Point) -> (String, String) {
      func tenths(_ value: Double) -> String { String((value * 10).rounded() / 10) }
      return (tenths(20 + (point.x - low.x) * scale), tenths(50 + (point.y - low.y) * scale))
    }
  }
}
