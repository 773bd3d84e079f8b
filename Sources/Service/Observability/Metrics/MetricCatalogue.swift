/// Every metric the service exposes: names, labels, buckets and help in one place.
package enum MetricCatalogue {
  // MARK: Jobs

  package static let queueDepth = MetricDescription(
    "byteedit_queue_depth", .gauge, help: "Jobs waiting for a worker.")
  package static let queueOldest = MetricDescription(
    "byteedit_queue_oldest_seconds", .gauge,
    help: "Age of the oldest job that waits for a worker, 0 without one.")
  package static let jobs = MetricDescription(
    "byteedit_jobs_total", .counter, labels: ["status", "task"],
    help: "Jobs that reached a final state, by state and task.")
  package static let jobsInFlight = MetricDescription(
    "byteedit_jobs_in_flight", .gauge, help: "Jobs that a worker of this process is running.")
  package static let jobWait = MetricDescription(
    "byteedit_job_wait_seconds", .histogram(waitBounds),
    help: "Time from accepting a job to claiming it.")
  package static let leaseLost = MetricDescription(
    "byteedit_lease_lost_total", .counter,
    help: "Leases that ran out or were taken over while a worker held them.")
  package static let checkpoints = MetricDescription(
    "byteedit_checkpoints_total", .counter, labels: ["event"],
    help: "Checkpoints of running edits: kept, and edits resumed from one.")

  // MARK: Edits

  package static let stageDuration = MetricDescription(
    "byteedit_stage_duration_seconds", .histogram(stageBounds), labels: ["stage"],
    help: "Time of one stage of an edit, by stage.")

  package static let rewardScore = MetricDescription(
    "byteedit_reward_score", .histogram(shareBounds), labels: ["model"],
    help: "Calibrated scores of candidates, 0 to 1, by judge.")

  // MARK: HTTP

  package static let requestDuration = MetricDescription(
    "http_server_request_duration_seconds", .histogram(requestBounds),
    labels: ["method", "route", "status"],
    help: "Time from the head of a request to the head of its answer, by route.")

  // MARK: Access

  package static let requestsDenied = MetricDescription(
    "byteedit_requests_denied_total", .counter, labels: ["reason"],
    help: "Requests that were not let in, by reason.")
  package static let activeKeys = MetricDescription(
    "byteedit_keys_active", .gauge, help: "API keys that are neither disabled nor expired.")
  package static let keyReloads = MetricDescription(
    "byteedit_key_reloads_total", .counter, labels: ["outcome"],
    help: "Times that the keys file was read again, by outcome.")

  // MARK: Webhooks

  package static let webhookDeliveries = MetricDescription(
    "byteedit_webhook_deliveries_total", .counter, labels: ["outcome"],
    help: "Attempts to deliver a webhook, by outcome.")
  package static let webhooksPending = MetricDescription(
    "byteedit_webhooks_pending", .gauge, help: "Webhooks in the outbox that are not yet delivered.")
  package static let webhooksOldest = MetricDescription(
    "byteedit_webhooks_oldest_seconds", .gauge,
    help: "Age of the oldest webhook that is not yet delivered, 0 without one.")
  package static let webhookDuration = MetricDescription(
    "byteedit_webhook_duration_seconds", .histogram(requestBounds),
    help: "Time of one attempt to deliver a webhook, from claiming to the answer's head.")

  // MARK: TLS

  package static let handshakes = MetricDescription(
    "byteedit_tls_handshakes_total", .counter, labels: ["outcome"],
    help: "TLS handshakes, by outcome.")
  package static let certificateExpiry = MetricDescription(
    "byteedit_tls_certificate_expiry_timestamp_seconds", .gauge,
    help: "When the first certificate of the chain in force expires, in seconds since 1970.")
  package static let certificateReloads = MetricDescription(
    "byteedit_tls_reloads_total", .counter, labels: ["outcome"],
    help: "Times that certificate and key were read again, by outcome.")

  // MARK: Process

  package static let residentMemory = MetricDescription(
    "process_resident_memory_bytes", .gauge, help: "Resident memory size in bytes.")
  package static let openDescriptors = MetricDescription(
    "process_open_fds", .gauge, help: "Number of open file descriptors.")
  package static let maximumDescriptors = MetricDescription(
    "process_max_fds", .gauge, help: "Maximum number of open file descriptors.")
  package static let processorTime = MetricDescription(
    "process_cpu_seconds_total", .counter, help: "Total user and system CPU time in seconds.")
  package static let startTime = MetricDescription(
    "process_start_time_seconds", .gauge, help: "Start of the process in seconds since 1970.")

  // MARK: The exporter itself

  package static let droppedSeries = MetricDescription(
    "byteedit_metric_series_dropped_total", .counter,
    help: "Label combinations beyond the limit, which are not counted.")

  package static let all = [
    queueDepth, queueOldest, jobs, jobsInFlight, jobWait, leaseLost, checkpoints, stageDuration,
    rewardScore,
    requestDuration, requestsDenied, activeKeys, keyReloads, webhookDeliveries, webhooksPending,
    webhooksOldest, webhookDuration, handshakes, certificateExpiry, certificateReloads,
    residentMemory, openDescriptors,
    maximumDescriptors, processorTime, startTime,
    droppedSeries,
  ]

  // MARK: Buckets, in seconds but for shares

  package static let shareBounds: [Double] = [
    0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1,
  ]

  package static let requestBounds: [Double] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120,
  ]
  package static let stageBounds: [Double] = [
    0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 25, 60, 120, 300,
  ]
  package static let waitBounds: [Double] = [
    0.005, 0.025, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600,
  ]
}
