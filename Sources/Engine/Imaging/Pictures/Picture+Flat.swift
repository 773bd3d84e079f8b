extension Picture {
  /// Row `y` as 8-bit RGB, `[width, 3]`, transparent parts over white.
  func readFlat(_ y: Int, _ line: inout [UInt8]) {
    let start = y * width * pixelBytes
    pixels.withUnsafeBytes { all in
      let row = UnsafeRawBufferPointer(rebasing: all[start..<start + width * pixelBytes])
      line.withUnsafeMutableBufferPointer { line in
        if depth == 8 {
          flatten(row.bindMemory(to: UInt8.self), line)
        } else {
          flatten(row.bindMemory(to: UInt16.self), line)
        }
      }
    }
  }

  private func flatten<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: UnsafeBufferPointer<Sample>, _ line: UnsafeMutableBufferPointer<UInt8>
  ) {
    let highest = Int(Sample.max)
    for x in 0..<width {
      let alpha = channels == 4 ? Int(row[x * 4 + 3]) : highest
      for channel in 0..<3 {
        let sample = Int(row[x * channels + channel])
        let flat = (sample * alpha + highest * (highest - alpha) + highest / 2) / highest
        line[x * 3 + channel] = UInt8((flat * 255 + highest / 2) / highest)
      }
    }
  }
}
