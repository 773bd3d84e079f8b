import CPostgres
import Jobs

/// One row of an answer, in the server's binary form.
struct PostgresRow: Sendable {
  private let columns: [String: Int]
  private let cells: [[UInt8]?]

  /// Copies every row of `result`.
  static func all(_ result: OpaquePointer) -> [PostgresRow] {
    var columns: [String: Int] = [:]
    for column in 0..<PQnfields(result) {
      guard let name = PQfname(result, column) else { continue }
      columns[String(cString: name)] = Int(column)
    }
    return (0..<PQntuples(result)).map { row in
      let cells = (0..<PQnfields(result)).map { cell(result, row, $0) }
      return PostgresRow(columns: columns, cells: cells)
    }
  }

  private static func cell(_ result: OpaquePointer, _ row: Int32, _ column: Int32) -> [UInt8]? {
    guard PQgetisnull(result, row, column) == 0, let start = PQgetvalue(result, row, column) else {
      return nil
    }
    let count = Int(PQgetlength(result, row, column))
    return Array(UnsafeRawBufferPointer(start: start, count: count))
  }

  func bytes(_ column: String) -> [UInt8]? {
    columns[column].flatMap { cells[$0] }
  }

  func text(_ column: String) -> String? {
    bytes(column).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Of a `bigint`; `nil` for anything else.
  func integer(_ column: String) -> Int64? {
    guard let bytes = bytes(column), bytes.count == 8 else { return nil }
    return Int64(bitPattern: bytes.reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
  }

  /// Of a `double precision`; `nil` for anything else.
  func number(_ column: String) -> Double? {
    integer(column).map { Double(bitPattern: UInt64(bitPattern: $0)) }
  }

  func boolean(_ column: String) -> Bool? {
    bytes(column).flatMap(\.first).map { $0 != 0 }
  }

  func moment(_ column: String) -> Timestamp? {
    integer(column).map { Timestamp(milliseconds: $0) }
  }

  func json<Value: Decodable & Sendable>(
    _ type: Value.Type, _ column: String
  ) throws -> Value? {
    try text(column).map { try Self.memo.decode(type, from: $0) }
  }

  /// Of all stores of the process; texts are the same everywhere.
  private static let memo = JSONMemo()

  /// The value, or `corrupt` where there is none.
  func required<Value>(
    _ column: String, _ read: (PostgresRow) -> (String) -> Value?
  ) throws(JobStoreError) -> Value {
    guard let value = read(self)(column) else { throw .corrupt("the column \(column) of a row") }
    return value
  }
}
