import AccordTesting
import Foundation
import Metrics
import Platform
import Testing

@Suite struct MetricsTests {
    private let registry = MetricsRegistry()

    @Test func aCounterEndsInTotalAndCountsPerLabels() {
        registry.describe("rpc.requests", "Calls answered.")
        let ok = Counter(label: "rpc.requests", dimensions: [("method", "/a/B"), ("code", "ok")], factory: registry)
        ok.increment()
        Counter(label: "rpc.requests", dimensions: [("code", "ok"), ("method", "/a/B")], factory: registry)
            .increment(by: 2)
        Counter(label: "rpc.requests", dimensions: [("code", "not_found"), ("method", "/a/B")], factory: registry)
            .increment()
        #expect(
            registry.exposition() == """
                # HELP rpc_requests_total Calls answered.
                # TYPE rpc_requests_total counter
                rpc_requests_total{code="not_found",method="/a/B"} 1
                rpc_requests_total{code="ok",method="/a/B"} 3

                """)
    }

    @Test func aTimerIsAHistogramOfSeconds() {
        let timer = Timer(label: "rpc.latency", factory: registry)
        for milliseconds in [1, 1, 30, 60_000] { timer.recordMilliseconds(milliseconds) }
        let text = registry.exposition()
        #expect(text.contains("# TYPE rpc_latency_seconds histogram\n"))
        #expect(text.contains("rpc_latency_seconds_bucket{le=\"0.0005\"} 0\n"))
        #expect(text.contains("rpc_latency_seconds_bucket{le=\"0.001\"} 2\n"))
        #expect(text.contains("rpc_latency_seconds_bucket{le=\"0.05\"} 3\n"))
        #expect(text.contains("rpc_latency_seconds_bucket{le=\"10\"} 3\n"))
        #expect(text.contains("rpc_latency_seconds_bucket{le=\"+Inf\"} 4\n"))
        #expect(text.contains("rpc_latency_seconds_sum 60.032\n"))
        #expect(text.contains("rpc_latency_seconds_count 4\n"))
    }

    @Test func metersAndPlainRecordersAreGauges() {
        let meter = Meter(label: "rpc.inFlight", factory: registry)
        meter.increment()
        meter.increment()
        meter.decrement()
        Gauge(label: "outbox.depth", factory: registry).record(2.5)
        Recorder(label: "batch.size", factory: registry).record(16)
        let text = registry.exposition()
        #expect(text.contains("# TYPE rpc_in_flight gauge\nrpc_in_flight 1\n"))
        #expect(text.contains("# TYPE outbox_depth gauge\noutbox_depth 2.5\n"))
        #expect(text.contains("batch_size_bucket{le=\"4\"} 0\nbatch_size_bucket{le=\"16\"} 1\n"))
    }

    @Test func labelsAreEscapedAndTheirNamesSanitised() {
        Counter(label: "1.odd-name", dimensions: [("le", "a\"b\\c\nd"), ("x-y", "z")], factory: registry).increment()
        #expect(registry.exposition().contains(#"_1_odd_name_total{label_le="a\"b\\c\nd",x_y="z"} 1"#))
    }

    @Test func aNameTakenByAnotherKindKeepsBoth() {
        Meter(label: "depth", factory: registry).set(1)
        Recorder(label: "depth", factory: registry).record(2)
        let text = registry.exposition()
        #expect(text.contains("# TYPE depth gauge\ndepth 1\n"))
        #expect(text.contains("# TYPE depth_histogram histogram\n"))
    }

    @Test func aDestroyedInstrumentIsGone() {
        let counter = Counter(label: "short", factory: registry)
        counter.increment()
        counter.destroy()
        #expect(registry.exposition() == "")
    }

    @Test func manyThreadsLoseNothing() async {
        let counter = Counter(label: "hits", factory: registry)
        let meter = Meter(label: "level", factory: registry)
        let timer = Timer(label: "wait", factory: registry)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        counter.increment()
                        meter.increment()
                        timer.recordSeconds(1)
                    }
                }
            }
        }
        let text = registry.exposition()
        #expect(text.contains("hits_total 8000\n"))
        #expect(text.contains("level 8000\n"))
        #expect(text.contains("wait_seconds_count 8000\n"))
    }

    @Test func theProcessTellsWhatItUses() throws {
        let samples = ProcessMetrics().samples()
        func value(_ name: String) throws -> Double { try #require(samples.first { $0.name == name }?.value) }
        #expect(try value("process_resident_memory_bytes") > 1_000_000)
        #expect(try value("process_open_fds") >= 3)
        #expect(try value("process_max_fds") >= value("process_open_fds"))
        #expect(try value("process_threads") >= 1)
        let now = Date().timeIntervalSince1970
        #expect(try abs(now - value("process_start_time_seconds")) < 6 * 3_600)
    }

    @Test(.enabled(if: Promtool.isThere, Comment(rawValue: Promtool.absence)))
    func promtoolFindsNoFault() throws {
        registry.collect { ProcessMetrics().samples() }
        Counter(label: "rpc.requests", dimensions: [("method", "/a/B \"x\"\n")], factory: registry).increment()
        FloatingPointCounter(label: "sqlite.busy.seconds", factory: registry).increment(by: 0.25)
        Timer(label: "rpc.latency", dimensions: [("method", "/a/B")], factory: registry).recordMilliseconds(3)
        Meter(label: "rpc.inFlight", factory: registry).set(1)
        Recorder(label: "batch.events", factory: registry).record(500)
        let (status, output) = try Promtool.check(registry.exposition())
        #expect(status == 0, "\(output)")
        let (wrongStatus, _) = try Promtool.check("# TYPE x counter\nx{a=\"} 1\n")
        #expect(wrongStatus != 0)
    }
}
