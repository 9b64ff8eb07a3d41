public import CoreMetrics
public import Logging
import Platform
public import ServiceLifecycle
import Synchronization

/// Runs a service's duties until shutdown: each one over and over while it has something to do, then again when it
/// wakes or its interval is over. A duty that fails is logged and tried again later; it never ends the process.
public final class DutyRunner: Service {
    private let duties: [any Duty]
    private let flushed: [any Duty]
    private let flushLimit: Duration
    private let logger: Logger
    private let failureCounts: [String: Counter]
    private let running = Atomic(false)

    /// - Parameters:
    ///   - flushed: those that are run once more at shutdown until they have nothing to do: the relays.
    ///   - flushLimit: how long that may take.
    ///   - metrics: where failures are counted, by service and duty.
    public init(
        _ duties: [any Duty], flushed: [any Duty] = [], flushLimit: Duration = .seconds(5), service: String,
        logger: Logger, metrics: any MetricsFactory = MetricsSystem.factory
    ) {
        self.duties = duties
        self.flushed = flushed
        self.flushLimit = flushLimit
        self.logger = logger
        metrics.describe(Self.failures, "Steps of a duty that failed and are tried again.")
        failureCounts = Dictionary(
            duties.map { duty in
                let dimensions = [("service", service), ("duty", duty.name)]
                return (duty.name, Counter(label: Self.failures, dimensions: dimensions, factory: metrics))
            }, uniquingKeysWith: { first, _ in first })
    }

    private static let failures = "accord_duty_failures"

    /// Whether ``run()`` is under way.
    public var isRunning: Bool { running.load(ordering: .relaxed) }

    /// Returns after a graceful shutdown: steps that run are finished, then the relays are flushed. List it before the
    /// server in a service group, so that it stops after the server has.
    public func run() async throws {
        running.store(true, ordering: .relaxed)
        defer { running.store(false, ordering: .relaxed) }
        await withTaskGroup(of: Void.self) { group in
            for duty in duties { group.addTask { await self.repeatedly(duty) } }
        }
        await flush()
    }

    private func repeatedly(_ duty: any Duty) async {
        var failures = 0
        while !isStopping {
            do {
                let done = try await duty.runOnce()
                failures = 0
                if done == 0 { await rest(duty) }
            } catch {
                guard !isStopping else { return }
                failures += 1
                failureCounts[duty.name]?.increment()
                log(duty, error, failures)
                await pause(failures)
            }
        }
    }

    private var isStopping: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// The first failures in a row are warnings; after that one in sixteen is, so that an outage does not fill the log.
    private func log(_ duty: any Duty, _ error: any Error, _ failures: Int) {
        logger.log(
            level: failures <= 3 || failures % 16 == 0 ? .warning : .debug, "duty failed",
            metadata: ["duty": "\(duty.name)", "failures": "\(failures)", "error": "\(error)"])
    }

    private func rest(_ duty: any Duty) async {
        await firstOf([{ await duty.wake() }, { try? await Task.sleep(for: duty.interval) }])
    }

    private func pause(_ failures: Int) async {
        let wait = Duration.milliseconds(min(30_000, 100 << min(failures - 1, 9)))
        await firstOf([{ try? await Task.sleep(for: wait) }])
    }

    /// Returns when one of the waits is over, or at shutdown; the others are cancelled.
    private func firstOf(_ waits: [@Sendable () async -> Void]) async {
        await withTaskGroup(of: Void.self) { group in
            for wait in waits { group.addTask { await wait() } }
            group.addTask { try? await gracefulShutdown() }
            await group.next()
            group.cancelAll()
        }
    }

    private func flush() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskGroup(of: Void.self) { group in
                    for duty in self.flushed { group.addTask { await self.drain(duty) } }
                }
            }
            group.addTask { try? await Task.sleep(for: self.flushLimit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// What cannot be sent now is sent after the next start.
    private func drain(_ duty: any Duty) async {
        do {
            while !Task.isCancelled, try await duty.runOnce() > 0 {}
        } catch {
            logger.info("not flushed", metadata: ["duty": "\(duty.name)", "error": "\(error)"])
        }
    }
}
