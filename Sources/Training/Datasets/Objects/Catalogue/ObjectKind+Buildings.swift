/// What people build.
extension ObjectKind {
  static let buildings = [house, tent, mill, well, castle, lighthouse, bench, ladder, fence]

  private static let wall: [ObjectColour] = [.red, .blue, .yellow, .white, .green, .pink]

  static let house = ObjectKind("house", .ground, wall, aspect: 1.1) { look in
    let window = Paint(Hue.glass * 0.75)
    return [
      ObjectPart(.slab(0.42, 0.62, 0.12, 0.3), Paint(RGB(0.55, 0.30, 0.24)), bevel: 0.03),
      ObjectPart(.slab(0, -0.45, 0.78, 0.56), Paint(look.main), bevel: 0.03),
      ObjectPart(
        .area([at(-0.98, 0.08), at(0.98, 0.08), at(0.5, 0.72), at(-0.5, 0.72)]),
        Paint(RGB(0.42, 0.24, 0.20), .stripes(0.25, 7, RGB(0.36, 0.20, 0.17))), bevel: 0.05),
      ObjectPart(.slab(0, -0.62, 0.17, 0.38), Paint(Hue.darkWood), bevel: 0.03),
      ObjectPart(.disc(0.1, -0.62, 0.03), Paint(Hue.gold), bevel: 0.03, casts: false),
      ObjectPart(.both { .slab($0 * 0.48, -0.36, 0.19, 0.2) }, Paint(Hue.white), bevel: 0.03),
      ObjectPart(
        .both { .slab($0 * 0.48, -0.36, 0.15, 0.16) }, window, bevel: 0.01, glow: 0.2),
      ObjectPart(
        .both {
          .union([.slab($0 * 0.48, -0.36, 0.016, 0.17), .slab($0 * 0.48, -0.36, 0.16, 0.016)])
        },
        Paint(Hue.white), bevel: 0.02, casts: false),
    ]
  }

  static let tent = ObjectKind(
    "tent", .ground, [.red, .orange, .green, .blue, .yellow], aspect: 1.3
  ) {
    look in
    [
      ObjectPart(
        .triangle(at(-1.1, -1), at(1.1, -1), at(0, 0.7)),
        Paint(look.main, .gradient(-1, 0.7, look.main(1.12))),
        bevel: 0.2),
      ObjectPart(
        .triangle(at(0.3, -1), at(1.1, -1), at(0, 0.7)), Paint(look.main(0.8)), bevel: 0.06,
        casts: false),
      ObjectPart(
        .triangle(at(-0.42, -1), at(0.14, -1), at(-0.04, 0.2)), Paint(RGB(0.16, 0.13, 0.12)),
        bevel: 0.02,
        casts: false),
      ObjectPart(
        .triangle(at(-0.5, -1), at(-0.26, -1), at(-0.04, 0.22)), Paint(look.main(1.1)), bevel: 0.05),
      ObjectPart(.rod(0, 0.66, 0, 0.94, 0.03), Paint(Hue.wood)),
      ObjectPart(
        .triangle(at(0.03, 0.96), at(0.03, 0.74), at(0.34, 0.85)), Paint(Hue.gold), bevel: 0.04),
    ]
  }

  static let mill = ObjectKind("windmill", .ground, [.white, .red, .brown, .blue]) { look in
    var random = look.random
    let start = random.float(0.02...0.2)
    let sails = (0..<4).map { index -> ObjectPart in
      let turn = start + Float(index) / 4
      return ObjectPart(
        .turned(
          .union([.rod(0, 0.28, 0, 0.98, 0.025), .slab(0.11, 0.66, 0.1, 0.3, 0.01)]), turn,
          at(0, 0.28)),
        Paint(Hue.cream, .bricks(9, Hue.wood)), bevel: 0.02)
    }
    return [
      ObjectPart(
        .area([at(-0.46, -1), at(0.46, -1), at(0.26, 0.3), at(-0.26, 0.3)]),
        Paint(look.main, .bricks(7, look.main(0.86))), bevel: 0.3, form: .turned),
      ObjectPart(
        .common(.disc(0, 0.3, 0.34), .slab(0, 0.65, 0.5, 0.38)), Paint(RGB(0.40, 0.22, 0.18)),
        bevel: 0.2),
      ObjectPart(
        .union([.slab(0, -0.8, 0.12, 0.22), .disc(0, -0.58, 0.12)]), Paint(Hue.darkWood),
        bevel: 0.03),
      ObjectPart(.slab(0, -0.14, 0.08, 0.1), Paint(Hue.glass * 0.7), bevel: 0.02),
    ] + sails + [ObjectPart(.disc(0, 0.28, 0.07), Paint(Hue.dark), bevel: 0.07)]
  }

  static let well = ObjectKind("well", .ground, [.red, .grey, .blue, .brown]) { look in
    [
      ObjectPart(
        .both { .slab($0 * 0.56, 0, 0.06, 0.62) }, Paint(Hue.wood, .grain(0.25, 7)), bevel: 0.06),
      ObjectPart(.rod(-0.56, 0.2, 0.56, 0.2, 0.05), Paint(Hue.darkWood)),
      ObjectPart(.rod(0.04, 0.2, 0.04, -0.22, 0.02), Paint(Hue.cream)),
      ObjectPart(
        .area([at(-0.12, -0.12), at(0.2, -0.12), at(0.16, -0.36), at(-0.08, -0.36)]),
        Paint(Hue.wood), bevel: 0.08),
      ObjectPart(
        .slab(0, -0.66, 0.74, 0.36, 0.06), Paint(Hue.stone, .bricks(7, RGB(0.42, 0.41, 0.40))),
        bevel: 0.3),
      ObjectPart(.slab(0, -0.32, 0.8, 0.07, 0.05), Paint(Hue.stone * 1.1), bevel: 0.06),
      ObjectPart(
        .triangle(at(-0.94, 0.42), at(0.94, 0.42), at(0, 0.94)),
        Paint(look.main, .stripes(0.25, 8, look.main(0.85))), bevel: 0.08),
    ]
  }

  static let castle = ObjectKind("castle", .ground, [.grey, .pink, .yellow, .white], aspect: 1.1) {
    look in
    let stone = Paint(look.main, .bricks(8, look.main(0.86)))
    let roof = Paint(RGB(0.28, 0.33, 0.55))
    return [
      ObjectPart(.slab(0, -0.1, 0.3, 0.6), stone, bevel: 0.12, form: .turned),
      ObjectPart(
        .triangle(at(-0.38, 0.5), at(0.38, 0.5), at(0, 0.96)), roof, bevel: 0.2, form: .turned),
      ObjectPart(
        .union(
          [.slab(0, -0.6, 0.66, 0.4)] + (-2...2).map { .slab(Float($0) * 0.27, -0.14, 0.08, 0.1) }),
        stone,
        bevel: 0.03),
      ObjectPart(.both { .slab($0 * 0.72, -0.4, 0.22, 0.6) }, stone, bevel: 0.22),
      ObjectPart(
        .both {
          .triangle(at($0 * 0.72 - 0.28, 0.2), at($0 * 0.72 + 0.28, 0.2), at($0 * 0.72, 0.72))
        }, roof,
        bevel: 0.2),
      ObjectPart(
        .union([.slab(0, -0.84, 0.18, 0.18), .disc(0, -0.66, 0.18)]), Paint(Hue.darkWood),
        bevel: 0.03),
      ObjectPart(
        .union([
          .slab(-0.72, -0.2, 0.05, 0.12), .slab(0.72, -0.2, 0.05, 0.12), .slab(0, 0.2, 0.07, 0.14),
        ]),
        Paint(Hue.dark), bevel: 0.02, casts: false),
    ].cut(below: -1)
  }

  static let lighthouse = ObjectKind("lighthouse", .ground, [.red, .blue, .black, .green]) { look in
    [
      ObjectPart(
        .area([at(-0.36, -1), at(0.36, -1), at(0.22, 0.36), at(-0.22, 0.36)]),
        Paint(Hue.white, .stripes(0.25, 1.5, look.main)), bevel: 0.28, form: .turned),
      ObjectPart(.slab(0, 0.4, 0.32, 0.05), Paint(Hue.dark), bevel: 0.05),
      ObjectPart(
        .slab(0, 0.57, 0.17, 0.14), Paint(RGB(1.0, 0.93, 0.60)), bevel: 0.16, glow: 0.8,
        form: .turned),
      ObjectPart(
        .union([.slab(-0.06, 0.57, 0.012, 0.14), .slab(0.06, 0.57, 0.012, 0.14)]), Paint(Hue.dark),
        casts: false),
      ObjectPart(
        .common(.disc(0, 0.68, 0.26), .slab(0, 0.85, 0.4, 0.16)), Paint(look.main), bevel: 0.2),
      ObjectPart(.rod(0, 0.9, 0, 0.98, 0.03), Paint(Hue.dark)),
      ObjectPart(
        .union([.slab(0, -0.84, 0.1, 0.17), .disc(0, -0.68, 0.1)]), Paint(Hue.darkWood), bevel: 0.03
      ),
    ].cut(below: -1)
  }

  static let bench = ObjectKind(
    "bench", .ground, [.brown, .green, .red, .blue, .white], aspect: 1.7
  ) { look in
    let iron = Paint(Hue.dark)
    let board = Paint(look.main, .grain(0, 5))
    return [
      ObjectPart(.both { .rod($0 * 1.2, -0.96, $0 * 1.28, 0.94, 0.07) }, iron, bevel: 0.07),
      ObjectPart(.slab(0, 0.76, 1.5, 0.15, 0.06), board, bevel: 0.08),
      ObjectPart(.slab(0, 0.38, 1.5, 0.15, 0.06), board, bevel: 0.08),
      ObjectPart(.both { .rod($0 * 1.38, -0.94, $0 * 1.38, -0.2, 0.09) }, iron, bevel: 0.07),
      ObjectPart(.slab(0, -0.22, 1.64, 0.14, 0.06), board, bevel: 0.1),
      ObjectPart(.slab(0, -0.4, 1.6, 0.07, 0.03), Paint(look.main(0.7)), bevel: 0.04),
    ]
  }

  static let ladder = ObjectKind("ladder", .ground, [.brown, .yellow, .red, .grey]) { look in
    let paint = Paint(look.main, .grain(0.25, 6))
    return [
      ObjectPart(
        .union(
          (0..<6).map { index -> Shape in
            let y = -0.75 + Float(index) * 0.3
            let half = 0.4 - Float(index) * 0.02
            return .rod(-half, y, half, y, 0.045)
          }), Paint(look.main(0.85)), bevel: 0.05),
      ObjectPart(.both { .rod($0 * 0.44, -0.94, $0 * 0.3, 0.94, 0.06) }, paint, bevel: 0.06),
    ]
  }

  static let fence = ObjectKind("fence", .ground, [.white, .brown, .green, .blue], aspect: 1.8) {
    look in
    let pales = (0..<6).map { index -> ObjectPart in
      let x = -1.45 + Float(index) * 0.58
      return ObjectPart(
        .area([
          at(x - 0.17, -1), at(x + 0.17, -1), at(x + 0.17, 0.6), at(x, 0.92), at(x - 0.17, 0.6),
        ]),
        Paint(look.main(index % 2 == 0 ? 1 : 0.95), .grain(0.25, 5)), bevel: 0.07)
    }
    return [
      ObjectPart(
        .union([.slab(0, 0.26, 1.75, 0.1), .slab(0, -0.5, 1.75, 0.1)]), Paint(look.main(0.82)),
        bevel: 0.06)
    ] + pales
  }
}
