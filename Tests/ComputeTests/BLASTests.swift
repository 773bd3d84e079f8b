import Foundation
import Synchronization
import Testing

@testable import Compute

@Suite struct BLASTests {
  @Test func `products agree with the plain twin`() {
    for (m, n, k) in [(1, 1, 1), (3, 5, 7), (17, 31, 64), (64, 33, 129)] {
      for (left, right) in [(false, false), (false, true), (true, false), (true, true)] {
        let (a, b, c) = (noise(m * k, 1), noise(k * n, 2), noise(m * n, 3))
        var (got, wanted) = (c, c)
        let (lda, ldb) = (left ? m : k, right ? k : n)
        BLAS.sgemm(
          left ? .yes : .no, right ? .yes : .no, m: m, n: n, k: k, alpha: 0.5, a, lda: lda, b,
          ldb: ldb, beta: 2, &got, ldc: n)
        PlainProduct(transposeA: left, transposeB: right)
          .run(m: m, n: n, k: k, alpha: 0.5, a, lda, b, ldb, beta: 2, &wanted, n)
        #expect(zip(got, wanted).allSatisfy { abs($0 - $1) < 1e-4 })
      }
    }
  }

  @Test func `this CPU's features are used`() {
    #expect(BLAS.coreName != "none", "libopenblas.so.0 is missing")
    #expect(!BLAS.isFallbackCore, "OpenBLAS runs \(BLAS.coreName)")
  }

  @Test(arguments: [
    ("Prescott", 3, "SkylakeX"), ("Prescott", 2, "Haswell"), ("Prescott", 0, nil),
    ("Haswell", 2, nil), ("Zen", 2, nil), ("Haswell", 3, "SkylakeX"), ("SkylakeX", 3, nil),
    ("Cooperlake", 3, nil), ("COOPERLAKE", 3, nil), ("neoversen1", 0, nil),
    ("Sandybridge", 2, "Haswell"),
  ])
  func `a core below the CPU is replaced`(name: String, level: Int, wanted: String?) {
    #expect(CoreChoice.betterCore(than: name, cpuLevel: level) == wanted)
  }

  @Test func `tiles cover each value once and do not know the batch`() {
    for (rows, columns, depth) in [
      (1, 1, 1), (1, 1_280, 320), (77, 768, 768), (257, 65, 900), (4_096, 320, 320),
      (64, 1_280, 11_520), (0, 5, 5), (1_000, 1, 1_000),
    ] {
      let product = TiledProduct(rows: rows, columns: columns, depth: depth)
      var covered = [Int](repeating: 0, count: 2 * rows * columns)
      for index in 0..<2 * product.tilesPerSample {
        let tile = product.tile(index)
        for row in tile.row..<tile.row + tile.rows {
          for column in tile.column..<tile.column + tile.columns {
            covered[(tile.sample * rows + row) * columns + column] += 1
          }
        }
      }
      #expect(covered.allSatisfy { $0 == 1 }, "\(rows) \(columns) \(depth)")
    }
  }

  @Test func `tiled products agree with the plain twin`() {
    for (samples, m, n, k) in [(2, 1, 700, 500), (3, 77, 130, 65), (1, 300, 200, 64)] {
      let (a, b) = (noise(samples * m * k, 4), noise(n * k, 5))
      let got = filled(samples * m * n) { out in
        TiledProduct(rows: m, columns: n, depth: k).run(
          samples: samples, .init(a, rowDistance: k, sampleDistance: m * k),
          .init(b, rowDistance: k, sampleDistance: 0, isTransposed: true), into: out)
      }
      let wanted = filled(samples * m * n) { out in
        PlainProduct(transposeA: false, transposeB: true)
          .run(m: samples * m, n: n, k: k, alpha: 1, a, k, b, k, beta: 0, out, n)
      }
      #expect(zip(got, wanted).allSatisfy { abs($0 - $1) < 1e-4 })
    }
  }
}
