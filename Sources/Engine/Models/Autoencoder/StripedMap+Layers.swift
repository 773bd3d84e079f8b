import Layers
import Tensors

/// The layers of an autoencoder on maps that are computed strip by strip.
extension StripedMap {
  /// A 3x3 convolution of stride 1 with zeros around the picture; `residual` is added.
  func convolved(by convolution: Convolution2D, adding residual: StripedMap? = nil) -> StripedMap {
    derived { range in
      // One row more on each side, so that only the picture's own border sees zeros.
      let seen = max(0, range.lowerBound - 1)..<min(height, range.upperBound + 1)
      let first = range.lowerBound - seen.lowerBound
      let result = convolution(rows(seen)).slice(first..<first + range.count, axis: 1)
      guard let residual else { return result }
      return result + residual.rows(range)
    }
  }

  /// A 1x1 convolution.
  func projected(by linear: Linear) -> StripedMap {
    derived { linear(rows($0)) }
  }

  /// A normalisation over all rows; they are walked through at once.
  func normalized(by layer: GroupNormalization) -> StripedMap {
    var statistics = layer.statistics()
    forEachStrip { statistics.add($1) }
    let prepared = layer.prepared(statistics)
    return derived { prepared(rows($0)) }
  }

  /// Twice as high and wide, by repetition.
  func doubled() -> StripedMap {
    derived(height: 2 * height, width: 2 * width) { range in
      let seen = range.lowerBound / 2..<(range.upperBound + 1) / 2
      let first = range.lowerBound - 2 * seen.lowerBound
      return upsampledNearest2x(rows(seen)).slice(first..<first + range.count, axis: 1)
    }
  }

  /// Half as high and wide, by a 3x3 convolution of stride 2 with zeros below and to the right.
  func halved(by convolution: Convolution2D) -> StripedMap {
    derived(height: height / 2, width: width / 2) { range in
      let seen = 2 * range.lowerBound..<min(height, 2 * range.upperBound + 1)
      return convolution(rows(seen)).slice(0..<range.count, axis: 1)
    }
  }

  /// The same, but rows that lie within those asked for last are not computed again.
  func remembering() -> StripedMap {
    guard !isStored else { return self }
    let memory = Memory()
    return derived { range in
      if let last = memory.last, last.rows.lowerBound <= range.lowerBound,
        range.upperBound <= last.rows.upperBound
      {
        let first = range.lowerBound - last.rows.lowerBound
        return last.part.slice(first..<first + range.count, axis: 1)
      }
      memory.last = nil
      let part = rows(range)
      memory.last = (range, part)
      return part
    }
  }

  private final class Memory {
    var last: (rows: Range<Int>, part: Tensor)?
  }
}
