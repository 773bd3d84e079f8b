package import Imaging

extension CoherenceMap {
  /// The map as colours, from dark blue (certainly real) over red to pale yellow (certainly
  /// generated); brightness alone tells the order, too.
  ///
  /// - Parameters: the picture's size in pixels; the map is stretched to it.
  package func heatMap(width: Int, height: Int) throws(ImagingError) -> Picture {
    let shown = try resized(width: width, height: height)
    let table = HeatScale.table
    let samples = [UInt8](unsafeUninitializedCapacity: 3 * width * height) { samples, count in
      for probability in shown.probabilities.pixels {
        let step = 3 * HeatScale.step(of: 1 - probability)
        for channel in 0..<3 { samples[count + channel] = table[step + channel] }
        count += 3
      }
    }
    return try Picture(width: width, height: height, channels: 3, samples: samples)
  }
}

/// Colours of a heat map: 256 steps along straight lines between five colours of rising brightness.
package enum HeatScale {
  private static let stops: [SIMD3<Float>] = [
    [10, 16, 62], [84, 22, 124], [196, 44, 92], [246, 138, 36], [255, 246, 164],
  ]

  /// Red, green, blue of each step.
  static let table: [UInt8] = (0...255).flatMap { step in
    let position = Float(step) / 255 * Float(stops.count - 1)
    let first = min(Int(position), stops.count - 2)
    let share = position - Float(first)
    let colour = (1 - share) * stops[first] + share * stops[first + 1]
    return (0..<3).map { UInt8(colour[$0].rounded()) }
  }

  /// The step of a heat, 0...255; what lies beyond 0...1 is cut.
  static func step(of heat: Float) -> Int {
    heat.isNaN ? 0 : Int((min(1, max(0, heat)) * 255).rounded())
  }

  /// Red, green and blue of a heat, 0...1.
  package static func colour(of heat: Float) -> [UInt8] {
    let step = 3 * step(of: heat)
    return Array(table[step..<step + 3])
  }
}
