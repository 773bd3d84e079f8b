import Foundation
import Testing

@testable import Plots

@Suite struct ScatterMapTests {
  @Test func `points lie inside the frame, kept ones above dropped ones, labels are escaped`()
    throws
  {
    let points = [
      ScatterMap.Point(x: -5, y: 3, group: 0, isKept: true, label: "a <b> & \"c\""),
      ScatterMap.Point(x: 5, y: -1, group: 1, isKept: false, label: "d"),
      ScatterMap.Point(x: .nan, y: 0, group: 1, isKept: true, label: "nowhere"),
    ]
    let svg = ScatterMap("Prompts & more", points: points, side: 400).svg
    #expect(svg.contains("Prompts &amp; more: 1 of 2 kept"))
    #expect(svg.contains("a &lt;b&gt; &amp; &quot;c&quot;"))
    #expect(!svg.contains("nowhere"))
    let dropped = try #require(svg.range(of: "fill=\"none\""))
    let kept = try #require(svg.range(of: "r=\"3.5\""))
    #expect(dropped.lowerBound < kept.lowerBound)
    let places = svg.matches(of: /c[xy]="([0-9.]+)"/).compactMap { Double($0.1) }
    #expect(places.count == 4)
    #expect(places.allSatisfy { (20...440).contains($0) })
    #expect(XMLParser.isWellFormed(svg))
  }

  @Test func `no points and one point make a picture`() {
    #expect(XMLParser.isWellFormed(ScatterMap("none", points: []).svg))
    let one = ScatterMap.Point(x: 1, y: 1, group: 3, isKept: true, label: "")
    #expect(ScatterMap("one", points: [one]).svg.contains("cx=\"20.0\""))
  }
}

/// Balanced tags and quotes: enough for documents without comments and entities of their own.
private enum XMLParser {
  static func isWellFormed(_ text: String) -> Bool {
    var open: [Substring] = []
    for tag in text.matches(of: /<(\/?)([a-z]+)((?:\s+[a-zA-Z-]+="[^"<]*")*)\s*(\/?)>/) {
      if !tag.1.isEmpty {
        guard open.popLast() == tag.2 else { return false }
      } else if tag.4.isEmpty {
        open.append(tag.2)
      }
    }
    return open.isEmpty && text.filter { $0 == "<" }.count > 2
  }
}
