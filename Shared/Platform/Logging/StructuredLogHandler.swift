import Kernel
public import Logging

/// Writes each log event as one line: text for people, or a JSON object for machines.
///
/// A JSON line has `timestamp` (RFC 3339, UTC), `level`, `service`, `message`, `error` where there is one, and
/// `metadata`, with the request id and the trace of the call among it.
public struct StructuredLogHandler: LogHandler {
    public var logLevel: Logger.Level
    public var metadata: Logger.Metadata = [:]
    public var metadataProvider: Logger.MetadataProvider?
    private let service: String
    private let format: LogFormat
    private let clock: any WallClock
    private let output: any LogOutput

    public init(
        service: String, level: Logger.Level, format: LogFormat, clock: any WallClock = SystemClock(),
        output: any LogOutput = StandardOutput.error
    ) {
        self.service = service
        logLevel = level
        self.format = format.resolved
        self.clock = clock
        self.output = output
    }

    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    public func log(event: LogEvent) {
        let line = LogLine(
            timestamp: clock.now().text, level: event.level.rawValue, service: service,
            message: event.message.description, error: event.error.map { "\($0)" }, metadata: merged(event.metadata))
        output.write(format == .json ? line.json : line.text)
    }

    /// The more specific wins: of the event, of the logger, of the provider.
    private func merged(_ own: Logger.Metadata?) -> [(key: String, value: Logger.Metadata.Value)] {
        var all = metadataProvider?.get() ?? [:]
        all.merge(metadata) { $1 }
        if let own { all.merge(own) { $1 } }
        return all.sorted { $0.key < $1.key }
    }
}
