/// What Prometheus calls the type of a metric.
public enum MetricKind: String, Sendable {
    case counter
    case gauge
    case histogram
}

/// One value that is taken when the metrics are read.
public struct MetricSample: Sendable {
    /// The full name, with its unit: `process_resident_memory_bytes`.
    public let name: String
    public let kind: MetricKind
    public let help: String
    public let dimensions: [(String, String)]
    public let value: Double

    public init(
        _ name: String, _ kind: MetricKind, _ help: String, dimensions: [(String, String)] = [], value: Double
    ) {
        self.name = MetricName.sanitised(name)
        self.kind = kind
        self.help = help
        self.dimensions = dimensions
        self.value = value
    }
}
