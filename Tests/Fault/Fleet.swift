import AccordTesting
import Foundation
import Hosting
import Kernel
import RPC

/// The five services as processes, on ports that stay the same over restarts.
actor Fleet {
    nonisolated let addresses: [ServiceName: String]
    private let folder: String
    private var services: [ServiceName: RunningService] = [:]
    private(set) var kills = 0
    private var waiters: [(kills: Int, continuation: CheckedContinuation<Void, Never>)] = []

    static func start(_ folder: String) async throws -> Fleet {
        let ports = try FreePorts.take(ServiceName.allCases.count)
        let addresses = Dictionary(
            uniqueKeysWithValues: zip(ServiceName.allCases, ports).map { ($0, "http://127.0.0.1:\($1)") })
        let fleet = Fleet(folder: folder, addresses: addresses)
        for name in ServiceName.allCases { try await fleet.launch(name) }
        return fleet
    }

    private init(folder: String, addresses: [ServiceName: String]) {
        self.folder = folder
        self.addresses = addresses
    }

    private func launch(_ name: ServiceName) async throws {
        let port = addresses[name]?.split(separator: ":").last.flatMap { Int($0) } ?? 0
        services[name] = try await RunningService(
            name, data: folder, port: port, peers: addresses, arguments: ["--log-level", "critical"])
    }

    /// Kills a random service after a random while, starts it again, and so on.
    func killAtRandom(times: Int, seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        for _ in 0..<times {
            let pause = Int64.random(in: 5...250, using: &random)
            guard let victim = ServiceName.allCases.randomElement(using: &random) else { return }
            try await ContinuousClock().sleep(for: .milliseconds(pause))
            await services[victim]?.executable.killNow()
            kills += 1
            wake()
            try await launch(victim)
        }
    }

    /// Returns when so many services have been killed.
    func waitForKills(_ count: Int) async throws {
        guard kills < count else { return }
        await withCheckedContinuation { waiters.append((count, $0)) }
    }

    private func wake() {
        for waiter in waiters where waiter.kills <= kills { waiter.continuation.resume() }
        waiters.removeAll { $0.kills <= kills }
    }

    /// Calls again and again while the service is away; an answer of any other kind is the test's business.
    nonisolated func untilAcknowledged<Value>(_ call: () async throws -> Value) async throws -> Value {
        while true {
            do {
                return try await call()
            } catch let error as RPCError
                where [.unavailable, .deadlineExceeded, .unknown, .canceled, .failedPrecondition].contains(error.code)
            {
                try await ContinuousClock().sleep(for: .milliseconds(20))
            }
        }
    }

    func stop() async {
        for service in services.values { await service.executable.terminate() }
    }
}
