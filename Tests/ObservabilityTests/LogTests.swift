import Foundation
import Logging
import TestSupport
import Testing

@testable import Observability

@Suite struct `The log` {
  private let sink = MemorySink()
  private let time = ManualTime(wall: .milliseconds(1_795_451_347_636))

  private func logger(_ format: LogFormat, prompts: PromptPolicy = .lengthOnly) -> Logger {
    let settings = LogSettings(
      format: format, level: .debug, prompts: prompts, sink: sink, time: time)
    return Logger(label: "jobs") { ServiceLogHandler(label: $0, settings: settings) }
  }

  private func object() throws -> [String: Any] {
    let line = try #require(sink.lines.last)
    #expect(!line.contains("\n"))
    return try #require(
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
  }

  @Test func `is one JSON object a line`() throws {
    var logger = logger(.json)
    logger[metadataKey: LogKey.traceID] = "0af7651916cd43dd8448eb211c80319c"
    logger[metadataKey: "attempt"] = .stringConvertible(1)
    logger.info(
      "claimed \"it\"\n\u{1B}[31m\u{2028}",
      metadata: [
        LogKey.jobID: "job_1", "attempt": .stringConvertible(2), "level": "mine",
        "list": ["a", .dictionary(["b": "c\\"])], "ratio": .stringConvertible(0.5),
        "flag": .stringConvertible(true), "nan": .stringConvertible(Double.nan),
      ])
    let object = try object()
    #expect(object["time"] as? String == "2026-11-23T16:29:07.636Z")
    #expect(object["level"] as? String == "info")
    #expect(object["_level"] as? String == "mine")
    #expect(object["logger"] as? String == "jobs")
    #expect(object["message"] as? String == "claimed \"it\"\n\u{1B}[31m\u{2028}")
    #expect(object["trace_id"] as? String == "0af7651916cd43dd8448eb211c80319c")
    #expect(object["job_id"] as? String == "job_1")
    #expect(object["attempt"] as? Int == 2, "the event's own metadata wins")
    #expect(object["ratio"] as? Double == 0.5)
    #expect(object["flag"] as? Bool == true)
    #expect(object["nan"] as? String == "nan")
    #expect(((object["list"] as? [Any])?.last as? [String: String])?["b"] == "c\\")
  }

  @Test(arguments: LogFormat.allCases)
  func `holds no prompt unless asked for`(format: LogFormat) {
    let metadata: Logger.Metadata = [
      "prompt": "a secret cat", "request": ["negative_prompt": "secret dog"],
      "list": [["prompt": "secret bird"]],
    ]
    logger(format).error("x", metadata: metadata)
    #expect(sink.lines.last?.contains("secret") == false)
    #expect(sink.lines.last?.contains("12 characters") == true)
    logger(format, prompts: .inFull).error("x", metadata: metadata)
    #expect(sink.lines.last?.contains("a secret cat") == true)
    #expect(sink.lines.last?.contains("secret dog") == true)
  }

  @Test func `can be read by people`() {
    logger(.text).warning(
      "lease\nlost", metadata: ["job_id": "job_1", "why": "too slow", "empty": ""])
    #expect(
      sink.lines.last
        == "2026-11-23T16:29:07.636Z WARNING  jobs: lease\\nlost empty=\"\" job_id=job_1 "
        + "why=\"too slow\"")
  }

  @Test func `takes metadata from its provider and errors from the event`() throws {
    struct Broken: Error {}
    let settings = LogSettings(sink: sink, time: time)
    var handler = ServiceLogHandler(label: "x", settings: settings)
    handler.metadataProvider = Logger.MetadataProvider { ["trace_id": "t", "a": "provider"] }
    handler.metadata["a"] = "handler"
    handler.log(
      event: LogEvent(
        level: .error, message: "m", error: Broken(), metadata: nil, source: nil, file: "",
        function: "", line: 1))
    let object = try object()
    #expect(object["trace_id"] as? String == "t")
    #expect(object["a"] as? String == "handler")
    #expect(object["error"] as? String == "Broken()")
  }

  @Test func `keeps below its level`() {
    var logger = logger(.json)
    logger.logLevel = .error
    logger.warning("no")
    #expect(sink.lines.isEmpty)
  }

  @Test func `writes whole lines to a descriptor`() throws {
    let scratch = try ScratchFolder()
    let path = try scratch.write("log", "")
    let file = try #require(FileHandle(forWritingAtPath: path))
    let sink = DescriptorSink(descriptor: file.fileDescriptor)
    DispatchQueue.concurrentPerform(iterations: 8) { index in
      for _ in 0..<50 { sink.write(String(repeating: "\(index)", count: 1000)) }
    }
    let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 400)
    #expect(lines.allSatisfy { Set($0).count == 1 && $0.count == 1000 })
    try file.close()
    sink.write("a closed descriptor is survived")
  }
}

@Suite struct `A time stamp` {
  @Test(arguments: [
    (Duration.zero, "1970-01-01T00:00:00.000Z"),
    (.milliseconds(-1), "1969-12-31T23:59:59.999Z"),
    (.seconds(951_782_400), "2000-02-29T00:00:00.000Z"),
    (.seconds(4_107_542_399), "2100-02-28T23:59:59.000Z"),
    (.seconds(253_402_300_799), "9999-12-31T23:59:59.000Z"),
    (.seconds(Int64.max), "9999-12-31T23:59:59.000Z"),
    (.seconds(Int64.min), "0000-01-01T00:00:00.000Z"),
  ])
  func `is written as RFC 3339 has it`(wall: Duration, text: String) {
    #expect(Timestamp(wall).description == text)
  }

  @Test func `comes from clocks that agree with the system's`() {
    let time = SystemTime()
    let first = time.monotonic()
    #expect(time.monotonic() >= first)
    #expect(abs(time.wall().inSeconds - Date().timeIntervalSince1970) < 5)
  }
}
