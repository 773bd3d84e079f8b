import COpenBLAS
import Glibc

/// Dense matrix products by OpenBLAS, one thread per call: the thread team splits the work.
package enum BLAS {
  package enum Transpose: Sendable {
    case no
    case yes

    fileprivate var code: Int32 {
      Int32(self == .yes ? COB_TRANSPOSE.rawValue : COB_NO_TRANSPOSE.rawValue)
    }
  }

  /// The kernels that OpenBLAS runs, by its own name, or "none" when the library is missing.
  package static var coreName: String { library.coreName }
  /// Whether the core was forced because OpenBLAS did not know this CPU.
  package static var isForced: Bool { library.isForced }
  /// Whether OpenBLAS runs kernels below what this CPU can do.
  package static var isFallbackCore: Bool { library.isFallback }

  private static let library = OpenBLASLibrary.open()

  /// c[m, n] = alpha * op(a) op(b) + beta * c, row major, `op(a)` is [m, k] and `op(b)` [k, n].
  package static func sgemm(
    _ transposeA: Transpose = .no, _ transposeB: Transpose = .no, m: Int, n: Int, k: Int,
    alpha: Float = 1, _ a: UnsafePointer<Float>, lda: Int, _ b: UnsafePointer<Float>, ldb: Int,
    beta: Float = 0, _ c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    guard m > 0, n > 0 else { return }
    guard let sgemm = library.sgemm else {
      PlainProduct(transposeA: transposeA == .yes, transposeB: transposeB == .yes)
        .run(m: m, n: n, k: k, alpha: alpha, a, lda, b, ldb, beta: beta, c, ldc)
      return
    }
    sgemm(
      Int32(COB_ROW_MAJOR.rawValue), transposeA.code, transposeB.code, Int32(m), Int32(n),
      Int32(k), alpha, a, Int32(lda), b, Int32(ldb), beta, c, Int32(ldc))
  }
}

/// The product without a library: slow, the twin that tests compare with, and the way to go on
/// where libopenblas.so.0 is missing.
package struct PlainProduct {
  package let transposeA: Bool
  package let transposeB: Bool

  package init(transposeA: Bool, transposeB: Bool) {
    self.transposeA = transposeA
    self.transposeB = transposeB
  }

  package func run(
    m: Int, n: Int, k: Int, alpha: Float, _ a: UnsafePointer<Float>, _ lda: Int,
    _ b: UnsafePointer<Float>, _ ldb: Int, beta: Float, _ c: UnsafeMutablePointer<Float>,
    _ ldc: Int
  ) {
    for row in 0..<m {
      for column in 0..<n {
        var total = 0.0
        for i in 0..<k {
          let left = transposeA ? a[i * lda + row] : a[row * lda + i]
          let right = transposeB ? b[column * ldb + i] : b[i * ldb + column]
          total += Double(left) * Double(right)
        }
        let before = beta == 0 ? 0 : beta * c[row * ldc + column]
        c[row * ldc + column] = alpha * Float(total) + before
      }
    }
  }
}
