import Glibc
import Imaging

/// Variation at three scales over a region, each against the reference's: the geometric mean of
/// the three ratios.
///
/// A scale is what an average over a small square leaves of the one over the next smaller: bands
/// of one to two, two to four and four to eight pixels.
enum TextureTerm {
  static func score(_ luma: Plane, _ target: Plane, over region: Mask) -> Double {
    let (given, wanted) = (bands(luma, region), bands(target, region))
    return cbrt(zip(given, wanted).reduce(1) { $0 * ratio($1.0, $1.1) })
  }

  /// The deviation of each band over the region.
  private static func bands(_ luma: Plane, _ region: Mask) -> [Double] {
    let levels = [luma, luma.averaged(1), luma.averaged(2), luma.averaged(4)]
    return zip(levels, levels.dropFirst()).map { fine, coarse in
      var (sum, count) = (0.0, 0.0)
      region.forEachPixel { x, y in
        let value = Double(fine[x, y] - coarse[x, y])
        sum += value * value
        count += 1
      }
      return (sum / max(1, count)).squareRoot()
    }
  }
}
