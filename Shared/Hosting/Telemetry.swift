import CoreMetrics
public import Logging
public import Platform

/// What a process tells those who run it: its log and its metrics. Started once, before anything else.
public struct Telemetry: Sendable {
    public let logger: Logger
    public let metrics: MetricsRegistry

    /// Of a part of a process that others have set up.
    public init(logger: Logger, metrics: MetricsRegistry) {
        self.logger = logger
        self.metrics = metrics
    }

    /// Sets up logging and metrics for the whole process.
    ///
    /// - Parameter name: of the service, or of the program that holds several.
    public static func start(
        _ name: String, level: Logger.Level = .info, format: LogFormat = .auto
    ) -> Telemetry {
        LoggingSystem.bootstrap { _ in StructuredLogHandler(service: name, level: level, format: format) }
        let registry = MetricsRegistry()
        let build = MetricSample(
            "accord_build_info", .gauge, "1, with the version of this program.",
            dimensions: [("version", AccordVersion.text)], value: 1)
        registry.collect { [process = ProcessMetrics()] in process.samples() + [build] }
        MetricsSystem.bootstrap(registry)
        return Telemetry(logger: Logger(label: "accord.\(name)"), metrics: registry)
    }
}
