import Datasets
package import Imaging
package import Recipes
package import Rewards

/// The candidates that a judge puts first and last, one of each edit, as a sheet: numbers say how good a
/// judge is, these say what it looks at.
package struct Ranking: Sendable {
  package struct Place: Sendable {
    package let id: String
    /// Which of the folders it lies in.
    fileprivate let folder: Int
    package let prompt: String
    package let raw: Double
    /// What a cell of the sheet shows.
    fileprivate let cell: FloatImage
  }

  /// The best first.
  package let first: [Place]
  /// The worst last.
  package let last: [Place]
  /// How many candidates there were.
  package let count: Int

  /// - Parameters:
  ///   - folders: of candidates; those of edits that are held out from training are ranked.
  ///   - shown: at either end.
  package init(_ folders: [CandidateFolder], by judge: Judge, shown: Int) throws {
    let judges = Judges([judge])
    var places: [Place] = []
    for (number, folder) in folders.enumerated() {
      for record in folder.records where record.isHeldOut {
        for candidate in record.candidates {
          let picture = try folder.read(candidate.file)
          let hole = try folder.readMask(
            record.mask, width: picture.width, height: picture.height)
          let (scores, map) = try judges.score(picture, hole: hole, prompt: record.prompt)
          guard let raw = scores[judge.kind]?.raw else { continue }
          places.append(
            Place(
              id: record.id, folder: number, prompt: record.prompt, raw: raw,
              cell: try Self.cell(picture, map)))
        }
      }
    }
    guard !places.isEmpty else {
      throw EvidenceError.nothingToCompare("no candidate of these folders is held out")
    }
    places.sort { $0.raw > $1.raw }
    count = places.count
    let (first, last) = (Self.ofEachEdit(places), Self.ofEachEdit(places.reversed()))
    self.first = Array(first.prefix(shown))
    self.last = last.prefix(shown).reversed()
  }

  /// The first place of every edit, in order.
  private static func ofEachEdit(_ places: [Place]) -> [Place] {
    var seen: Set<String> = []
    return places.filter { seen.insert("\($0.folder)/\($0.id)").inserted }
  }

  /// The picture, and below it the map of a judge that has one.
  private static func cell(_ picture: FloatImage, _ map: CoherenceMap?) throws -> FloatImage {
    guard let map else { return picture }
    let heat = try map.heatMap(width: picture.width, height: picture.height)
    let shown = try heat.region(heat.bounds)
    return try FloatImage(
      width: picture.width, height: 2 * picture.height, channels: 3,
      pixels: picture.pixels + shown.pixels)
  }

  /// Two rows: what comes first, what comes last.
  package func sheet() throws(ImagingError) -> Picture {
    try ContactSheet(cells: (first + last).map(\.cell), columns: first.count).picture()
  }
}
