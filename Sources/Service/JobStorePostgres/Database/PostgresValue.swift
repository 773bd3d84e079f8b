import CPostgres

/// A parameter of a statement.
enum PostgresValue: Sendable {
  case null
  case text(String)
  case integer(Int64)
  case boolean(Bool)
  case bytes([UInt8])
  case texts([String])

  static func text(_ value: String?) -> PostgresValue { value.map { .text($0) } ?? .null }
  static func integer(_ value: Int64?) -> PostgresValue { value.map { .integer($0) } ?? .null }

  /// The type's number in the catalogue `pg_type`; 0 lets the server infer it.
  var type: Oid {
    switch self {
    case .null: 0
    case .text: 25
    case .integer: 20
    case .boolean: 16
    case .bytes: 17
    case .texts: 1009
    }
  }

  /// Binary for what may hold any byte, text for the rest.
  var isBinary: Bool {
    switch self {
    case .text, .bytes: true
    case .null, .integer, .boolean, .texts: false
    }
  }

  /// The bytes as they are sent; what goes as text ends with a zero byte.
  var encoded: [UInt8]? {
    switch self {
    case .null: nil
    case .text(let text): Array(text.utf8)
    case .bytes(let bytes): bytes
    case .integer(let number): Array("\(number)".utf8) + [0]
    case .boolean(let value): Array((value ? "t" : "f").utf8) + [0]
    case .texts(let texts): Array("{\(texts.map(Self.quoted).joined(separator: ","))}".utf8) + [0]
    }
  }

  private static func quoted(_ text: String) -> String {
    let escaped = text.flatMap { $0 == "\"" || $0 == "\\" ? ["\\", $0] : [$0] }
    return "\"" + String(escaped) + "\""
  }
}

/// The parameters of one statement in the arrays that libpq takes.
struct PostgresParameters {
  private let encoded: [[UInt8]?]
  private let types: [Oid]
  private let formats: [Int32]

  init(_ values: [PostgresValue]) {
    encoded = values.map(\.encoded)
    types = values.map(\.type)
    formats = values.map { $0.isBinary ? 1 : 0 }
  }

  /// Calls `body` with pointers that live as long as the call.
  func withPointers<Result>(
    _ body: (
      Int32, UnsafePointer<Oid>?, UnsafePointer<UnsafePointer<CChar>?>?, UnsafePointer<Int32>?,
      UnsafePointer<Int32>?
    ) -> Result
  ) -> Result {
    // One buffer for all, so that no array has to be held open within another's closure.
    let buffer = encoded.flatMap { $0.map { $0.isEmpty ? [0] : $0 } ?? [] }
    let lengths = encoded.map { Int32($0?.count ?? 0) }
    return buffer.withUnsafeBytes { bytes in
      var offset = 0
      let pointers = encoded.map { value -> UnsafePointer<CChar>? in
        guard let value else { return nil }
        defer { offset += max(1, value.count) }
        return bytes.baseAddress?.advanced(by: offset).assumingMemoryBound(to: CChar.self)
      }
      return body(Int32(encoded.count), types, pointers, lengths, formats)
    }
  }
}
