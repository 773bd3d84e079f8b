/// Things of the house.
extension ObjectKind {
  static let things = [
    cup, bottle, lamp, book, clock, key, ring, crown, hat, drum, bell, umbrella, chair, guitar,
    gift, candle,
  ]

  private static let paints: [ObjectColour] = [
    .red, .blue, .yellow, .green, .orange, .purple, .pink,
  ]

  static let cup = ObjectKind("cup", .ground, paints + [.white], aspect: 1.15) { look in
    [
      ObjectPart(
        .outline(.oval(0.66, -0.12, 0.36, 0.4), 0.09), Paint(look.main(0.9)), bevel: 0.09,
        gloss: 0.4),
      ObjectPart(
        .area(
          [
            at(-0.78, 0.62), at(0.62, 0.62), at(0.5, -0.72), at(0.3, -0.93), at(-0.46, -0.93),
            at(-0.66, -0.72),
          ], 0.06),
        Paint(look.main), bevel: 0.5, gloss: 0.6, form: .turned),
      ObjectPart(
        .oval(-0.08, 0.64, 0.76, 0.2), Paint(look.main(1.1)), bevel: 0.06, gloss: 0.3, casts: false),
      ObjectPart(
        .oval(-0.08, 0.63, 0.66, 0.145), Paint(RGB(0.30, 0.17, 0.09)), bevel: 0.04, casts: false),
    ]
  }

  static let bottle = ObjectKind("bottle", .ground, [.green, .brown, .blue, .red]) { look in
    [
      ObjectPart(.slab(0, 0.92, 0.12, 0.08, 0.03), Paint(RGB(0.76, 0.60, 0.40)), bevel: 0.08),
      ObjectPart(
        .blend([.slab(0, -0.38, 0.42, 0.62, 0.12), .slab(0, 0.5, 0.14, 0.38, 0.04)], 0.4),
        Paint(look.main), bevel: 0.38,
        gloss: 0.9, form: .turned),
      ObjectPart(
        .slab(0, 0.78, 0.17, 0.06, 0.03), Paint(look.main(0.8)), bevel: 0.06, gloss: 0.5,
        form: .turned),
      ObjectPart(
        .slab(0, -0.42, 0.42, 0.3), Paint(Hue.cream), bevel: 0.3, gloss: 0.15, casts: false,
        form: .turned),
      ObjectPart(
        .slab(0, -0.42, 0.42, 0.06), Paint(look.main(0.9)), bevel: 0.3, casts: false, form: .turned),
    ]
  }

  static let lamp = ObjectKind("lamp", .ground, paints + [.white]) { look in
    [
      ObjectPart(.oval(0, -0.9, 0.46, 0.1), Paint(Hue.darkWood), bevel: 0.1, gloss: 0.3),
      ObjectPart(
        .blend([.rod(0, -0.9, 0, 0.2, 0.05), .disc(0, -0.45, 0.13)], 0.1), Paint(Hue.gold),
        bevel: 0.1, gloss: 0.6, form: .turned),
      ObjectPart(
        .area([at(-0.72, 0.0), at(0.72, 0.0), at(0.4, 0.9), at(-0.4, 0.9)], 0.03),
        Paint(look.main, .gradient(0.7, 0.0, look.pale(0.35))), bevel: 0.4, glow: 0.5, form: .turned
      ),
    ]
  }

  static let book = ObjectKind("book", .ground, paints + [.brown], aspect: 1.2) { look in
    [
      ObjectPart(.slab(0.04, 0, 0.86, 0.98, 0.06), Paint(look.main(0.7)), bevel: 0.06),
      ObjectPart(
        .slab(0.08, -0.06, 0.8, 0.9, 0.03), Paint(Hue.cream, .stripes(0, 16, Hue.cream * 0.88)),
        bevel: 0.03),
      ObjectPart(.slab(-0.06, 0.03, 0.84, 0.95, 0.06), Paint(look.main), bevel: 0.06, gloss: 0.2),
      ObjectPart(
        .slab(-0.76, 0.03, 0.1, 0.95, 0.04), Paint(look.main(0.82)), bevel: 0.1, casts: false),
      ObjectPart(
        .union([.slab(0.06, 0.46, 0.44, 0.09, 0.02), .slab(0.06, 0.2, 0.3, 0.05, 0.02)]),
        Paint(Hue.gold), bevel: 0.03, casts: false),
      ObjectPart(
        .star(0.06, -0.38, points: 5, outer: 0.26, inner: 0.11), Paint(Hue.gold), bevel: 0.04,
        casts: false),
    ].standing()
  }

  static let clock = ObjectKind("clock", .ground, paints + [.brown]) { look in
    let marks = Shape.wreath(.slab(0, 0.66, 0.03, 0.08, 0.01), count: 12, around: 0, 0)
    return [
      ObjectPart(
        .both { .rod($0 * 0.5, -0.7, $0 * 0.66, -0.95, 0.08) }, Paint(look.main(0.7)), bevel: 0.08),
      ObjectPart(.disc(0, 0, 0.98), Paint(look.main), bevel: 0.2, gloss: 0.5),
      ObjectPart(.disc(0, 0, 0.8), Paint(Hue.white), bevel: 0.05),
      ObjectPart(.union(marks), Paint(Hue.dark), bevel: 0.02, casts: false),
      ObjectPart(.rod(0, 0, 0.24, 0.34, 0.05, 0.03), Paint(Hue.dark), bevel: 0.03, casts: false),
      ObjectPart(.rod(0, 0, -0.3, 0.5, 0.035, 0.02), Paint(Hue.dark), bevel: 0.03, casts: false),
      ObjectPart(.disc(0, 0, 0.08), Paint(Hue.red), bevel: 0.08, casts: false),
    ]
  }

  static let key = ObjectKind("key", .ground, [.yellow, .grey, .brown], aspect: 0.7) { look in
    let metal = Paint(look.main)
    return [
      ObjectPart(
        .union([.slab(0.2, -0.84, 0.2, 0.07), .slab(0.16, -0.58, 0.16, 0.07)]), metal, bevel: 0.06,
        gloss: 0.6),
      ObjectPart(.slab(0, -0.4, 0.09, 0.6, 0.04), metal, bevel: 0.08, gloss: 0.7),
      ObjectPart(.outline(.disc(0, 0.56, 0.32), 0.11), metal, bevel: 0.11, gloss: 0.8),
      ObjectPart(.slab(0, 0.12, 0.17, 0.06, 0.03), metal, bevel: 0.06, gloss: 0.6),
    ]
  }

  static let ring = ObjectKind("ring", .ground, [.yellow, .grey], aspect: 0.9) { look in
    [
      ObjectPart(
        .outline(.oval(0, -0.3, 0.58, 0.6), 0.1), Paint(look.main), bevel: 0.1, gloss: 0.9),
      ObjectPart(
        .area([at(-0.18, 0.34), at(0.18, 0.34), at(0.1, 0.24), at(-0.1, 0.24)], 0.03),
        Paint(look.main(0.85)), bevel: 0.05),
      ObjectPart(
        .area([at(0, 0.3), at(0.36, 0.68), at(0.2, 0.94), at(-0.2, 0.94), at(-0.36, 0.68)]),
        Paint(RGB(0.55, 0.82, 0.95)), bevel: 0.3,
        gloss: 0.9, form: .faceted),
      ObjectPart(
        .area([at(-0.12, 0.7), at(0.12, 0.7), at(0.16, 0.92), at(-0.16, 0.92)], 0),
        Paint(RGB(0.86, 0.95, 1.0)), bevel: 0.02, casts: false),
    ].standing()
  }

  static let crown = ObjectKind("crown", .ground, [.yellow, .grey], aspect: 1.3) { look in
    [
      ObjectPart(
        .area(
          [
            at(-0.9, -0.7), at(-1.1, 0.42), at(-0.5, -0.08), at(0, 0.66), at(0.5, -0.08),
            at(1.1, 0.42), at(0.9, -0.7),
          ], 0.04), Paint(look.main), bevel: 0.25, gloss: 0.7),
      ObjectPart(.slab(0, -0.78, 0.94, 0.18, 0.06), Paint(look.main(0.9)), bevel: 0.16, gloss: 0.6),
      ObjectPart(
        .union([.disc(-1.1, 0.5, 0.13), .disc(0, 0.76, 0.15), .disc(1.1, 0.5, 0.13)]),
        Paint(Hue.red), bevel: 0.14, gloss: 0.8),
      ObjectPart(
        .both { .disc($0 * 0.56, -0.78, 0.11) }, Paint(RGB(0.2, 0.45, 0.9)), bevel: 0.1, gloss: 0.8,
        casts: false),
      ObjectPart(.disc(0, -0.78, 0.12), Paint(Hue.red), bevel: 0.1, gloss: 0.8, casts: false),
    ].standing()
  }

  static let hat = ObjectKind(
    "hat", .ground, [.black, .brown, .red, .blue, .purple, .green], aspect: 1.3
  ) { look in
    [
      ObjectPart(.oval(0, -0.74, 1.24, 0.26), Paint(look.main(0.9)), bevel: 0.2, gloss: 0.2),
      ObjectPart(
        .area([at(-0.64, -0.7), at(0.64, -0.7), at(0.72, 0.84), at(-0.72, 0.84)], 0.06),
        Paint(look.main), bevel: 0.45, gloss: 0.35, form: .turned),
      ObjectPart(.oval(0, 0.86, 0.76, 0.13), Paint(look.main(1.15)), bevel: 0.05, casts: false),
      ObjectPart(
        .area([at(-0.67, -0.62), at(0.67, -0.62), at(0.69, -0.28), at(-0.69, -0.28)], 0.02),
        Paint(Hue.cream), bevel: 0.4, casts: false, form: .turned),
    ].standing()
  }

  static let drum = ObjectKind("drum", .ground, paints, aspect: 1.15) { look in
    let cords = (-3...3).map { index -> Shape in
      let x = Float(index) * 0.26
      return .union([
        .rod(x, 0.2, x + 0.13, -0.64, 0.022), .rod(x + 0.26, 0.2, x + 0.13, -0.64, 0.022),
      ])
    }
    return [
      ObjectPart(
        .union([.slab(0, -0.22, 0.9, 0.56, 0.02), .oval(0, -0.72, 0.9, 0.24)]), Paint(look.main),
        bevel: 0.6, gloss: 0.4, form: .turned),
      ObjectPart(
        .common(.union(cords), .slab(0, -0.2, 0.88, 0.6)), Paint(Hue.cream), bevel: 0.02,
        casts: false),
      ObjectPart(
        .difference(.oval(0, -0.68, 0.93, 0.28), .oval(0, -0.5, 0.96, 0.28)), Paint(Hue.gold),
        bevel: 0.06, gloss: 0.5),
      ObjectPart(.oval(0, 0.34, 0.95, 0.3), Paint(Hue.gold), bevel: 0.08, gloss: 0.5),
      ObjectPart(.oval(0, 0.38, 0.86, 0.24), Paint(Hue.white), bevel: 0.05, casts: false),
      ObjectPart(
        .union([
          .rod(-0.7, 0.92, 0.1, 0.42, 0.045), .disc(0.12, 0.42, 0.08),
          .rod(0.74, 0.9, 0.34, 0.36, 0.045), .disc(0.33, 0.35, 0.08),
        ]),
        Paint(RGB(0.80, 0.62, 0.40)), bevel: 0.06),
    ].cut(below: -1)
  }

  static let bell = ObjectKind("bell", .ground, [.yellow, .grey, .red]) { look in
    [
      ObjectPart(
        .outline(.disc(0, 0.84, 0.12), 0.05), Paint(look.main(0.8)), bevel: 0.05, gloss: 0.5),
      ObjectPart(.disc(0, -0.8, 0.19), Paint(look.main(0.7)), bevel: 0.18, gloss: 0.6),
      ObjectPart(
        .area(
          [
            at(-0.2, 0.74), at(0.2, 0.74), at(0.4, 0.5), at(0.5, -0.1), at(0.62, -0.46),
            at(0.86, -0.66), at(-0.86, -0.66),
            at(-0.62, -0.46), at(-0.5, -0.1), at(-0.4, 0.5),
          ], 0.07), Paint(look.main), bevel: 0.5, gloss: 0.85, form: .turned),
      ObjectPart(.slab(0, -0.64, 0.9, 0.07, 0.06), Paint(look.main(0.88)), bevel: 0.07, gloss: 0.6),
    ].standing()
  }

  static let umbrella = ObjectKind("umbrella", .ground, paints + [.black], aspect: 1.25) { look in
    let dome = Shape.common(.disc(0, -0.22, 1.14), .slab(0, 0.6, 1.4, 0.62, 0))
    let scallops = Shape.union((-1...1).map { .oval(Float($0) * 0.74, -0.06, 0.37, 0.2) })
    return [
      ObjectPart(
        .union([.rod(0, 0.2, 0, -0.78, 0.045), .arc(-0.16, -0.8, 0.16, from: 0.5, to: 1.0, 0.05)]),
        Paint(Hue.wood), bevel: 0.05),
      ObjectPart(.rod(0, 0.86, 0, 0.97, 0.03), Paint(Hue.dark)),
      ObjectPart(.difference(dome, scallops), Paint(look.main), bevel: 0.7, gloss: 0.3),
      ObjectPart(
        .difference(.common(.oval(0, 0.1, 0.4, 0.82), dome), scallops), Paint(look.pale(0.4)),
        bevel: 0.5, gloss: 0.2, casts: false),
    ]
  }

  static let chair = ObjectKind("chair", .ground, paints + [.brown, .white]) { look in
    let wood = Paint(look.main, .grain(0.25, 6))
    return [
      ObjectPart(
        .union([.slab(-0.46, 0.1, 0.07, 0.88), .slab(0.34, 0.1, 0.07, 0.88)]),
        Paint(look.main(0.86)), bevel: 0.06),
      ObjectPart(
        .union([.slab(-0.06, 0.78, 0.42, 0.14, 0.05), .slab(-0.06, 0.38, 0.4, 0.09, 0.04)]), wood,
        bevel: 0.06),
      ObjectPart(
        .union([.slab(-0.46, -0.6, 0.06, 0.4), .slab(0.34, -0.6, 0.06, 0.36)]),
        Paint(look.main(0.7)), bevel: 0.06),
      ObjectPart(
        .area([at(-0.56, -0.08), at(0.4, -0.08), at(0.62, -0.3), at(-0.5, -0.3)], 0.05), wood,
        bevel: 0.08),
      ObjectPart(
        .union([.slab(-0.44, -0.66, 0.075, 0.34), .slab(0.56, -0.66, 0.075, 0.34)]),
        Paint(look.main(0.9)), bevel: 0.07),
    ]
  }

  static let guitar = ObjectKind("guitar", .ground, [.brown, .red, .blue, .orange], aspect: 0.8) {
    look in
    [
      ObjectPart(.slab(0, 0.84, 0.12, 0.15, 0.04), Paint(Hue.darkWood), bevel: 0.05),
      ObjectPart(
        .union([0.76, 0.92].map { (y: Float) in .both { .disc($0 * 0.15, y, 0.035) } }),
        Paint(Hue.steel), bevel: 0.03, casts: false),
      ObjectPart(
        .slab(0, 0.36, 0.07, 0.46, 0.02),
        Paint(Hue.darkWood, .stripes(0.25, 7, Hue.darkWood * 1.25)), bevel: 0.05),
      ObjectPart(
        .blend([.oval(0, -0.58, 0.56, 0.42), .oval(0, 0.0, 0.4, 0.3)], 0.16), Paint(look.main),
        bevel: 0.14, gloss: 0.6),
      ObjectPart(.disc(0, -0.14, 0.17), Paint(RGB(0.16, 0.10, 0.07)), bevel: 0.04, casts: false),
      ObjectPart(.slab(0, -0.66, 0.22, 0.05, 0.02), Paint(Hue.darkWood), bevel: 0.04, casts: false),
      ObjectPart(
        .union([-0.03, 0, 0.03].map { (x: Float) in .rod(x, -0.64, x, 0.8, 0.008) }),
        Paint(Hue.cream), casts: false),
    ]
  }

  static let gift = ObjectKind("gift", .ground, paints) { look in
    let ribbon = Paint(look.main.x > 0.7 && look.main.y > 0.6 ? Hue.red : Hue.gold)
    return [
      ObjectPart(.slab(0, -0.42, 0.8, 0.57, 0.03), Paint(look.main), bevel: 0.06, gloss: 0.2),
      ObjectPart(.slab(0, -0.42, 0.14, 0.57, 0), ribbon, bevel: 0.03, casts: false),
      ObjectPart(.slab(0, 0.2, 0.9, 0.17, 0.03), Paint(look.main(1.08)), bevel: 0.06, gloss: 0.2),
      ObjectPart(.slab(0, 0.2, 0.16, 0.17, 0), ribbon, bevel: 0.03, casts: false),
      ObjectPart(
        .both { .outline(.oval($0 * 0.3, 0.64, 0.26, 0.16, turned: $0 * 0.09), 0.08) }, ribbon,
        bevel: 0.08, gloss: 0.3),
      ObjectPart(.disc(0, 0.46, 0.13), ribbon, bevel: 0.12, gloss: 0.3),
    ]
  }

  static let candle = ObjectKind("candle", .ground, paints + [.white], aspect: 0.8) { look in
    [
      ObjectPart(.oval(0, -0.86, 0.6, 0.13), Paint(Hue.gold), bevel: 0.1, gloss: 0.6),
      ObjectPart(
        .slab(0, -0.28, 0.24, 0.56, 0.06), Paint(look.main, .gradient(-0.3, 0.3, look.pale(0.35))),
        bevel: 0.22, gloss: 0.3, form: .turned),
      ObjectPart(.rod(0, 0.26, 0, 0.42, 0.025), Paint(Hue.dark), casts: false),
      ObjectPart(
        .blend([.disc(0, 0.5, 0.15), .rod(0, 0.55, 0.02, 0.92, 0.1, 0.01)], 0.1),
        Paint(RGB(1, 0.9, 0.45), .gradient(0.5, 0.95, RGB(1, 0.5, 0.1))), bevel: 0.15, glow: 1,
        casts: false),
    ].cut(below: -1)
  }
}
