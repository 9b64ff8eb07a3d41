public import Hosting

/// The five services as processes of their own that know of each other.
public final class RunningSuite: Sendable {
    /// `http://127.0.0.1:PORT` of each.
    public let addresses: [ServiceName: String]
    public let services: [RunningService]

    /// Starts them and waits until all are ready.
    ///
    /// - Parameters:
    ///   - data: the folder of their stores.
    ///   - arguments: of each, beside folder, port and peers.
    public static func start(data: String, arguments: [String] = []) async throws -> RunningSuite {
        // A port that was free a moment ago may have been taken since.
        for _ in 0..<2 {
            if let suite = try? await RunningSuite(data: data, arguments: arguments) { return suite }
        }
        return try await RunningSuite(data: data, arguments: arguments)
    }

    private init(data: String, arguments: [String]) async throws {
        let ports = try FreePorts.take(ServiceName.allCases.count)
        let addresses = Dictionary(
            uniqueKeysWithValues: zip(ServiceName.allCases, ports).map { ($0, "http://127.0.0.1:\($1)") })
        var services: [RunningService] = []
        for (name, port) in zip(ServiceName.allCases, ports) {
            services.append(
                try await RunningService(
                    name, data: data, port: port, peers: addresses, arguments: ["--log-level", "error"] + arguments))
        }
        self.addresses = addresses
        self.services = services
    }

    /// Events that are still to be told, by all services to all subscribers, as their metrics say.
    public func outboxDepth() async throws -> Int {
        var depth = 0
        for address in addresses.values {
            let (_, text) = try await PlainHTTP.get(address + "/metrics")
            for line in text.split(separator: "\n") where line.hasPrefix("accord_outbox_depth{") {
                depth += line.split(separator: " ").last.flatMap { Double($0) }.map { Int($0) } ?? 0
            }
        }
        return depth
    }

    /// Waits until nothing is left to tell.
    ///
    /// A service that is about to tell something may not have counted it yet, so a few looks in a row must agree.
    ///
    /// - Throws: ``RunningExecutable/Failure`` at the limit.
    public func settled(within limit: Duration = .seconds(60)) async throws {
        let end = ContinuousClock.now.advanced(by: limit)
        var quiet = 0
        var depth = 0
        while quiet < 3 {
            depth = try await outboxDepth()
            quiet = depth == 0 ? quiet + 1 : 0
            guard ContinuousClock.now < end else {
                throw RunningExecutable.Failure(description: "\(depth) events are still to be told")
            }
            try await ContinuousClock().sleep(for: .milliseconds(50))
        }
    }

    /// Asks all to end, those that tell others first, and waits.
    ///
    /// - Returns: the exit code of each.
    @discardableResult
    public func terminate() async -> [Int32] {
        var codes: [Int32] = []
        for service in services { codes.append(await service.executable.terminate()) }
        return codes
    }
}
