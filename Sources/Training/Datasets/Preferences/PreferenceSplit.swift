import Digests

/// Preferences parted into training and held-out data that share no cluster.
package struct PreferenceSplit: Sendable {
  package private(set) var training: [Preference] = []
  package private(set) var heldOut: [Preference] = []
  /// Those with one cluster on either side: with two axes or more some belong to neither.
  package private(set) var dropped: [Preference] = []

  /// Draws for every cluster, by its name alone, on which side it lies: more data, or data in
  /// another order, move none.
  /// - Parameters:
  ///   - share: of the clusters that are held out, 0...1.
  ///   - axes: which clusters must not lie on both sides; a preference without one of them is
  ///     known by its id instead.
  package init(
    _ preferences: [Preference], heldOut share: Double, by axes: [String] = ["scene"],
    seed: UInt64 = 0
  ) throws(DatasetError) {
    guard (0...1).contains(share) else {
      throw .invalidSetting(name: "held-out", reason: "must be a share, 0 to 1")
    }
    guard !axes.isEmpty else {
      throw .invalidSetting(name: "by", reason: "name a cluster, such as scene")
    }
    for preference in preferences {
      let sides = axes.map { axis in
        let cluster = preference.clusters?[axis].map { "\(axis):\($0)" } ?? "id:\(preference.id)"
        return Self.uniform(cluster, seed) < share
      }
      if sides.allSatisfy(\.self) {
        heldOut.append(preference)
      } else if sides.contains(true) {
        dropped.append(preference)
      } else {
        training.append(preference)
      }
    }
  }

  /// A number in 0 ..< 1 that a cluster's name and the seed decide.
  private static func uniform(_ cluster: String, _ seed: UInt64) -> Double {
    let digest = SHA256.hexadecimal(of: Array("\(seed)/\(cluster)".utf8))
    return Double(UInt64(digest.prefix(13), radix: 16) ?? 0) * 0x1p-52
  }
}
