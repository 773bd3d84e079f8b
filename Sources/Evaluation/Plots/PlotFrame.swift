/// The area of a plot: where values lie on the paper, and what is drawn around them.
struct PlotFrame {
  static let (width, height) = (640.0, 360.0)
  static let (left, right, top, bottom) = (64.0, 160.0, 36.0, 48.0)
  /// Told apart by people who see colours differently, on white and on near-black (Okabe and Ito
  /// 2008, lightness adapted).
  static let colours = 6

  let x: AxisTicks
  let y: AxisTicks

  /// The start of a file; the colours follow the reader's ground.
  static func opening(_ title: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(Int(width)) \(Int(height))" \
    role="img" font-family="system-ui, sans-serif" font-size="12">
    <title>\(svgText(title))</title>
    <style>
    :root { --ink: #24292f; --faint: #d0d7de; --paper: #ffffff; --c0: #0072b2; --c1: #d55e00; \
    --c2: #00875f; --c3: #b04a90; --c4: #8a6d00; --c5: #56707f; }
    @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --faint: #3d444d; \
    --paper: #0d1117; --c0: #58b0e8; --c1: #ff8a4c; --c2: #2fc79a; --c3: #e58cc8; --c4: #e0c040; \
    --c5: #a4bac6; } }
    .paper { fill: var(--paper); } text { fill: var(--ink); }
    .axis { stroke: var(--ink); fill: none; } .grid { stroke: var(--faint); }
    .level { stroke: var(--ink); stroke-dasharray: 5 4; opacity: 0.7; }
    .curve { fill: none; stroke-width: 2; stroke-linejoin: round; } .band { opacity: 0.2; }
    .s0 { stroke: var(--c0); } .s1 { stroke: var(--c1); } .s2 { stroke: var(--c2); }
    .s3 { stroke: var(--c3); } .s4 { stroke: var(--c4); } .s5 { stroke: var(--c5); }
    .f0 { fill: var(--c0); } .f1 { fill: var(--c1); } .f2 { fill: var(--c2); }
    .f3 { fill: var(--c3); } .f4 { fill: var(--c4); } .f5 { fill: var(--c5); }
    </style>
    <rect class="paper" width="100%" height="100%"/>
    """
  }

  func place(_ value: Double, x isHorizontal: Bool) -> Double {
    let range = isHorizontal ? x.range : y.range
    let share = (value - range.lowerBound) / (range.upperBound - range.lowerBound)
    return isHorizontal
      ? Self.left + share * (Self.width - Self.left - Self.right)
      : Self.height - Self.bottom - share * (Self.height - Self.top - Self.bottom)
  }

  private func text(_ point: LinePlot.Point) -> String {
    "\(horizontal(point.x)),\(vertical(point.y))"
  }

  private func horizontal(_ value: Double) -> String { fixed(place(value, x: true), digits: 1) }

  private func vertical(_ value: Double) -> String { fixed(place(value, x: false), digits: 1) }

  /// Title, labels, grid and ticks.
  func axes(title: String, xLabel: String, yLabel: String) -> [String] {
    let (west, east) = (fixed(Self.left, digits: 1), fixed(Self.width - Self.right, digits: 1))
    let (north, south) = (fixed(Self.top, digits: 1), fixed(Self.height - Self.bottom, digits: 1))
    let middle = fixed((Self.left + Self.width - Self.right) / 2, digits: 1)
    let centre = fixed((Self.top + Self.height - Self.bottom) / 2, digits: 1)
    var lines = [
      "<text x=\"\(west)\" y=\"20\" font-size=\"14\" font-weight=\"600\">\(svgText(title))</text>"
    ]
    for (value, label) in zip(y.values, y.labels) {
      let at = vertical(value)
      lines.append("<line class=\"grid\" x1=\"\(west)\" y1=\"\(at)\" x2=\"\(east)\" y2=\"\(at)\"/>")
      lines.append(
        "<text x=\"\(fixed(Self.left - 8, digits: 1))\" y=\"\(at)\" dy=\"0.35em\" "
          + "text-anchor=\"end\">\(label)</text>")
    }
    for (value, label) in zip(x.values, x.labels) {
      let at = horizontal(value)
      lines.append(
        "<line class=\"axis\" x1=\"\(at)\" y1=\"\(south)\" x2=\"\(at)\" "
          + "y2=\"\(fixed(Self.height - Self.bottom + 4, digits: 1))\"/>")
      lines.append(
        "<text x=\"\(at)\" y=\"\(fixed(Self.height - Self.bottom + 18, digits: 1))\" "
          + "text-anchor=\"middle\">\(label)</text>")
    }
    lines.append("<path class=\"axis\" d=\"M\(west),\(north) V\(south) H\(east)\"/>")
    lines.append(
      "<text x=\"\(middle)\" y=\"\(fixed(Self.height - 10, digits: 1))\" "
        + "text-anchor=\"middle\">\(svgText(xLabel))</text>")
    lines.append(
      "<text transform=\"translate(16 \(centre)) rotate(-90)\" "
        + "text-anchor=\"middle\">\(svgText(yLabel))</text>")
    return lines
  }

  /// A dashed line across, named at its right end.
  func level(_ level: LinePlot.Level) -> [String] {
    let at = vertical(level.y)
    let east = Self.width - Self.right
    return [
      "<line class=\"level\" x1=\"\(fixed(Self.left, digits: 1))\" y1=\"\(at)\" "
        + "x2=\"\(fixed(east, digits: 1))\" y2=\"\(at)\"/>",
      "<text x=\"\(fixed(east + 8, digits: 1))\" y=\"\(at)\" dy=\"0.35em\" "
        + "font-size=\"11\">\(svgText(level.name))</text>",
    ]
  }

  /// One curve without gaps, above its band.
  func curve(_ points: [LinePlot.Point], colour: Int) -> [String] {
    let index = colour % Self.colours
    var lines: [String] = []
    let bounded = points.compactMap { point in point.interval.map { (point.x, $0) } }
    if bounded.count > 1 {
      let outline =
        bounded.map { LinePlot.Point($0, $1.upperBound) }
        + bounded.reversed().map { LinePlot.Point($0, $1.lowerBound) }
      let corners = outline.map(text).joined(separator: " ")
      lines.append("<polygon class=\"band f\(index)\" points=\"\(corners)\"/>")
    }
    if points.count == 1, let point = points.first {
      lines.append(
        "<circle class=\"f\(index)\" cx=\"\(horizontal(point.x))\" "
          + "cy=\"\(vertical(point.y))\" r=\"3\"/>"
      )
    } else {
      let corners = points.map(text).joined(separator: " ")
      lines.append("<polyline class=\"curve s\(index)\" points=\"\(corners)\"/>")
    }
    return lines
  }

  /// The curves' names beside the area, from the top down.
  func legend(_ names: [String]) -> [String] {
    names.enumerated().flatMap { index, name in
      let (x, y) = (Self.width - Self.right + 12, Self.top + 8 + 18 * Double(index))
      return [
        "<line class=\"curve s\(index % Self.colours)\" x1=\"\(fixed(x, digits: 1))\" "
          + "y1=\"\(fixed(y, digits: 1))\" x2=\"\(fixed(x + 18, digits: 1))\" "
          + "y2=\"\(fixed(y, digits: 1))\"/>",
        "<text x=\"\(fixed(x + 24, digits: 1))\" y=\"\(fixed(y, digits: 1))\" "
          + "dy=\"0.35em\">\(svgText(name))</text>",
      ]
    }
  }
}
