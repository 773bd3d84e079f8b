/// Fruit and vegetables.
extension ObjectKind {
  static let fruit = [apple, pear, lemon, cherries, carrot, pumpkin, mushroom, strawberry, onion]

  static let apple = ObjectKind("apple", .ground, [.red, .green, .yellow]) { look in
    [
      ObjectPart(
        .blend(
          [.disc(-0.28, -0.25, 0.66), .disc(0.28, -0.25, 0.66), .oval(0, -0.55, 0.5, 0.45)], 0.2),
        Paint(look.main, .gradient(-0.4, 0.5, look.main(1.15))), bevel: 0.7, gloss: 0.55),
      ObjectPart(.oval(0, 0.33, 0.2, 0.08), Paint(look.main(0.55)), bevel: 0.05, casts: false),
      ObjectPart(
        .curve(at(0, 0.3), at(0.02, 0.6), at(0.14, 0.86), 0.055, 0.065), Paint(Hue.darkWood)),
      ObjectPart(
        .common(.disc(0.2, 0.95, 0.42), .disc(0.56, 0.45, 0.42)), Paint(Hue.leaf), bevel: 0.1),
    ]
  }

  static let pear = ObjectKind("pear", .ground, [.green, .yellow, .red]) { look in
    [
      ObjectPart(
        .blend([.disc(0, -0.42, 0.58), .disc(0.02, 0.3, 0.33)], 0.5),
        Paint(look.main, .gradient(-0.9, 0.6, look.main(1.12))), bevel: 0.6, gloss: 0.4),
      ObjectPart(.curve(at(0, 0.58), at(0, 0.8), at(0.12, 0.94), 0.05, 0.06), Paint(Hue.darkWood)),
      ObjectPart(.oval(0.27, 0.8, 0.2, 0.09, turned: 0.06), Paint(Hue.leaf), bevel: 0.08),
    ]
  }

  static let lemon = ObjectKind("lemon", .ground, [.yellow, .green], aspect: 1.35) { look in
    let body = Shape.blend(
      [.oval(0, -0.3, 0.92, 0.68), .oval(0.94, -0.3, 0.2, 0.13), .oval(-0.96, -0.3, 0.12, 0.1)],
      0.3)
    return [
      ObjectPart(
        .turned(body, 0.05, at(0, -0.3)), Paint(look.main, .dots(13, 0.1, look.main(0.9))),
        bevel: 0.66, gloss: 0.35)
    ]
  }

  static let cherries = ObjectKind("cherry", .ground, [.red, .purple]) { look in
    let stem = Paint(RGB(0.36, 0.50, 0.18))
    return [
      ObjectPart(.curve(at(-0.45, -0.3), at(-0.3, 0.4), at(0.22, 0.88), 0.04, 0.05), stem),
      ObjectPart(.curve(at(0.45, -0.4), at(0.5, 0.3), at(0.22, 0.88), 0.04, 0.05), stem),
      ObjectPart(.disc(-0.46, -0.5, 0.46), Paint(look.main), bevel: 0.46, gloss: 0.8),
      ObjectPart(.disc(0.46, -0.56, 0.44), Paint(look.main(0.93)), bevel: 0.44, gloss: 0.8),
      ObjectPart(.oval(0.5, 0.86, 0.36, 0.14, turned: -0.03), Paint(Hue.leaf), bevel: 0.1),
    ]
  }

  static let carrot = ObjectKind("carrot", .ground, [.orange, .purple]) { look in
    [
      ObjectPart(
        .union(
          [-0.09, -0.04, 0.0, 0.05, 0.1].map { (turn: Float) in
            .turned(.oval(0, 0.72, 0.07, 0.3), turn, at(0, 0.42))
          }), Paint(Hue.leaf), bevel: 0.06),
      ObjectPart(
        .rod(0, 0.22, 0, -0.9, 0.3, 0.07),
        Paint(look.main, .stripes(0.25, 3.4, look.main(0.86))), bevel: 0.28, gloss: 0.25,
        form: .turned),
    ]
  }

  static let pumpkin = ObjectKind("pumpkin", .ground, [.orange, .green, .white], aspect: 1.2) {
    look in
    let ribs: [(Float, Float)] = [
      (-0.62, 0.34), (0.62, 0.34), (-0.33, 0.4), (0.33, 0.4), (0, 0.42),
    ]
    return [
      ObjectPart(
        .curve(at(0, 0.4), at(0, 0.7), at(0.16, 0.86), 0.11, 0.08), Paint(RGB(0.35, 0.42, 0.16)))
    ]
      + ribs.map { x, radius in
        ObjectPart(
          .oval(x, -0.3, radius, 0.72 - abs(x) * 0.16), Paint(look.main(1 - abs(x) * 0.12)),
          bevel: 0.36, gloss: 0.25)
      }
  }

  static let mushroom = ObjectKind("mushroom", .ground, [.red, .brown, .orange]) { look in
    [
      ObjectPart(
        .blend([.slab(0, -0.5, 0.2, 0.42, 0.15), .oval(0, -0.82, 0.28, 0.18)], 0.15),
        Paint(Hue.cream), bevel: 0.2),
      ObjectPart(.oval(0, 0.02, 0.72, 0.2), Paint(RGB(0.78, 0.70, 0.58)), bevel: 0.1),
      ObjectPart(
        .difference(.oval(0, 0.05, 0.88, 0.86), .oval(0, -0.5, 1.1, 0.6)), Paint(look.main),
        bevel: 0.5, gloss: 0.35),
      ObjectPart(
        .union([
          .oval(-0.1, 0.6, 0.16, 0.12), .oval(-0.5, 0.28, 0.13, 0.13),
          .oval(0.42, 0.42, 0.14, 0.13),
          .oval(0.12, 0.25, 0.11, 0.09), .oval(0.66, 0.14, 0.07, 0.07),
        ]), Paint(Hue.white), bevel: 0.06, casts: false),
    ]
  }

  static let strawberry = ObjectKind("strawberry", .ground, [.red, .pink]) { look in
    [
      ObjectPart(
        .blend(
          [
            .disc(-0.28, 0.12, 0.46), .disc(0.28, 0.12, 0.46), .disc(0, -0.3, 0.46),
            .disc(0, -0.72, 0.26),
          ], 0.3),
        Paint(look.main, .dots(4.2, 0.14, RGB(0.98, 0.86, 0.45))), bevel: 0.5, gloss: 0.4),
      ObjectPart(
        .union(
          [-0.2, -0.1, 0.0, 0.1, 0.2].map { (turn: Float) in
            .turned(.oval(0, 0.86, 0.12, 0.26), turn, at(0, 0.6))
          }), Paint(Hue.leaf), bevel: 0.08),
    ]
  }

  static let onion = ObjectKind("onion", .ground, [.purple, .brown, .white]) { look in
    [
      ObjectPart(
        .union(
          [-0.04, 0.0, 0.05].map { (turn: Float) in
            .turned(.rod(0, 0.3, 0, 0.92, 0.08, 0.03), turn, at(0, 0.2))
          }), Paint(RGB(0.62, 0.66, 0.30))),
      ObjectPart(
        .blend([.oval(0, -0.35, 0.74, 0.62), .oval(0, 0.26, 0.16, 0.24)], 0.35),
        Paint(look.main, .stripes(0, 5, look.main(0.88))), bevel: 0.62, gloss: 0.45),
      ObjectPart(.oval(0, -0.93, 0.14, 0.07), Paint(Hue.cream), bevel: 0.05),
    ]
  }
}

extension [ObjectPart] {
  /// The parts moved so that the lowest stands on y = -1.
  func standing() -> [ObjectPart] {
    guard let first else { return self }
    let low = dropFirst().reduce(first.shape.bounds.low.y) { Swift.min($0, $1.shape.bounds.low.y) }
    return map { part in
      var part = part
      part.shape = part.shape.moved(0, -1 - low)
      part.surface = part.surface?.moved(0, -1 - low)
      return part
    }
  }
}
