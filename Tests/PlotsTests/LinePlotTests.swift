import Foundation
import FoundationXML
import Plots
import Testing

/// The elements of a picture, as an XML parser finds them.
private final class Elements: NSObject, XMLParserDelegate {
  struct Element {
    let name: String
    let attributes: [String: String]
    var text = ""
  }

  private(set) var found: [Element] = []

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    found.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if !found.isEmpty { found[found.count - 1].text += text }
  }
}

@Suite struct LinePlotTests {
  private func elements(_ plot: LinePlot) throws -> [Elements.Element] {
    let parser = XMLParser(data: Data(plot.svg.utf8))
    let elements = Elements()
    parser.delegate = elements
    #expect(parser.parse(), "\(String(describing: parser.parserError))")
    // White space between two elements counts as the first one's.
    return elements.found.map { element in
      var element = element
      element.text = element.text.trimmingCharacters(in: .whitespacesAndNewlines)
      return element
    }
  }

  private func plot(_ series: [LinePlot.Series], levels: [LinePlot.Level] = []) -> LinePlot {
    LinePlot(
      title: "Loss & accuracy <held out>", xLabel: "samples", yLabel: "loss", series: series,
      levels: levels)
  }

  private func corners(_ element: Elements.Element) -> [[Double]] {
    (element.attributes["points"] ?? "").split(separator: " ").map {
      $0.split(separator: ",").compactMap { Double($0) }
    }
  }

  @Test func `points stand where their values are`() throws {
    let found = try elements(
      plot([LinePlot.Series("training", [.init(0, 0), .init(5, 1), .init(10, 0.5)])]))
    let curve = try #require(found.first { $0.name == "polyline" })
    // The area is 416 wide from 64 and 276 high from 36.
    #expect(corners(curve) == [[64, 312], [272, 36], [480, 174]])
  }

  @Test func `titles, labels and names are read as they were written`() throws {
    let found = try elements(
      plot(
        [LinePlot.Series("a < b", [.init(0, 0), .init(1, 1)])],
        levels: [LinePlot.Level("chance \"½\"", 0.5)]))
    let texts = found.filter { $0.name == "text" }.map(\.text)
    for text in ["Loss & accuracy <held out>", "samples", "loss", "a < b", "chance \"½\"", "0.4"] {
      #expect(texts.contains(text), "\(text) in \(texts)")
    }
    let level = try #require(found.first { $0.attributes["class"] == "level" })
    #expect(level.attributes["y1"] == "174.0" && level.attributes["y2"] == "174.0")
  }

  @Test func `an interval is a band around its curve`() throws {
    let found = try elements(
      plot([
        LinePlot.Series("auc", [.init(0, 0.5, interval: 0...1), .init(1, 0.5, interval: 0.25...1)])
      ]))
    let band = try #require(found.first { $0.name == "polygon" })
    #expect(corners(band) == [[64, 36], [480, 36], [480, 243], [64, 312]])
  }

  @Test func `values that are no numbers leave a gap`() throws {
    let found = try elements(
      plot([
        LinePlot.Series(
          "a", [.init(0, 1), .init(1, 2), .init(2, .nan), .init(3, 2), .init(4, .infinity)])
      ]))
    #expect(found.filter { $0.name == "polyline" }.map { corners($0).count } == [2])
    // What is alone between gaps is a dot.
    #expect(found.filter { $0.name == "circle" }.count == 1)
  }

  @Test func `a plot without points is still a picture`() throws {
    for series in [[], [LinePlot.Series("none", [])]] {
      let found = try elements(plot(series))
      #expect(found.first?.name == "svg")
      #expect(found.contains { $0.text == "0.2" })
    }
  }

  @Test func `light and dark ground have their own colours`() {
    let text = plot([LinePlot.Series("a", [.init(0, 0), .init(1, 1)])]).svg
    #expect(text.contains("prefers-color-scheme: dark"))
    #expect(text.components(separatedBy: "--ink: #").count == 3)
  }
}

@Suite struct AxisTicksTests {
  @Test(arguments: [
    (0.0...1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
    (0...730, ["0", "200", "400", "600", "800"]),
    (-0.031...0.06, ["-0.04", "-0.02", "0.00", "0.02", "0.04", "0.06"]),
    (5...5, ["4.4", "4.6", "4.8", "5.0", "5.2", "5.4", "5.6"]),
    (
      1_000_000...1_000_001,
      [
        "1000000.0", "1000000.2", "1000000.4", "1000000.6", "1000000.8", "1000001.0",
      ]
    ),
  ])
  func `ticks are round and hold the range`(range: ClosedRange<Double>, labels: [String]) {
    let ticks = AxisTicks(covering: range)
    #expect(ticks.labels == labels)
    #expect(ticks.range.contains(range.lowerBound) && ticks.range.contains(range.upperBound))
  }
}
