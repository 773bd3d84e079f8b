/// The printable character that stands for each byte in the vocabulary files of byte-level
/// encodings (the table of GPT-2): printable Latin-1 stands for itself, the other bytes, in order,
/// for the characters from U+0100 on.
enum ByteAlphabet {
  static let characters: [Unicode.Scalar] = {
    var next: UInt32 = 0x100
    return (UInt8.min...UInt8.max).map { byte in
      switch byte {
      case 0x21...0x7E, 0xA1...0xAC, 0xAE...0xFF:
        return Unicode.Scalar(byte)
      default:
        defer { next += 1 }
        return Unicode.Scalar(next) ?? "?"
      }
    }
  }()
}
