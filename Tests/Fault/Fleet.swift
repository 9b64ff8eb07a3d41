import AccordSuite
import AccordTesting
import Contracts
import Foundation
import Hosting
import Kernel
import RPC
import SwiftProtobuf

/// The five services as processes, on ports that stay the same over restarts.
actor Fleet {
    nonisolated let addresses: [ServiceName: String]
    private let folder: String
    private let arguments: [String]
    private var services: [ServiceName: RunningService] = [:]
    private(set) var kills = 0
    private var killingIsOver = false
    private var waiters: [(kills: Int, continuation: CheckedContinuation<Void, Never>)] = []

    /// - Parameter arguments: for each of them, beside folder, port and peers.
    static func start(_ folder: String, arguments: [String] = []) async throws -> Fleet {
        let ports = try FreePorts.take(ServiceName.allCases.count)
        let addresses = Dictionary(
            uniqueKeysWithValues: zip(ServiceName.allCases, ports).map { ($0, "http://127.0.0.1:\($1)") })
        let fleet = Fleet(folder: folder, addresses: addresses, arguments: ["--log-level", "critical"] + arguments)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for name in ServiceName.allCases { group.addTask { try await fleet.launch(name) } }
            try await group.waitForAll()
        }
        return fleet
    }

    private init(folder: String, addresses: [ServiceName: String], arguments: [String]) {
        self.folder = folder
        self.addresses = addresses
        self.arguments = arguments
    }

    nonisolated func port(of name: ServiceName) -> Int {
        addresses[name]?.split(separator: ":").last.flatMap { Int($0) } ?? 0
    }

    func process(of name: ServiceName) -> Int32 { services[name]?.executable.pid ?? 0 }

    private func launch(_ name: ServiceName) async throws {
        services[name] = try await RunningService(
            name, data: folder, port: port(of: name), peers: addresses, arguments: arguments)
    }

    /// Kills a random service after a random while and starts it again, and so on; one in four is killed once more
    /// while it starts.
    func killAtRandom(
        times: Int, seed: UInt64, among victims: [ServiceName] = ServiceName.allCases
    ) async throws {
        defer { endKilling() }
        var random = SeededRandom(seed: seed)
        while kills < times {
            let pause = Int64.random(in: 5...250, using: &random)
            guard let victim = victims.randomElement(using: &random) else { return }
            let startPause =
                Int.random(in: 0..<4, using: &random) == 0 ? Int64.random(in: 0...150, using: &random) : nil
            try await ContinuousClock().sleep(for: .milliseconds(pause))
            await services[victim]?.executable.killNow()
            count()
            if let startPause, kills < times { try await killWhileItStarts(victim, after: .milliseconds(startPause)) }
            try await launch(victim)
        }
    }

    /// Kills a service and starts it again.
    func kill(_ name: ServiceName) async throws {
        await services[name]?.executable.killNow()
        try await launch(name)
    }

    private func killWhileItStarts(_ name: ServiceName, after pause: Duration) async throws {
        let executable = try RunningService.begin(
            name, data: folder, port: port(of: name), peers: addresses, arguments: arguments)
        try await ContinuousClock().sleep(for: pause)
        await executable.killNow()
        count()
    }

    /// Returns when so many services have been killed, or no more will be.
    func waitForKills(_ count: Int) async {
        guard kills < count, !killingIsOver else { return }
        await withCheckedContinuation { waiters.append((count, $0)) }
    }

    private func count() {
        kills += 1
        for waiter in waiters where waiter.kills <= kills { waiter.continuation.resume() }
        waiters.removeAll { $0.kills <= kills }
    }

    private func endKilling() {
        killingIsOver = true
        for waiter in waiters { waiter.continuation.resume() }
        waiters = []
    }

    /// Asks all of them to end; a failure of the test ends them by itself.
    ///
    /// - Returns: their exit codes.
    func stop() async -> [Int32] {
        await withTaskGroup(of: Int32.self) { group in
            for service in services.values { group.addTask { await service.executable.terminate() } }
            var codes: [Int32] = []
            for await code in group { codes.append(code) }
            return codes
        }
    }
}

/// Clients of services that run elsewhere, for as long as the body runs.
func withClients<Value>(
    _ addresses: [ServiceName: String], _ body: (SuiteClients) async throws -> Value
) async throws -> Value {
    let connection = SuiteConnection(addresses: addresses, token: nil)
    do {
        let value = try await body(connection.clients)
        await connection.close()
        return value
    } catch {
        await connection.close()
        throw error
    }
}

/// Calls again and again while the service is away; an answer of any other kind is the test's business.
func untilAcknowledged<Value>(_ call: () async throws -> Value) async throws -> Value {
    while true {
        do {
            return try await call()
        } catch let error as RPCError where error.code == .unavailable || error.code == .deadlineExceeded {
            try await ContinuousClock().sleep(for: .milliseconds(20))
        }
    }
}

/// Asks again until the answer is as it should be in the end, two minutes at most.
///
/// - Returns: the last answer.
func eventually<Value>(
    _ ask: () async throws -> Value, until isThere: (Value) -> Bool
) async throws -> Value {
    try await AccordTesting.eventually(within: .seconds(120)) {
        try await untilAcknowledged(ask)
    } until: {
        isThere($0)
    }
}

/// Every item of a paged list.
func all<Item>(_ page: (WirePageRequest) async throws -> ([Item], String)) async throws -> [Item] {
    var items: [Item] = []
    var token = ""
    repeat {
        let (part, next) = try await page(
            .with {
                $0.pageSize = 1_000
                $0.pageToken = token
            })
        items += part
        token = next
    } while !token.isEmpty
    return items
}

extension SuiteClients {
    /// Every event that a service has ever told.
    func told(by service: ServiceName) async throws -> [WireEvent] {
        var events: [WireEvent] = []
        var position: Int64 = 0
        while true {
            let page = try await self.events(of: service).tailEvents(
                .with {
                    $0.afterPosition = position
                    $0.limit = 500
                })
            guard !page.events.isEmpty else { return events }
            events += page.events.map(\.event)
            position = page.lastPosition
        }
    }
}
