/// The smallest real edit: 16 x 16 pixels and one step of the embedded model; every tenth takes longer.
struct JobRequest {
  let key: String
  /// What the result depends on: jobs of one recipe must give the same bytes.
  let recipe: String
  let body: [UInt8]

  init(_ place: Int) {
    let isLong = place % 10 == 9
    let (seed, steps, candidates) = (place % 40, isLong ? 20 : 1, isLong ? 2 : 1)
    key = "fault-\(place)"
    recipe = "seed \(seed), \(steps) steps, n \(candidates)"
    body = Array(
      """
      {"task": "inpaint", "prompt": "a red circle", "seed": \(seed), "steps": \(steps), \
      "n": \(candidates), "image": "\(Self.image)", "mask": "\(Self.mask)"}
      """.utf8)
  }

  /// The pictures of the example in openapi.yaml.
  private static let image =
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAIAAACQkWg2AAAAGklEQVR42mOM6jnBQApgYiARjGoY1TB0NAAA"
    + "VXEBzuQQlN0AAAAASUVORK5CYII="
  private static let mask =
    "iVBORw0KGgoAAAANSUhEUgAAABAAAAAQCAAAAAA6mKC9AAAAG0lEQVR42mNgoBwwMjAwMPxH4jChq6CPADUAANBE"
    + "ARBPoE73AAAAAElFTkSuQmCC"
}
