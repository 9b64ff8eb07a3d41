import CoreMetrics
import Synchronization

/// Something that stands in the exposition under one name and one set of labels.
protocol Instrument: AnyObject, Sendable {
    func samples(_ name: String, _ labels: String) -> String
}

/// A number that any thread may add to or set, without a lock.
final class AtomicNumber: Sendable {
    private let bits = Atomic<UInt64>(Double(0).bitPattern)

    var value: Double { Double(bitPattern: bits.load(ordering: .relaxed)) }

    func set(_ value: Double) {
        bits.store(value.bitPattern, ordering: .relaxed)
    }

    func add(_ amount: Double) {
        var seen = bits.load(ordering: .relaxed)
        while true {
            let sum = Double(bitPattern: seen) + amount
            let (exchanged, original) = bits.weakCompareExchange(
                expected: seen, desired: sum.bitPattern, ordering: .relaxed)
            if exchanged { return }
            seen = original
        }
    }
}

final class PrometheusCounter: Instrument, CounterHandler {
    private let count = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        count.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() {
        count.store(0, ordering: .relaxed)
    }

    func samples(_ name: String, _ labels: String) -> String {
        "\(name)\(labels) \(count.load(ordering: .relaxed))\n"
    }
}

final class PrometheusFloatCounter: Instrument, FloatingPointCounterHandler {
    private let number = AtomicNumber()

    func increment(by amount: Double) {
        if amount > 0 { number.add(amount) }
    }

    func reset() {
        number.set(0)
    }

    func samples(_ name: String, _ labels: String) -> String {
        "\(name)\(labels) \(NumberText.of(number.value))\n"
    }
}

final class PrometheusGauge: Instrument, MeterHandler, RecorderHandler {
    private let number = AtomicNumber()

    func set(_ value: Int64) { number.set(Double(value)) }
    func set(_ value: Double) { number.set(value) }
    func increment(by amount: Double) { number.add(amount) }
    func decrement(by amount: Double) { number.add(-amount) }
    func record(_ value: Int64) { number.set(Double(value)) }
    func record(_ value: Double) { number.set(value) }

    func samples(_ name: String, _ labels: String) -> String {
        "\(name)\(labels) \(NumberText.of(number.value))\n"
    }
}

final class PrometheusHistogram: Instrument, RecorderHandler, TimerHandler {
    private struct State {
        var counts: [UInt64]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: rising; what is above the last counts under `+Inf`.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        let index = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock {
            $0.counts[index] += 1
            $0.sum += value
        }
    }

    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }

    func samples(_ name: String, _ labels: String) -> String {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var text = ""
        var total: UInt64 = 0
        for (index, count) in counts.enumerated() {
            total += count
            let bound = index < bounds.count ? NumberText.of(bounds[index]) : "+Inf"
            text += "\(name)_bucket\(MetricName.labels(labels, bound: bound)) \(total)\n"
        }
        return text + "\(name)_sum\(labels) \(NumberText.of(sum))\n\(name)_count\(labels) \(total)\n"
    }
}

/// Numbers as the exposition format writes them.
enum NumberText {
    static func of(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return Int64(exactly: value).map(String.init) ?? "\(value)"
    }
}
