import Testing

@testable import Datasets

struct CatalogueTests {
  static let light = Light(
    towards: RGB(0.5, 0.8, 0.6), key: RGB(0.7, 0.7, 0.7), sky: RGB(0.5, 0.5, 0.5),
    bounce: RGB(0.3, 0.3, 0.3), shadow: 0.5)

  static func layer(_ kind: ObjectKind, _ colour: ObjectColour, size: Float) -> ObjectLayer {
    let look = ObjectLook(main: colour.rgb, random: SplitMix(seed: 4))
    return ObjectRenderer(light: light).layer(
      kind.parts(look), centre: SIMD2(size, size), unit: size / 2 / max(1, kind.aspect))
  }

  @Test func `there are at least forty objects, each with a name of its own`() {
    #expect(Catalogue.kinds.count >= 60)
    #expect(Set(Catalogue.nouns).count == Catalogue.kinds.count)
  }

  @Test(arguments: Catalogue.nouns)
  func `it is seen at every size, fills its box and stands on its base`(noun: String) throws {
    let kind = try #require(Catalogue.kind(noun))
    for size: Float in [8, 20, 64, 150] {
      let layer = Self.layer(kind, kind.colours[0], size: size)
      let area = layer.coverage.reduce(0, +)
      #expect(area > size * size * 0.05, "\(size) pixels: \(area)")
      #expect(layer.coverage.allSatisfy { $0 >= 0 && $0 <= 1.0001 })
      #expect(layer.colour.allSatisfy { $0 >= 0 && $0 <= 1.0001 })
      guard size == 64 else { continue }
      let rows = Set(
        layer.coverage.indices.filter { layer.coverage[$0] > 0.5 }.map { $0 / layer.rect.width })
      let unit = size / 2 / max(1, kind.aspect)
      let bottom = Float(layer.rect.y + (rows.max() ?? 0) + 1)
      if kind.place == .ground { #expect(abs(bottom - (size + unit)) < 4, "base at \(bottom)") }
      #expect(Float(layer.rect.width) < size * 1.2 && Float(layer.rect.height) < size * 1.2)
    }
  }

  @Test(arguments: Catalogue.nouns)
  func `its colours look different`(noun: String) throws {
    let kind = try #require(Catalogue.kind(noun))
    let means = kind.colours.map { colour -> RGB in
      let layer = Self.layer(kind, colour, size: 48)
      let sum = layer.coverage.indices.reduce(into: RGB.zero) { sum, at in
        sum += RGB(layer.colour[at * 3], layer.colour[at * 3 + 1], layer.colour[at * 3 + 2])
      }
      return sum / layer.coverage.reduce(0, +)
    }
    for first in means.indices {
      for second in means.indices where second > first {
        let gap = means[first] - means[second]
        #expect(
          (gap * gap).sum().squareRoot() > 0.035, "\(kind.colours[first]), \(kind.colours[second])")
      }
    }
  }

  @Test func `a disc covers its area to a thousandth`() {
    let part = ObjectPart(.disc(0, 0, 1), Paint(.one))
    for radius: Float in [5, 17.3, 40.7] {
      let layer = ObjectRenderer(light: Self.light).layer(
        [part], centre: SIMD2(60.3, 61.7), unit: radius)
      let area = layer.coverage.reduce(0, +)
      #expect(abs(area / (Float.pi * radius * radius) - 1) < 0.003, "radius \(radius): \(area)")
    }
  }

  @Test func `a mirrored object is the mirror image`() {
    let kind = ObjectKind.car
    let parts = kind.parts(ObjectLook(main: ObjectColour.red.rgb, random: SplitMix(seed: 1)))
    let renderer = ObjectRenderer(
      light: Light(
        towards: RGB(0, 1, 1), key: .one * 0.5, sky: .one * 0.5, bounce: .one * 0.2, shadow: 0))
    let plain = renderer.layer(parts, centre: SIMD2(64, 64), unit: 20)
    let turned = renderer.layer(parts, centre: SIMD2(64, 64), unit: 20, isMirrored: true)
    let (a, b) = (plain.coverage(width: 128, height: 128), turned.coverage(width: 128, height: 128))
    for y in 0..<128 {
      for x in 0..<128 { #expect(abs(Int(a[y * 128 + x]) - Int(b[y * 128 + 127 - x])) <= 1) }
    }
  }
}
