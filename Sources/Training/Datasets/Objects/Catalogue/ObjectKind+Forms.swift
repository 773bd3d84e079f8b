/// Plain bodies, and what hangs in the sky.
extension ObjectKind {
  static let forms = [ball, cube, cone, heart, star, moon, sun, cloud]

  private static let paints: [ObjectColour] = [
    .red, .blue, .yellow, .green, .orange, .purple, .pink, .white, .black,
  ]

  static let ball = ObjectKind("ball", .ground, paints) { look in
    var random = look.random
    let isStriped = random.chance(0.5)
    let band = Shape.common(
      .disc(0, 0, 1), .oval(0, -0.1, 2.6, 0.24, turned: random.float(-0.12...0.12)))
    return [ObjectPart(.disc(0, 0, 1), Paint(look.main), bevel: 1, gloss: 0.8)]
      + (isStriped
        ? [
          ObjectPart(band, Paint(Hue.white), bevel: 1, gloss: 0.8, casts: false, on: .disc(0, 0, 1))
        ]
        : [])
  }

  static let cube = ObjectKind("cube", .ground, paints) { look in
    [
      ObjectPart(
        .area([at(-0.86, 0.5), at(0, 0.96), at(0.86, 0.5), at(0, 0.04)], 0), Paint(look.main(1.16)),
        bevel: 0.03, casts: false),
      ObjectPart(
        .area([at(-0.86, 0.5), at(0, 0.04), at(0, -0.98), at(-0.86, -0.52)], 0),
        Paint(look.main(0.92)), bevel: 0.03, casts: false),
      ObjectPart(
        .area([at(0.86, 0.5), at(0, 0.04), at(0, -0.98), at(0.86, -0.52)], 0),
        Paint(look.main(0.68)), bevel: 0.03, casts: false),
    ]
  }

  static let cone = ObjectKind("cone", .ground, [.orange, .red, .blue, .yellow, .green, .purple]) {
    look in
    [
      ObjectPart(.slab(0, -0.92, 0.84, 0.08, 0.05), Paint(look.main(0.85)), bevel: 0.08),
      ObjectPart(
        .area([at(-0.56, -0.84), at(0.56, -0.84), at(0.08, 0.9), at(-0.08, 0.9)], 0.04),
        Paint(look.main, .stripes(0.25, 1.15, Hue.white)), bevel: 0.5, gloss: 0.3, form: .turned),
    ]
  }

  static let heart = ObjectKind("heart", .sky, [.red, .pink, .purple, .blue, .yellow]) { look in
    [
      ObjectPart(
        .blend(
          [
            .disc(-0.42, 0.4, 0.46), .disc(0.42, 0.4, 0.46),
            .area([at(-0.78, 0.1), at(0.78, 0.1), at(0, -0.9)], 0.08),
            .disc(0, 0.2, 0.3),
          ], 0.16), Paint(look.main), bevel: 0.5, gloss: 0.7)
    ]
  }

  static let star = ObjectKind("star", .sky, [.yellow, .red, .blue, .orange, .pink]) { look in
    [
      ObjectPart(
        .star(0, -0.06, points: 5, outer: 0.94, inner: 0.42, radius: 0.08), Paint(look.main),
        bevel: 0.4, gloss: 0.5, glow: 0.25, form: .faceted)
    ]
  }

  static let moon = ObjectKind("moon", .sky, [.yellow, .white, .orange]) { look in
    [
      ObjectPart(
        .difference(.disc(0, 0, 0.98), .disc(0.46, 0.16, 0.82)),
        Paint(look.pale(0.25), .dots(3, 0.16, look.main)), bevel: 0.24, glow: 0.6)
    ]
  }

  static let sun = ObjectKind("sun", .sky, [.yellow, .orange, .red]) { look in
    [
      ObjectPart(
        .union(
          Shape.wreath(
            .triangle(at(-0.13, 0.66), at(0.13, 0.66), at(0, 0.96), 0.03), count: 12, around: 0, 0)),
        Paint(look.main(0.96)), bevel: 0.08, glow: 0.8),
      ObjectPart(
        .disc(0, 0, 0.62), Paint(look.main, .gradient(-0.6, 0.6, look.pale(0.3))), bevel: 0.5,
        glow: 0.7),
    ]
  }

  static let cloud = ObjectKind("cloud", .sky, [.white, .grey, .pink], aspect: 1.6) { look in
    var random = look.random
    let puffs = [
      Shape.disc(-0.9, -0.42, random.float(0.42...0.52)),
      .disc(-0.36, 0.1, random.float(0.52...0.64)),
      .disc(0.4, 0.02, random.float(0.5...0.6)), .disc(0.98, -0.45, random.float(0.38...0.48)),
      .slab(0, -0.6, 1.2, 0.34, 0.34),
    ]
    return [ObjectPart(.blend(puffs, 0.12), Paint(look.main), bevel: 0.5)]
  }
}
