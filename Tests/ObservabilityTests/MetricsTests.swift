import Metrics
import TestSupport
import Testing

@testable import Observability

@Suite struct `The metrics` {
  private let registry = PrometheusRegistry()

  private func parsed() async throws -> ExpositionParser {
    try ExpositionParser(await registry.exposition())
  }

  @Test func `that have no labels are there from the start, at zero`() async throws {
    let read = try await parsed()
    #expect(read.value("byteedit_queue_depth") == 0)
    #expect(read.value("byteedit_lease_lost_total") == 0)
    #expect(read.value("byteedit_job_wait_seconds_count") == 0)
    #expect(read.types["byteedit_jobs_total"] == "counter")
    #expect(read.types["byteedit_stage_duration_seconds"] == "histogram")
    #expect(Set(read.types.keys) == Set(MetricCatalogue.all.map(\.name)))
    #expect(read.help.count == read.types.count)
  }

  @Test func `count under their labels, in any order`() async throws {
    MetricCatalogue.jobs.counter(
      [("status", "succeeded"), ("task", "erase")], factory: registry
    ).increment()
    MetricCatalogue.jobs.counter(
      [("task", "erase"), ("status", "succeeded")], factory: registry
    ).increment(by: 2)
    let read = try await parsed()
    #expect(read.value("byteedit_jobs_total", ["status": "succeeded", "task": "erase"]) == 3)
  }

  @Test func `put a time into the bucket it belongs to`() async throws {
    for milliseconds in [1, 3, 40, 400_000] {
      MetricCatalogue.stageDuration.record(
        .milliseconds(milliseconds), [("stage", "denoise")], factory: registry)
    }
    let read = try await parsed()
    func bucket(_ bound: String) -> Double? {
      read.value(
        "byteedit_stage_duration_seconds_bucket", ["stage": "denoise", "le": bound])
    }
    #expect(bucket("0.001") == 1, "a bound belongs to its bucket")
    #expect(bucket("0.005") == 2)
    #expect(bucket("0.05") == 3)
    #expect(bucket("300") == 3)
    #expect(bucket("+Inf") == 4)
    let sum = read.value("byteedit_stage_duration_seconds_sum", ["stage": "denoise"])
    #expect(abs((sum ?? 0) - 400.044) < 1e-6)
  }

  @Test func `put a score into the bucket it belongs to`() async throws {
    for score in [0, 0.05, 0.72, 1] {
      MetricCatalogue.rewardScore.record(score, [("model", "coherence")], factory: registry)
    }
    let read = try await parsed()
    func bucket(_ bound: String) -> Double? {
      read.value("byteedit_reward_score_bucket", ["model": "coherence", "le": bound])
    }
    #expect(bucket("0.05") == 2 && bucket("0.7") == 2 && bucket("0.8") == 3 && bucket("1") == 4)
    let sum = read.value("byteedit_reward_score_sum", ["model": "coherence"])
    #expect(abs((sum ?? 0) - 1.77) < 1e-9)
  }

  @Test func `escape what a label or a help text may hold`() async throws {
    let value = "a\\b\"c\nd,e{f}=ü\r"
    Counter(
      label: "odd name.total", dimensions: [("1st label", value), ("le", "x")], factory: registry
    ).increment()
    let own = PrometheusRegistry(catalogue: [
      MetricDescription("m", .gauge, help: "one \\ two\nthree")
    ])
    let read = try await parsed()
    #expect(read.value("odd_name_total", ["_1st_label": value, "label_le": "x"]) == 1)
    #expect(await own.exposition() == "# HELP m one \\\\ two\\nthree\n# TYPE m gauge\nm 0\n")
  }

  @Test func `are read by their collectors at that moment`() async throws {
    let depth = ManualTime()
    registry.collect {
      [GaugeReading(MetricCatalogue.queueDepth, depth.monotonic().inSeconds)]
    }
    registry.collect {
      await Task.yield()
      return [
        GaugeReading(MetricCatalogue.queueOldest, .infinity),
        GaugeReading(MetricCatalogue.leaseLost, 2.5),
      ]
    }
    depth.advance(by: .seconds(3))
    #expect(try await parsed().value("byteedit_queue_depth") == 3)
    depth.advance(by: .seconds(4))
    let read = try await parsed()
    #expect(read.value("byteedit_queue_depth") == 7)
    #expect(read.value("byteedit_queue_oldest_seconds") == .infinity)
    #expect(read.value("byteedit_lease_lost_total") == 2.5)
  }

  @Test func `go up and down as gauges`() async throws {
    let gauge = MetricCatalogue.jobsInFlight.gauge(factory: registry)
    gauge.increment(by: 3.0)
    gauge.decrement()
    Recorder(label: "level", dimensions: [], aggregate: false, factory: registry).record(5)
    Recorder(label: "sizes", dimensions: [], aggregate: true, factory: registry).record(0.3)
    FloatingPointCounter(label: "seconds", factory: registry).increment(by: 0.25)
    let read = try await parsed()
    #expect(read.value("byteedit_jobs_in_flight") == 2)
    #expect(read.value("level") == 5)
    #expect(read.value("sizes_bucket", ["le": "0.5"]) == 1)
    #expect(read.value("sizes_bucket", ["le": "0.25"]) == 0)
    #expect(read.value("seconds") == 0.25)
  }

  @Test func `used as another kind than they are leave no trace`() async throws {
    Timer(label: "byteedit_queue_depth", factory: registry).recordSeconds(3)
    Counter(label: "byteedit_stage_duration_seconds", factory: registry).increment()
    let read = try await parsed()
    #expect(read.value("byteedit_queue_depth") == 0)
    #expect(read.types["byteedit_stage_duration_seconds"] == "histogram")
  }

  @Test func `do not grow without end under labels that do`() async throws {
    let small = PrometheusRegistry(seriesLimit: 10)
    for number in 0..<25 {
      Counter(label: "byteedit_jobs_total", dimensions: [("status", "\(number)")], factory: small)
        .increment()
    }
    let read = try ExpositionParser(await small.exposition())
    #expect(read.samples.count { $0.name == "byteedit_jobs_total" } == 10)
    #expect(read.value("byteedit_metric_series_dropped_total") == 15)
  }

  @Test func `lose nothing when many threads count`() async throws {
    await withTaskGroup(of: Void.self) { group in
      for worker in 0..<8 {
        group.addTask { [registry] in
          for _ in 0..<1000 {
            Counter(label: "shared", factory: registry).increment()
            Counter(label: "own", dimensions: [("w", "\(worker)")], factory: registry).increment()
            Timer(label: "time", factory: registry).recordMilliseconds(1)
          }
        }
      }
    }
    let read = try await parsed()
    #expect(read.value("shared") == 8000)
    #expect(read.value("own", ["w": "5"]) == 1000)
    #expect(read.value("time_count") == 8000)
  }

  @Test func `of the process are those of the kernel`() async throws {
    registry.collect { ProcessStatistics().readings() }
    let read = try await parsed()
    #expect(read.value("process_resident_memory_bytes") ?? 0 > 1_000_000)
    #expect(read.value("process_open_fds") ?? 0 >= 3)
    #expect(read.value("process_max_fds") ?? 0 >= 64)
    #expect(read.value("process_cpu_seconds_total") ?? 0 > 0)
    let age = SystemTime().wall().inSeconds - (read.value("process_start_time_seconds") ?? 0)
    #expect((-2...7200).contains(age))
    #expect(ProcessStatistics(root: "/nowhere").readings().count == 1)
  }
}

@Suite struct `The strict parser` {
  @Test(arguments: [
    "m 1\n", "# TYPE m gauge\nm 1", "# TYPE m gauge\nm{a=\"1\"} \n", "# TYPE m gauge\nm 1\nm 1\n",
    "# TYPE m gauge\nm{a=\"\\x\"} 1\n", "# TYPE m gauge\nm{a=\"1\",a=\"2\"} 1\n",
    "# TYPE m gauge\n# TYPE m gauge\n", "# TYPE m gauge\nm inf\n", "# TYPE m gauge\n1m 1\n",
    "# TYPE m histogram\nm_bucket{le=\"1\"} 2\nm_bucket{le=\"+Inf\"} 1\nm_sum 1\nm_count 1\n",
  ])
  func `refuses what is not the format`(text: String) {
    #expect(throws: ExpositionParser.Failure.self) { try ExpositionParser(text) }
  }
}
