internal import Foundation
internal import Imaging

/// Drawn objects from a folder with a `manifest.json`.
package struct SpritePack: Sendable {
  /// One picture with transparency.
  package struct Sprite: Sendable {
    package let file: String
    package let name: String
    package let synonyms: [String]
    package let place: ObjectPlace
    /// Colour times alpha, and alpha: `[height, width, 4]`, cut to what can be seen.
    let pixels: FloatImage
  }

  package let folder: String
  package let sprites: [Sprite]

  /// Reads the manifest and every picture that it names.
  package init(folder: String) throws(DatasetError) {
    self.folder = folder
    let entries = try SpriteManifest(folder: folder).sprites
    var sprites: [Sprite] = []
    for entry in entries {
      sprites.append(
        Sprite(
          file: entry.file, name: entry.name, synonyms: entry.synonyms ?? [],
          place: entry.place ?? .ground, pixels: try Self.picture(folder + "/" + entry.file)))
    }
    guard !sprites.isEmpty else { throw .emptyFolder(path: folder, kind: "sprites") }
    self.sprites = sprites
  }

  private static func picture(_ path: String) throws(DatasetError) -> FloatImage {
    let picture = try PictureFile.read(path)
    guard picture.hasAlpha, picture.depth == 8 else {
      throw .picture(path: path, reason: "a sprite is a PNG with 8 bits and an alpha channel")
    }
    guard let box = alphaBox(picture) else {
      throw .picture(path: path, reason: "every pixel of it is transparent; draw something")
    }
    var pixels: [Float] = []
    pixels.reserveCapacity(box.width * box.height * 4)
    for y in box.y..<box.maxY {
      for x in box.x..<box.maxX {
        let at = (y * picture.width + x) * 4
        let alpha = Float(picture.pixels[at + 3]) / 255
        for channel in 0..<3 { pixels.append(Float(picture.pixels[at + channel]) / 255 * alpha) }
        pixels.append(alpha)
      }
    }
    do {
      return try FloatImage(width: box.width, height: box.height, channels: 4, pixels: pixels)
    } catch {
      throw .picture(path: path, reason: error.description)
    }
  }

  private static func alphaBox(_ picture: Picture) -> PixelRect? {
    let alpha = (0..<picture.width * picture.height).map { picture.pixels[$0 * 4 + 3] }
    return (try? Mask(width: picture.width, height: picture.height, coverage: alpha))?.boundingBox
  }
}

/// The file `manifest.json` of a pack.
struct SpriteManifest: Decodable {
  struct Entry: Decodable {
    var file: String
    var name: String
    var synonyms: [String]?
    var place: ObjectPlace?
  }

  var sprites: [Entry]

  init(folder: String) throws(DatasetError) {
    let path = folder + "/manifest.json"
    guard let data = FileManager.default.contents(atPath: path) else {
      throw .unreadable(path: path, reason: "no such file")
    }
    do {
      self = try JSONDecoder().decode(SpriteManifest.self, from: data)
    } catch let error as DecodingError {
      throw .manifest(path: path, reason: error.summary)
    } catch {
      throw .manifest(path: path, reason: "no JSON")
    }
    for entry in sprites {
      guard !entry.name.isEmpty else {
        throw .manifest(path: path, reason: "the name of \(entry.file) is empty")
      }
      guard !entry.file.contains("/"), entry.file != ".." else {
        throw .manifest(path: path, reason: "\(entry.file) must be a file in the same folder")
      }
    }
  }
}

extension DecodingError {
  /// Where and what, in a few words.
  fileprivate var summary: String {
    func place(_ context: Context) -> String {
      let keys = context.codingPath.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }
      return keys.isEmpty ? "the document" : keys.joined(separator: ".")
    }
    return switch self {
    case .keyNotFound(let key, let context): "\(place(context)) has no \"\(key.stringValue)\""
    case .typeMismatch(_, let context): "\(place(context)) is of another kind"
    case .valueNotFound(_, let context): "\(place(context)) is null"
    case .dataCorrupted(let context):
      context.codingPath.last?.stringValue == "place"
        ? "\(place(context)) must be ground, sky or water" : "\(place(context)) is no JSON"
    @unknown default: "it cannot be read"
    }
  }
}
