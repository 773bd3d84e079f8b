/// Trees and flowers.
extension ObjectKind {
  static let plants = [tree, pine, palm, cactus, flower, tulip, bush]

  static let tree = ObjectKind("tree", .ground, [.green, .orange, .yellow]) { look in
    var random = look.random
    let crown = (0..<7).map { index -> Shape in
      let turns = Float(index) / 7 + random.float(-0.03...0.03)
      let centre = Shape.polar(0, 0.3, 0.36, turns)
      return .disc(centre.x, centre.y, random.float(0.27...0.36))
    }
    return [
      ObjectPart(
        .blend(
          [
            .rod(0, -0.88, 0, 0, 0.13, 0.09), .rod(0, -0.4, -0.3, 0.1, 0.06, 0.04),
            .rod(0, -0.3, 0.3, 0.12, 0.06, 0.04), .oval(0, -0.94, 0.22, 0.05),
          ], 0.12), Paint(Hue.wood, .grain(0.25, 6)), bevel: 0.12),
      ObjectPart(.blend(crown + [.disc(0, 0.32, 0.45)], 0.06), Paint(look.main(0.78)), bevel: 0.3),
      ObjectPart(
        .blend(
          [
            .disc(-0.2, 0.52, 0.3), .disc(0.17, 0.6, 0.28), .disc(0.3, 0.3, 0.24),
            .disc(-0.36, 0.24, 0.22),
          ],
          0.05), Paint(look.main, .dots(6, 0.2, look.main(1.12))), bevel: 0.26),
    ]
  }

  static let pine = ObjectKind("pine tree", .ground, [.green, .blue]) { look in
    let tiers: [(Float, Float, Float)] = [
      (-0.72, 0.66, 0.75), (-0.28, 0.54, 0.66), (0.16, 0.42, 0.84),
    ]
    return [ObjectPart(.slab(0, -0.85, 0.1, 0.2), Paint(Hue.darkWood), bevel: 0.1)]
      + tiers.map { y, half, height in
        ObjectPart(
          .area(
            [
              at(-half, y), at(-half * 0.5, y - 0.05), at(0, y + 0.02), at(half * 0.5, y - 0.05),
              at(half, y), at(0, y + height),
            ], 0.03),
          Paint(look.main(0.85), .gradient(y, y + height, look.main(1.1))), bevel: 0.3)
      }
  }

  static let palm = ObjectKind("palm tree", .ground, [.green]) { look in
    let leaves = [-0.02, 0.07, 0.17, 0.3, 0.41, 0.5].map { (turns: Float) -> Shape in
      let tip = Shape.polar(0.1, 0.52, 0.82, turns)
      let bend = Shape.polar(0.1, 0.62, 0.5, turns)
      return .curve(at(0.1, 0.52), bend + at(0, 0.16), tip - at(0, 0.14), 0.1, 0.02)
    }
    return [
      ObjectPart(
        .curve(at(-0.12, -0.98), at(-0.06, -0.1), at(0.1, 0.5), 0.11, 0.07),
        Paint(Hue.wood, .stripes(0.25, 5, Hue.wood * 0.78)), bevel: 0.1)
    ] + leaves.map { ObjectPart($0, Paint(look.main), bevel: 0.07) }
      + [
        ObjectPart(
          .union([.disc(0.02, 0.44, 0.09), .disc(0.2, 0.44, 0.09)]), Paint(Hue.earth), bevel: 0.09)
      ]
  }

  static let cactus = ObjectKind("cactus", .ground, [.green]) { look in
    let paint = Paint(look.main, .stripes(0, 6.5, look.main(0.8)))
    return [
      ObjectPart(
        .union([.curve(at(-0.2, -0.3), at(-0.62, -0.3), at(-0.6, 0.2), 0.14, 0.14)]), paint,
        bevel: 0.14),
      ObjectPart(
        .union([.curve(at(0.2, -0.05), at(0.64, -0.08), at(0.6, 0.5), 0.13, 0.13)]), paint,
        bevel: 0.13),
      ObjectPart(.rod(0, -1, 0, 0.68, 0.26, 0.25), paint, bevel: 0.26),
      ObjectPart(
        .union(Shape.wreath(.oval(0, 0.98, 0.06, 0.12), count: 5, around: 0, 0.9)), Paint(Hue.pink),
        bevel: 0.06),
    ].cut(below: -1)
  }

  static let flower = ObjectKind(
    "flower", .ground, [.red, .yellow, .blue, .purple, .pink, .white, .orange]
  ) {
    look in
    var random = look.random
    let petals = Shape.wreath(
      .oval(0, 0.74, 0.19, 0.27), count: random.integer(6...8), around: 0, 0.4)
    return [
      ObjectPart(.curve(at(0, -1), at(0.08, -0.4), at(0, 0.3), 0.06, 0.05), Paint(Hue.leaf)),
      ObjectPart(.oval(0.26, -0.55, 0.26, 0.1, turned: 0.08), Paint(Hue.leaf), bevel: 0.08),
      ObjectPart(.oval(-0.24, -0.7, 0.24, 0.09, turned: 0.42), Paint(Hue.leaf), bevel: 0.08),
    ] + petals.map { ObjectPart($0, Paint(look.main), bevel: 0.14, gloss: 0.1) }
      + [ObjectPart(.disc(0, 0.4, 0.2), Paint(Hue.gold, .dots(9, 0.25, Hue.wood)), bevel: 0.2)]
  }

  static let tulip = ObjectKind("tulip", .ground, [.red, .yellow, .purple, .pink, .white]) { look in
    [
      ObjectPart(.rod(0, -1, 0, 0.1, 0.06, 0.05), Paint(Hue.leaf)),
      ObjectPart(
        .curve(at(0, -0.95), at(-0.4, -0.5), at(-0.42, 0.1), 0.12, 0.03), Paint(Hue.darkLeaf),
        bevel: 0.1),
      ObjectPart(
        .curve(at(0, -0.95), at(0.38, -0.6), at(0.4, -0.06), 0.12, 0.03), Paint(Hue.leaf),
        bevel: 0.1
      ),
      ObjectPart(.oval(0, 0.52, 0.2, 0.44), Paint(look.main(0.82)), bevel: 0.2),
      ObjectPart(.oval(-0.22, 0.5, 0.2, 0.44, turned: 0.03), Paint(look.main(0.94)), bevel: 0.2),
      ObjectPart(
        .oval(0.22, 0.5, 0.2, 0.44, turned: -0.03), Paint(look.main), bevel: 0.2, gloss: 0.2),
      ObjectPart(.oval(0, 0.36, 0.24, 0.32), Paint(look.main(1.06)), bevel: 0.2, gloss: 0.2),
    ]
  }

  static let bush = ObjectKind("bush", .ground, [.green, .red], aspect: 1.5) { look in
    [
      ObjectPart(
        .blend([.disc(-0.6, -0.5, 0.48), .disc(0.6, -0.52, 0.46), .disc(0, -0.2, 0.66)], 0.1),
        Paint(look.main(0.78)), bevel: 0.4),
      ObjectPart(
        .blend(
          [
            .disc(-0.3, -0.15, 0.36), .disc(0.32, -0.2, 0.36), .disc(0, -0.6, 0.36),
            .disc(-0.66, -0.56, 0.28),
          ],
          0.08), Paint(look.main, .dots(5, 0.22, look.main(1.14))), bevel: 0.3),
    ].cut(below: -1)
  }
}

extension [ObjectPart] {
  /// What lies above the height: a straight edge on the ground.
  func cut(below height: Float) -> [ObjectPart] {
    let rest = Shape.slab(0, height + 2, 3, 2, 0)
    return map { part in
      guard part.shape.bounds.low.y < height else { return part }
      var part = part
      part.shape = .common(part.shape, rest)
      return part
    }
  }
}
