public import CoreMetrics
import Synchronization

/// Keeps every swift-metrics instrument of the process and writes them as Prometheus reads them.
///
/// Counters end in `_total`; timers are histograms of seconds and end in `_seconds`; recorders that aggregate are
/// histograms, others and meters are gauges. Two instruments of one name and the same dimensions are one.
public final class MetricsRegistry: MetricsFactory {
    /// Seconds: from half a millisecond to ten seconds.
    public static let timerBuckets = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
    /// Counts and sizes: powers of four, to a million.
    public static let recorderBuckets = (0...10).map { Double(1 << (2 * $0)) }

    private struct Family {
        let kind: MetricKind
        let label: String
        var instruments: [String: any Instrument] = [:]
    }

    private struct State {
        var families: [String: Family] = [:]
        var help: [String: String] = [:]
        var collectors: [@Sendable () -> [MetricSample]] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Says what a metric means, by the label that its instruments are made with.
    fileprivate func write(_ label: String, _ help: String) {
        state.withLock { $0.help[label] = help }
    }

    /// Adds samples that are taken when the metrics are read.
    public func collect(_ collector: @escaping @Sendable () -> [MetricSample]) {
        state.withLock { $0.collectors.append(collector) }
    }

    /// Everything in Prometheus' text format, version 0.0.4.
    public func exposition() -> String {
        let (families, descriptions, collectors) = state.withLock { ($0.families, $0.help, $0.collectors) }
        var blocks: [String: String] = [:]
        for (name, family) in families where !family.instruments.isEmpty {
            let samples = family.instruments.sorted { $0.key < $1.key }.map { $0.value.samples(name, $0.key) }
            let help = descriptions[family.label] ?? "The \(family.kind.rawValue) \(family.label)."
            blocks[name] = Self.header(name, family.kind, help) + samples.joined()
        }
        for sample in collectors.flatMap({ $0() }) {
            blocks[sample.name, default: Self.header(sample.name, sample.kind, sample.help)] +=
                "\(sample.name)\(MetricName.labels(sample.dimensions)) \(NumberText.of(sample.value))\n"
        }
        return blocks.sorted { $0.key < $1.key }.map(\.value).joined()
    }

    private static func header(_ name: String, _ kind: MetricKind, _ help: String) -> String {
        "# HELP \(name) \(MetricName.escapedHelp(help))\n# TYPE \(name) \(kind.rawValue)\n"
    }

    /// The instrument of that name and those dimensions. A name that is taken by another kind gets the kind behind it.
    private func instrument<Made: Instrument>(
        _ name: String, label: String, _ kind: MetricKind, _ dimensions: [(String, String)], make: () -> Made
    ) -> Made {
        let labels = MetricName.labels(dimensions)
        return state.withLock { state in
            let taken = state.families[name].map { family in
                family.kind != kind || (family.instruments[labels].map { !($0 is Made) } ?? false)
            }
            let name = taken == true ? "\(name)_\(kind.rawValue)" : name
            if let known = state.families[name]?.instruments[labels] as? Made { return known }
            let made = make()
            state.families[name, default: Family(kind: kind, label: label)].instruments[labels] = made
            return made
        }
    }

    private func remove(_ instrument: any Instrument) {
        state.withLock { state in
            for (name, family) in state.families {
                for (labels, known) in family.instruments where known === instrument {
                    state.families[name]?.instruments[labels] = nil
                }
            }
        }
    }
}

extension MetricsFactory {
    /// Says what a metric means, where this factory writes that down. swift-metrics has no word for it.
    public func describe(_ label: String, _ help: String) {
        (self as? MetricsRegistry)?.write(label, help)
    }
}

// MARK: - swift-metrics

extension MetricsRegistry {
    public func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(MetricName.suffixed(label, "_total"), label: label, .counter, dimensions) { PrometheusCounter() }
    }

    public func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        instrument(MetricName.suffixed(label, "_total"), label: label, .counter, dimensions) {
            PrometheusFloatCounter()
        }
    }

    public func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        instrument(MetricName.sanitised(label), label: label, .gauge, dimensions) { PrometheusGauge() }
    }

    public func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        let name = MetricName.sanitised(label)
        guard aggregate else { return instrument(name, label: label, .gauge, dimensions) { PrometheusGauge() } }
        return instrument(name, label: label, .histogram, dimensions) {
            PrometheusHistogram(bounds: Self.recorderBuckets)
        }
    }

    public func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        instrument(MetricName.suffixed(label, "_seconds"), label: label, .histogram, dimensions) {
            PrometheusHistogram(bounds: Self.timerBuckets)
        }
    }

    public func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
    public func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { forget(handler) }
    public func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
    public func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
    public func destroyTimer(_ handler: any TimerHandler) { forget(handler) }

    private func forget(_ handler: AnyObject) {
        if let instrument = handler as? any Instrument { remove(instrument) }
    }
}
