/// What drives, swims or flies.
extension ObjectKind {
  static let vehicles = [car, bus, boat, rocket, hotAirBalloon, airplane, balloon, kite, train]

  private static let paints: [ObjectColour] = [.red, .blue, .yellow, .green, .orange, .purple]

  private static func wheel(_ x: Float, _ y: Float, _ radius: Float) -> [ObjectPart] {
    [
      ObjectPart(.disc(x, y, radius), Paint(Hue.dark), bevel: radius * 0.4),
      ObjectPart(
        .disc(x, y, radius * 0.55), Paint(Hue.steel), bevel: radius * 0.5, gloss: 0.4, casts: false),
      ObjectPart(.disc(x, y, radius * 0.16), Paint(Hue.dark), bevel: 0.03, casts: false),
    ]
  }

  static let car = ObjectKind("car", .ground, paints + [.white, .black], aspect: 1.9) { look in
    [
      ObjectPart(
        .area([at(-1.05, 0.0), at(-0.72, 0.72), at(0.45, 0.72), at(1.0, 0.0)], 0.16),
        Paint(look.main),
        bevel: 0.2, gloss: 0.5),
      ObjectPart(
        .area([at(-0.92, 0.02), at(-0.66, 0.6), at(-0.18, 0.6), at(-0.18, 0.02)], 0.05),
        Paint(Hue.glass * 0.62, .gradient(0, 0.7, Hue.glass)), bevel: 0.04, gloss: 0.5),
      ObjectPart(
        .area([at(-0.02, 0.02), at(-0.02, 0.6), at(0.4, 0.6), at(0.82, 0.02)], 0.05),
        Paint(Hue.glass * 0.62, .gradient(0, 0.7, Hue.glass)), bevel: 0.04, gloss: 0.5),
      ObjectPart(
        .blend([.slab(0, -0.3, 1.85, 0.34, 0.24), .slab(-0.15, -0.1, 1.4, 0.3, 0.2)], 0.1),
        Paint(look.main),
        bevel: 0.26, gloss: 0.6),
      ObjectPart(
        .slab(0, -0.56, 1.7, 0.09, 0.08), Paint(look.main(0.55)), bevel: 0.08, casts: false),
      ObjectPart(
        .slab(-0.36, -0.08, 0.13, 0.035), Paint(Hue.steel), bevel: 0.03, gloss: 0.4, casts: false),
      ObjectPart(
        .oval(1.68, -0.2, 0.13, 0.12), Paint(RGB(1, 0.95, 0.75)), bevel: 0.1, glow: 0.4,
        casts: false),
      ObjectPart(
        .slab(-1.76, -0.2, 0.08, 0.1), Paint(Hue.red), bevel: 0.04, glow: 0.3, casts: false),
    ] + wheel(-1.02, -0.6, 0.4) + wheel(1.06, -0.6, 0.4)
  }

  static let bus = ObjectKind("bus", .ground, paints, aspect: 1.8) { look in
    let windows = (0..<5).map { Shape.slab(-1.3 + Float($0) * 0.62, 0.36, 0.26, 0.27, 0.06) }
    return [
      ObjectPart(.slab(0, 0.1, 1.78, 0.86, 0.2), Paint(look.main), bevel: 0.2, gloss: 0.45),
      ObjectPart(.slab(0, -0.26, 1.78, 0.07), Paint(Hue.white), bevel: 0.02, casts: false),
      ObjectPart(
        .union(windows), Paint(Hue.glass * 0.6, .gradient(0.1, 0.6, Hue.glass)), bevel: 0.04,
        gloss: 0.4),
      ObjectPart(
        .oval(1.68, -0.48, 0.09, 0.09), Paint(RGB(1, 0.95, 0.75)), bevel: 0.08, glow: 0.4,
        casts: false),
    ] + wheel(-1.05, -0.68, 0.32) + wheel(1.05, -0.68, 0.32)
  }

  static let train = ObjectKind("train", .ground, paints + [.black], aspect: 1.7) { look in
    [
      ObjectPart(.slab(0.96, 0.52, 0.14, 0.34), Paint(Hue.dark), bevel: 0.12),
      ObjectPart(.slab(0.96, 0.84, 0.22, 0.1, 0.04), Paint(Hue.dark), bevel: 0.1),
      ObjectPart(.slab(0.3, 0.42, 0.12, 0.2, 0.1), Paint(Hue.gold), bevel: 0.1, gloss: 0.5),
      ObjectPart(.slab(0.5, -0.02, 1.0, 0.42, 0.14), Paint(look.main), bevel: 0.4, gloss: 0.5),
      ObjectPart(
        .union([.slab(0.2, 0, 0.04, 0.42), .slab(0.8, 0, 0.04, 0.42)]), Paint(Hue.gold),
        bevel: 0.03, casts: false),
      ObjectPart(
        .slab(-1.0, 0.1, 0.62, 0.62, 0.04), Paint(look.main(0.88)), bevel: 0.06, gloss: 0.3),
      ObjectPart(
        .slab(-1.0, 0.28, 0.34, 0.26, 0.05), Paint(Hue.glass * 0.8), bevel: 0.03, gloss: 0.3),
      ObjectPart(.slab(-1.0, 0.76, 0.78, 0.1, 0.06), Paint(Hue.dark), bevel: 0.08),
      ObjectPart(.slab(0, -0.5, 1.66, 0.12, 0.04), Paint(Hue.dark), bevel: 0.06),
      ObjectPart(
        .triangle(at(1.5, -0.4), at(1.5, -0.92), at(1.9, -0.92)), Paint(Hue.red), bevel: 0.1),
    ] + wheel(-1.1, -0.62, 0.38) + wheel(0.1, -0.7, 0.3) + wheel(0.9, -0.7, 0.3)
  }

  static let boat = ObjectKind("sailboat", .water, paints + [.white], aspect: 1.1) { look in
    [
      ObjectPart(.rod(0, -0.6, 0, 0.96, 0.035), Paint(Hue.wood)),
      ObjectPart(
        .area([at(0.08, -0.42), at(0.9, -0.42), at(0.62, 0.1), at(0.08, 0.92)], 0.02),
        Paint(Hue.white, .gradient(-0.4, 1, Hue.cream)),
        bevel: 0.3),
      ObjectPart(
        .area([at(-0.08, -0.38), at(-0.74, -0.38), at(-0.4, 0.1), at(-0.08, 0.66)], 0.02),
        Paint(look.main(1.06)), bevel: 0.25),
      ObjectPart(
        .area(
          [
            at(-1.02, -0.52), at(1.08, -0.52), at(0.72, -0.92), at(0.4, -0.98), at(-0.5, -0.98),
            at(-0.78, -0.9),
          ], 0.03),
        Paint(look.main, .gradient(-1, -0.5, look.main(1.1))), bevel: 0.2, gloss: 0.3),
      ObjectPart(.slab(0, -0.56, 1.02, 0.05), Paint(Hue.white), bevel: 0.04, casts: false),
    ]
  }

  static let rocket = ObjectKind("rocket", .sky, paints + [.white]) { look in
    let hull = Shape.common(.disc(-0.75, 0.05, 1.12), .disc(0.75, 0.05, 1.12))
    return [
      ObjectPart(
        .area([at(-0.16, -0.6), at(0.16, -0.6), at(0.1, -0.86), at(0, -1), at(-0.1, -0.86)], 0.03),
        Paint(RGB(1, 0.72, 0.18), .gradient(-0.55, -0.95, RGB(0.95, 0.3, 0.08))), bevel: 0.1,
        glow: 0.9),
      ObjectPart(
        .both { side in
          .area([
            at(side * 0.2, -0.06), at(side * 0.62, -0.52), at(side * 0.6, -0.82),
            at(side * 0.2, -0.5),
          ])
        }, Paint(look.main(0.85)), bevel: 0.08),
      ObjectPart(hull, Paint(Hue.white), gloss: 0.4, form: .turned),
      ObjectPart(
        .common(hull, .slab(0, 0.9, 0.6, 0.42)), Paint(look.main), gloss: 0.4, casts: false,
        form: .turned, on: hull),
      ObjectPart(.slab(0, -0.6, 0.22, 0.07), Paint(Hue.dark), bevel: 0.06),
      ObjectPart(.disc(0, 0.16, 0.2), Paint(look.main), bevel: 0.06),
      ObjectPart(
        .disc(0, 0.16, 0.14), Paint(Hue.glass * 0.8), bevel: 0.14, gloss: 0.7, casts: false),
    ]
  }

  static let hotAirBalloon = ObjectKind("hot-air balloon", .sky, paints) { look in
    [
      ObjectPart(
        .both { .rod($0 * 0.3, -0.3, $0 * 0.14, -0.78, 0.018) }, Paint(Hue.darkWood), casts: false),
      ObjectPart(
        .blend([.disc(0, 0.3, 0.68), .oval(0, -0.24, 0.26, 0.2)], 0.5),
        Paint(look.main, .stripes(0, 2.1, Hue.cream)), bevel: 0.66, gloss: 0.25, form: .turned),
      ObjectPart(
        .slab(0, -0.86, 0.18, 0.13, 0.04), Paint(Hue.wood, .bricks(16, Hue.darkWood)), bevel: 0.1),
    ]
  }

  static let balloon = ObjectKind("balloon", .sky, paints + [.pink, .white]) { look in
    [
      ObjectPart(
        .curve(at(0, -0.24), at(0.12, -0.6), at(-0.06, -0.98), 0.018, 0.018), Paint(Hue.dark),
        casts: false),
      ObjectPart(
        .triangle(at(-0.1, -0.3), at(0.1, -0.3), at(0, -0.16)), Paint(look.main(0.8)), bevel: 0.05),
      ObjectPart(
        .blend([.oval(0, 0.42, 0.54, 0.56), .disc(0, -0.08, 0.12)], 0.3), Paint(look.main),
        bevel: 0.54, gloss: 0.85),
    ]
  }

  static let airplane = ObjectKind("airplane", .sky, paints + [.white], aspect: 1.7) { look in
    [
      ObjectPart(
        .area([at(0.1, 0.1), at(-0.3, 0.1), at(-0.72, 0.8), at(-0.46, 0.8)], 0.04),
        Paint(look.main(0.75)), bevel: 0.06),
      ObjectPart(
        .area([at(-1.45, 0.1), at(-1.1, 0.1), at(-1.38, 0.84), at(-1.66, 0.84)], 0.04),
        Paint(look.main), bevel: 0.08),
      ObjectPart(
        .blend([.rod(-1.4, 0.06, 1.25, -0.06, 0.16, 0.3), .oval(1.4, -0.1, 0.3, 0.24)], 0.1),
        Paint(Hue.white), bevel: 0.3,
        gloss: 0.5),
      ObjectPart(
        .area([at(1.2, 0.14), at(1.5, 0.06), at(1.56, -0.04), at(1.2, -0.02)], 0.03),
        Paint(Hue.glass * 0.55), bevel: 0.04),
      ObjectPart(
        .union((0..<6).map { .disc(-0.75 + Float($0) * 0.3, 0.06, 0.06) }), Paint(Hue.glass * 0.5),
        bevel: 0.03, casts: false),
      ObjectPart(
        .area([at(0.3, -0.08), at(-0.26, -0.08), at(-0.85, -0.82), at(-0.5, -0.82)], 0.05),
        Paint(look.main), bevel: 0.09),
      ObjectPart(
        .area([at(-1.2, 0.02), at(-1.45, 0.02), at(-1.72, -0.26), at(-1.5, -0.26)], 0.03),
        Paint(look.main(0.9)), bevel: 0.05),
    ]
  }

  static let kite = ObjectKind("kite", .sky, paints + [.pink]) { look in
    let tail = Shape.curve(at(0, -0.3), at(0.4, -0.6), at(-0.1, -0.96), 0.02, 0.02)
    return [
      ObjectPart(tail, Paint(Hue.dark), casts: false),
      ObjectPart(
        .union([
          .star(0.14, -0.58, points: 2, outer: 0.14, inner: 0.04),
          .star(0.06, -0.82, points: 2, outer: 0.12, inner: 0.03),
        ]),
        Paint(Hue.gold), bevel: 0.04),
      ObjectPart(
        .area([at(0, 0.95), at(0.62, 0.4), at(0, -0.36), at(-0.62, 0.4)]), Paint(look.main),
        bevel: 0.1),
      ObjectPart(
        .triangle(at(0, 0.95), at(0.62, 0.4), at(0, 0.4), 0), Paint(look.pale(0.45)), bevel: 0.03,
        casts: false),
      ObjectPart(
        .triangle(at(0, -0.34), at(-0.62, 0.4), at(0, 0.4), 0), Paint(look.pale(0.45)), bevel: 0.03,
        casts: false),
      ObjectPart(
        .union([.rod(0, 0.95, 0, -0.34, 0.018), .rod(-0.62, 0.4, 0.62, 0.4, 0.018)]),
        Paint(Hue.wood), casts: false),
    ]
  }
}
