/// Animals and figures.
extension ObjectKind {
  static let animals = [fish, bird, butterfly, snail, snowman, duck, ladybird, owl, cat]

  private static func eye(_ x: Float, _ y: Float, _ radius: Float) -> [ObjectPart] {
    [
      ObjectPart(.disc(x, y, radius), Paint(Hue.white), bevel: radius, casts: false),
      ObjectPart(
        .disc(x + radius * 0.15, y, radius * 0.58), Paint(Hue.dark), bevel: radius * 0.6,
        gloss: 0.9, casts: false),
    ]
  }

  static let fish = ObjectKind(
    "fish", .water, [.orange, .blue, .red, .yellow, .purple, .green], aspect: 1.5
  ) { look in
    [
      ObjectPart(
        .area([at(-0.75, 0), at(-1.4, 0.62), at(-1.2, 0), at(-1.4, -0.62)], 0.06),
        Paint(look.main(0.85)), bevel: 0.12),
      ObjectPart(
        .area([at(-0.3, 0.4), at(0.1, 0.92), at(0.5, 0.4)], 0.06), Paint(look.main(0.85)),
        bevel: 0.12),
      ObjectPart(
        .area([at(-0.1, -0.4), at(-0.2, -0.9), at(0.3, -0.45)], 0.06), Paint(look.main(0.85)),
        bevel: 0.12),
      ObjectPart(
        .blend([.oval(0.18, 0, 1.0, 0.62), .rod(-0.5, 0, -0.95, 0, 0.3, 0.1)], 0.3),
        Paint(look.main, .stripes(0, 1.7, look.pale(0.55))), bevel: 0.55, gloss: 0.45),
      ObjectPart(.oval(0.1, -0.14, 0.26, 0.13, turned: 0.9), Paint(look.main(0.78)), bevel: 0.08),
      ObjectPart(.arc(1.12, -0.06, 0.12, from: 0.55, to: 0.8, 0.02), Paint(Hue.dark), casts: false),
    ] + eye(0.72, 0.18, 0.14)
  }

  static let bird = ObjectKind(
    "bird", .sky, [.blue, .red, .yellow, .black, .green, .white], aspect: 1.3
  ) { look in
    [
      ObjectPart(
        .area([at(-0.6, -0.1), at(-1.3, 0.1), at(-1.34, -0.22)], 0.05), Paint(look.main(0.75)),
        bevel: 0.1),
      ObjectPart(
        .area([at(0.2, 0.1), at(-0.3, 0.96), at(-0.52, 0.9), at(-0.32, 0)], 0.06),
        Paint(look.main(0.7)), bevel: 0.1),
      ObjectPart(
        .triangle(at(1.0, 0.3), at(1.02, 0.08), at(1.34, 0.16)), Paint(Hue.beak), bevel: 0.06),
      ObjectPart(
        .blend([.oval(0.02, -0.14, 0.74, 0.4, turned: 0.02), .disc(0.78, 0.2, 0.3)], 0.25),
        Paint(look.main), bevel: 0.38, gloss: 0.2),
      ObjectPart(
        .oval(0.24, -0.32, 0.42, 0.18, turned: 0.03), Paint(look.pale(0.55)), bevel: 0.2,
        casts: false),
      ObjectPart(
        .area([at(0.32, 0), at(-0.1, 0.66), at(-0.74, 0.94), at(-0.3, 0)], 0.08),
        Paint(look.main(0.88), .stripes(0.1, 4, look.main(0.72))), bevel: 0.12),
    ] + eye(0.86, 0.26, 0.09)
  }

  static let butterfly = ObjectKind(
    "butterfly", .sky, [.orange, .blue, .yellow, .purple, .pink, .red], aspect: 1.25
  ) { look in
    [
      ObjectPart(
        .both { .oval($0 * 0.48, -0.42, 0.4, 0.44, turned: $0 * 0.06) }, Paint(look.main(0.85)),
        bevel: 0.14),
      ObjectPart(
        .both { .oval($0 * 0.6, 0.34, 0.58, 0.46, turned: $0 * 0.1) }, Paint(look.main), bevel: 0.14
      ),
      ObjectPart(
        .both { .oval($0 * 0.68, 0.42, 0.26, 0.2, turned: $0 * 0.1) }, Paint(look.pale(0.6)),
        bevel: 0.1, casts: false),
      ObjectPart(
        .both { .disc($0 * 0.52, -0.46, 0.16) }, Paint(look.pale(0.6)), bevel: 0.1, casts: false),
      ObjectPart(
        .both { .curve(at($0 * 0.04, 0.5), at($0 * 0.08, 0.8), at($0 * 0.28, 0.94), 0.024, 0.03) },
        Paint(Hue.dark), casts: false),
      ObjectPart(.rod(0, 0.46, 0, -0.62, 0.11, 0.06), Paint(Hue.dark), bevel: 0.1, gloss: 0.3),
    ]
  }

  static let snail = ObjectKind(
    "snail", .ground, [.orange, .pink, .blue, .green, .purple], aspect: 1.5
  ) { look in
    let body = Paint(RGB(0.84, 0.74, 0.54))
    return [
      ObjectPart(
        .union([.rod(1.0, -0.3, 0.96, 0.46, 0.05, 0.04), .rod(1.14, -0.3, 1.34, 0.4, 0.05, 0.04)]),
        body, bevel: 0.05),
      ObjectPart(
        .union([.disc(0.96, 0.5, 0.09), .disc(1.35, 0.44, 0.09)]), Paint(Hue.dark), bevel: 0.09,
        gloss: 0.6),
      ObjectPart(
        .blend(
          [.rod(-1.3, -0.9, 0.8, -0.82, 0.08, 0.17), .rod(0.8, -0.8, 1.06, -0.3, 0.2, 0.2)], 0.2),
        body, bevel: 0.18),
      ObjectPart(.disc(-0.16, -0.02, 0.8), Paint(look.main), bevel: 0.7, gloss: 0.4),
      ObjectPart(
        .union([
          .arc(-0.16, -0.02, 0.6, from: 0.1, to: 0.6, 0.05),
          .arc(-0.08, -0.02, 0.52, from: 0.6, to: 1.0, 0.05),
          .arc(-0.1, 0.02, 0.34, from: 0.0, to: 0.55, 0.05),
          .arc(-0.16, -0.04, 0.24, from: 0.5, to: 1.0, 0.045),
        ]), Paint(look.main(0.6)), bevel: 0.05, casts: false),
    ].cut(below: -1)
  }

  static let snowman = ObjectKind("snowman", .ground, [.white]) { look in
    let snow = Paint(look.main)
    return [
      ObjectPart(
        .union([
          .rod(-0.3, 0.1, -0.76, 0.42, 0.03), .rod(-0.62, 0.32, -0.64, 0.5, 0.025),
          .rod(0.3, 0.1, 0.76, 0.42, 0.03), .rod(0.62, 0.32, 0.64, 0.5, 0.025),
        ]), Paint(Hue.darkWood), casts: false),
      ObjectPart(.disc(0, -0.56, 0.5), snow, bevel: 0.5),
      ObjectPart(.disc(0, 0.08, 0.37), snow, bevel: 0.37),
      ObjectPart(.disc(0, 0.5, 0.26), snow, bevel: 0.26),
      ObjectPart(
        .blend([.slab(0, 0.31, 0.25, 0.06, 0.05), .slab(0.16, 0.12, 0.06, 0.16, 0.04)], 0.04),
        Paint(Hue.red), bevel: 0.06),
      ObjectPart(
        .union([.slab(0, 0.84, 0.2, 0.16), .slab(0, 0.7, 0.34, 0.04)]), Paint(Hue.dark),
        bevel: 0.06, gloss: 0.3),
      ObjectPart(.slab(0, 0.75, 0.2, 0.03), Paint(Hue.red), bevel: 0.02, casts: false),
      ObjectPart(.rod(0, 0.5, 0.22, 0.46, 0.05, 0.015), Paint(RGB(0.95, 0.5, 0.12)), bevel: 0.05),
      ObjectPart(
        .union([
          .disc(-0.09, 0.58, 0.035), .disc(0.1, 0.58, 0.035), .disc(0, 0.14, 0.04),
          .disc(0, -0.02, 0.04), .disc(0, -0.34, 0.045),
        ]),
        Paint(Hue.dark), bevel: 0.035, gloss: 0.4, casts: false),
    ].cut(below: -1)
  }

  static let duck = ObjectKind("duck", .water, [.yellow, .white, .brown], aspect: 1.15) { look in
    [
      ObjectPart(
        .area([at(-0.6, -0.5), at(-1.06, 0.06), at(-0.5, -0.2)], 0.06), Paint(look.main(0.9)),
        bevel: 0.1),
      ObjectPart(.oval(-0.08, -0.52, 0.86, 0.48), Paint(look.main), bevel: 0.46, gloss: 0.25),
      ObjectPart(
        .oval(1.0, 0.38, 0.26, 0.1, turned: -0.02), Paint(Hue.beak), bevel: 0.1, gloss: 0.3),
      ObjectPart(
        .blend([.disc(0.48, 0.46, 0.44), .rod(0.4, -0.4, 0.44, 0.2, 0.26, 0.3)], 0.2),
        Paint(look.main), bevel: 0.42, gloss: 0.25),
      ObjectPart(
        .oval(-0.24, -0.42, 0.46, 0.24, turned: 0.03), Paint(look.main(0.86)), bevel: 0.22),
    ] + eye(0.6, 0.56, 0.1)
  }

  static let ladybird = ObjectKind("ladybird", .ground, [.red, .yellow, .orange], aspect: 1.3) {
    look in
    [
      ObjectPart(
        .union([.rod(0.86, -0.1, 1.14, 0.5, 0.035), .rod(1.02, -0.2, 1.38, 0.3, 0.035)]),
        Paint(Hue.dark), casts: false),
      ObjectPart(
        .union(
          (0..<3).map { .rod(-0.6 + Float($0) * 0.55, -0.6, -0.68 + Float($0) * 0.6, -0.95, 0.06) }),
        Paint(Hue.dark), bevel: 0.05),
      ObjectPart(.disc(0.92, -0.34, 0.38), Paint(Hue.dark), bevel: 0.36, gloss: 0.4),
      ObjectPart(
        .common(.oval(-0.14, -0.72, 1.08, 1.36), .slab(0, 0.16, 2, 0.88)), Paint(look.main),
        bevel: 0.7, gloss: 0.6),
      ObjectPart(
        .union([
          .disc(-0.7, -0.3, 0.17), .disc(-0.16, -0.36, 0.18), .disc(0.4, -0.34, 0.15),
          .disc(-0.44, 0.18, 0.17), .disc(0.2, 0.16, 0.17),
        ]),
        Paint(Hue.dark), bevel: 0.1, casts: false),
    ] + eye(1.06, -0.26, 0.1)
  }

  static let owl = ObjectKind("owl", .ground, [.brown, .grey, .white, .purple]) { look in
    [
      ObjectPart(
        .both { .triangle(at($0 * 0.5, 0.5), at($0 * 0.14, 0.7), at($0 * 0.52, 0.98)) },
        Paint(look.main(0.8)), bevel: 0.1),
      ObjectPart(
        .blend([.oval(0, -0.26, 0.6, 0.7), .disc(0, 0.42, 0.52)], 0.2), Paint(look.main), bevel: 0.5
      ),
      ObjectPart(
        .oval(0, -0.36, 0.36, 0.5), Paint(look.pale(0.55), .dots(7, 0.18, look.main)), bevel: 0.3,
        casts: false),
      ObjectPart(
        .both { .oval($0 * 0.54, -0.26, 0.16, 0.46, turned: $0 * 0.02) }, Paint(look.main(0.75)),
        bevel: 0.14),
      ObjectPart(.both { .disc($0 * 0.23, 0.44, 0.23) }, Paint(Hue.cream), bevel: 0.1),
      ObjectPart(
        .both { .disc($0 * 0.21, 0.44, 0.13) }, Paint(Hue.gold), bevel: 0.08, casts: false),
      ObjectPart(
        .both { .disc($0 * 0.2, 0.44, 0.08) }, Paint(Hue.dark), bevel: 0.08, gloss: 0.9,
        casts: false),
      ObjectPart(
        .triangle(at(-0.08, 0.32), at(0.08, 0.32), at(0, 0.12)), Paint(Hue.beak), bevel: 0.06),
      ObjectPart(
        .both { .union([.disc($0 * 0.24, -0.94, 0.08), .disc($0 * 0.12, -0.95, 0.07)]) },
        Paint(Hue.beak), bevel: 0.06),
    ].cut(below: -1)
  }

  static let cat = ObjectKind("cat", .ground, [.black, .orange, .grey, .white, .brown]) { look in
    let fur = Paint(look.main)
    return [
      ObjectPart(
        .curve(at(0.4, -0.85), at(1.0, -0.8), at(0.72, -0.05), 0.11, 0.08), Paint(look.main(0.9)),
        bevel: 0.1),
      ObjectPart(
        .blend([.oval(0, -0.58, 0.5, 0.46), .oval(0, -0.1, 0.34, 0.42)], 0.2), fur, bevel: 0.42),
      ObjectPart(
        .both { .triangle(at($0 * 0.5, 0.5), at($0 * 0.12, 0.7), at($0 * 0.46, 0.96), 0.03) }, fur,
        bevel: 0.12),
      ObjectPart(
        .both { .triangle(at($0 * 0.42, 0.58), at($0 * 0.26, 0.68), at($0 * 0.42, 0.84), 0.01) },
        Paint(Hue.pink), bevel: 0.06, casts: false),
      ObjectPart(
        .blend([.oval(0, 0.38, 0.5, 0.4), .both { .oval($0 * 0.26, 0.26, 0.26, 0.2) }], 0.1), fur,
        bevel: 0.4),
      ObjectPart(
        .both { .rod($0 * 0.16, -0.5, $0 * 0.16, -0.9, 0.12, 0.13) }, Paint(look.pale(0.12)),
        bevel: 0.12),
      ObjectPart(
        .both { .oval($0 * 0.2, 0.42, 0.1, 0.12) }, Paint(RGB(0.62, 0.80, 0.25)), bevel: 0.08,
        casts: false),
      ObjectPart(
        .both { .oval($0 * 0.2, 0.42, 0.04, 0.1) }, Paint(Hue.dark), bevel: 0.05, gloss: 0.8,
        casts: false),
      ObjectPart(
        .triangle(at(-0.05, 0.27), at(0.05, 0.27), at(0, 0.2)), Paint(Hue.pink), bevel: 0.04,
        casts: false),
    ].cut(below: -1)
  }
}
