internal import Imaging

/// Photographs as backgrounds, kept in memory at a moderate size.
package struct PhotographFolder: Sendable {
  /// One photograph, `[height, width, 3]`.
  struct Photograph: Sendable {
    let name: String
    let picture: FloatImage
  }

  package let folder: String
  let photographs: [Photograph]

  package var names: [String] { photographs.map(\.name) }

  /// Reads every PNG and JPEG of the folder.
  /// - Parameter shorterSide: pixels to which the shorter side is reduced; smaller ones stay.
  package init(folder: String, shorterSide: Int = 512) throws(DatasetError) {
    self.folder = folder
    let names = try PictureFile.names(in: folder)
    guard !names.isEmpty else { throw .emptyFolder(path: folder, kind: "PNG or JPEG files") }
    var photographs: [Photograph] = []
    for name in names {
      let path = folder + "/" + name
      let picture = try PictureFile.read(path)
      photographs.append(
        Photograph(name: name, picture: try Self.reduced(picture, to: shorterSide, path)))
    }
    self.photographs = photographs
  }

  private static func reduced(
    _ picture: Picture, to shorterSide: Int, _ path: String
  ) throws(DatasetError) -> FloatImage {
    let shorter = min(picture.width, picture.height)
    let (width, height) =
      shorter <= shorterSide
      ? (picture.width, picture.height)
      : (picture.width * shorterSide / shorter, picture.height * shorterSide / shorter)
    do {
      return try picture.region(
        picture.bounds, size: (width, height), filter: .bicubic, background: 1)
    } catch {
      throw .picture(path: path, reason: error.description)
    }
  }
}

/// Which square of which photograph.
package struct PhotographCrop: Sendable, Hashable {
  var photograph: Int
  var x: Int
  var y: Int
  var side: Int
  var isMirrored: Bool
}

extension PhotographFolder {
  /// A square of at least a third of the shorter side, anywhere.
  func crop(of photograph: Int, _ random: inout SplitMix) -> PhotographCrop {
    let picture = photographs[photograph].picture
    let shorter = min(picture.width, picture.height)
    let side = max(1, Int(Float(shorter) * random.float(0.34...1)))
    return PhotographCrop(
      photograph: photograph, x: random.integer(0...picture.width - side),
      y: random.integer(0...picture.height - side), side: side, isMirrored: random.chance(0.5))
  }

  /// The square in the size of a picture, `[side, side, 3]`.
  func draw(_ crop: PhotographCrop, side: Int) throws(DatasetError) -> DrawnPicture {
    let photograph = photographs[crop.photograph]
    do {
      let square = photograph.picture.square(crop)
      let scaled = try square.resized(width: side, height: side, filter: .bicubic)
      var picture = DrawnPicture(side: side)
      picture.pixels = scaled.pixels
      return picture
    } catch {
      throw .picture(path: folder + "/" + photograph.name, reason: error.description)
    }
  }
}

extension FloatImage {
  fileprivate func square(_ crop: PhotographCrop) -> FloatImage {
    var result = FloatImage(repeating: 0, width: crop.side, height: crop.side, channels: 3)
    for y in 0..<crop.side {
      for x in 0..<crop.side {
        let column = crop.isMirrored ? crop.side - 1 - x : x
        let source = ((crop.y + y) * width + crop.x + column) * 3
        let target = (y * crop.side + x) * 3
        for channel in 0..<3 { result.pixels[target + channel] = pixels[source + channel] }
      }
    }
    return result
  }
}
