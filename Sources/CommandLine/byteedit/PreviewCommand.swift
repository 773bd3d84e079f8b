import ArgumentParser
import Datasets
import Foundation
import Imaging

/// Draws a sheet of a data set.
struct PreviewCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "preview",
    abstract: "Draw a sheet of pictures from a data set and print their captions.",
    discussion: """
      The generator needs no files; sprites and photographs join in where folders are given. \
      scenes shows finished pictures, objects every noun of the generator, masks pictures under \
      their holes, twins background, hole and picture in a row, variants an example and what is \
      left of it with another noun, another colour, another relation; sprites and photos show what \
      a folder brings.
      """)

  @Option(
    help: ArgumentHelp(PreviewKind.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var kind = PreviewKind.scenes

  @OptionGroup var scenes: SceneOptions

  @Option(help: "The first example's number.")
  var from = 0

  @Option(help: "Examples on the sheet, 1 ... 400.")
  var count = 48

  @Option(help: "Pixels of a picture's side, 32 ... 1024.")
  var side = 128

  @Option(help: "Which part of the data: training, validation, test or combinations.")
  var split = "training"

  @Option(name: .shortAndLong, help: "The sheet: .png or .jpg.")
  var output: String

  func validate() throws {
    guard (1...400).contains(count) else { throw ValidationError("--count takes 1 to 400") }
    guard from >= 0 else { throw ValidationError("--from counts from 0") }
    if kind == .sprites && scenes.sprites == nil {
      throw ValidationError("--kind sprites shows a pack: name its folder with --sprites")
    }
    if kind == .photos && scenes.photos == nil {
      throw ValidationError("--kind photos shows photographs: name their folder with --photos")
    }
  }

  func run() throws {
    let preview = try Preview(kind, of: generator(), from: from, count: count)
    let columns = columns(of: preview)
    let sheet = try ContactSheet(cells: preview.cells, columns: columns).picture()
    try SheetFile.write(sheet, to: output)
    for (index, caption) in preview.captions.enumerated() {
      print("row \(index / columns + 1)  column \(index % columns + 1)  \(caption)")
    }
  }

  private func generator() throws -> SceneGenerator {
    guard let part = DatasetSplit.all.first(where: { $0.name == split }) else {
      let names = DatasetSplit.all.map(\.name).joined(separator: ", ")
      throw ValidationError("--split: \(split) is none of \(names)")
    }
    return try scenes.generator(
      side: side, split: part, photographShare: kind == .photos ? 1 : nil)
  }

  /// About half as many rows as columns, groups kept whole.
  private func columns(of preview: Preview) -> Int {
    let wanted = Int((Double(preview.cells.count) * 1.6).squareRoot().rounded(.up))
    return max(1, wanted / preview.group) * preview.group
  }
}

extension PreviewKind: ExpressibleByArgument {}
