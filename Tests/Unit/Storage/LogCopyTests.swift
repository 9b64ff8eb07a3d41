import AccordTesting
import CoreMetrics
import Foundation
import GRDB
import Platform
import RPC
import Storage
import Synchronization
import Testing

/// The write-ahead log is copied beside the writes. A copy counts as under way until its time is recorded, and here that
/// is held up.
@Suite(.timeLimit(.minutes(5))) struct LogCopyTests {
    private let copies = HeldCopies()
    private let text = String(repeating: "x", count: 3_000)

    private func fixture(_ settings: StoreSettings = .disposable) throws -> StoreFixture {
        var settings = settings
        settings.metrics = copies
        settings.checkpointPages = 20
        return try StoreFixture(settings)
    }

    private func put(_ numbers: Range<Int>, _ fixture: StoreFixture) async throws {
        for number in numbers { try await fixture.put(String(format: "%05d", number), text) }
    }

    private func logBytes(_ fixture: StoreFixture) -> Double {
        fixture.store.samples().first { $0.name == "accord_store_wal_bytes" }?.value ?? 0
    }

    @Test func `writers are answered while the log is copied`() async throws {
        let fixture = try fixture()
        copies.hold()
        try await put(0..<30, fixture)
        #expect(copies.done == 0)
        copies.letGo()
        try await fixture.store.close()
        #expect(copies.done > 1)
    }

    @Test func `a store that is closed while its log is copied waits for that and leaves all in the file`() async throws
    {
        let fixture = try fixture(StoreSettings())
        copies.hold()
        try await put(0..<20, fixture)
        let order = Mutex<[String]>([])
        copies.whenDone { order.withLock { $0.append("copied") } }
        async let closing: Void = {
            try await fixture.store.close()
            order.withLock { $0.append("closed") }
        }()
        let isClosing = try await eventually {
            do { try await fixture.put(UUID().uuidString) } catch is RPCError { return true }
            return false
        } until: {
            $0
        }
        #expect(isClosing)
        let before = order.withLock { $0 }
        #expect(before == [])
        copies.letGo()
        try await closing
        let after = order.withLock { $0 }
        #expect(after.first == "copied" && after.last == "closed")
        #expect(logBytes(fixture) == 0)
        #expect(try await StoreFixture(folder: fixture.folder).notes().count >= 20)
    }

    @Test func `a log whose copy is slow stops growing`() async throws {
        let fixture = try fixture()
        copies.hold()
        let writing = Task { try await put(0..<300, fixture) }
        // Eight times the limit: then the writer waits, and more than one write is never answered.
        let bytes = try await eventually {
            logBytes(fixture)
        } until: {
            $0 > 8 * 20 * 4_120
        }
        #expect(bytes > 8 * 20 * 4_120)
        copies.letGo()
        try await writing.value
        #expect(logBytes(fixture) < 190 * 4_120)
        try await fixture.store.close()
    }

    @Test func `a log that a reader holds goes on growing, and writers are answered`() async throws {
        let fixture = try fixture()
        try await put(0..<1, fixture)
        let reader = try DatabasePool(path: fixture.folder.path("store.sqlite")).makeSnapshot()
        try await put(1..<100, fixture)
        #expect(logBytes(fixture) > 190 * 4_120)
        #expect(try await reader.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM note") } == 1)
        try reader.close()
        let held = logBytes(fixture)
        try await put(100..<600, fixture)
        #expect(logBytes(fixture) <= held + 130 * 4_120)
        #expect(copies.failed == 0)
        try await fixture.store.close()
    }

    @Test func `a crash while the log is copied loses nothing`() async throws {
        let fixture = try fixture(StoreSettings())
        copies.hold()
        try await put(0..<30, fixture)
        // Held at its end, and further writes in the log: the file and the log are of one moment.
        let held = try await eventually {
            copies.held
        } until: {
            $0 == 1
        }
        #expect(held == 1)
        let crashed = try fixture.crashCopy()
        copies.letGo()
        #expect(try await StoreFixture(folder: crashed).notes().count == 30)
        try await fixture.store.close()
    }
}

/// Takes the metrics of a store, and holds its copies of the log up where it is told to.
private final class HeldCopies: MetricsFactory {
    private struct State {
        var isHeld = false
        var (held, done, failed) = (0, 0, 0)
        var whenDone: @Sendable () -> Void = {}
    }

    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    var held: Int { state.withLock { $0.held } }
    var done: Int { state.withLock { $0.done } }
    var failed: Int { state.withLock { $0.failed } }

    func hold() { state.withLock { $0.isHeld = true } }

    func whenDone(_ action: @escaping @Sendable () -> Void) { state.withLock { $0.whenDone = action } }

    func letGo() {
        let held = state.withLock { state in
            defer { (state.isHeld, state.held) = (false, 0) }
            return state.held
        }
        for _ in 0..<held { gate.signal() }
    }

    fileprivate func copied() {
        let waits = state.withLock { state in
            if state.isHeld { state.held += 1 }
            return state.isHeld
        }
        if waits { gate.wait() }
        let action = state.withLock { state in
            state.done += 1
            return state.whenDone
        }
        action()
    }

    fileprivate func copyFailed(_ count: Int64) { state.withLock { $0.failed += Int(count) } }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        label == "accord_store_checkpoint_duration_seconds" ? CopyTimer(copies: self) : NOOPMetricsHandler.instance
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        label == "accord_store_checkpoint_failures" ? FailureCounter(copies: self) : NOOPMetricsHandler.instance
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }

    func destroyTimer(_ handler: any TimerHandler) {}
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}

    private final class CopyTimer: TimerHandler {
        private let copies: HeldCopies
        init(copies: HeldCopies) { self.copies = copies }
        func recordNanoseconds(_ duration: Int64) { copies.copied() }
    }

    private final class FailureCounter: CounterHandler {
        private let copies: HeldCopies
        init(copies: HeldCopies) { self.copies = copies }
        func increment(by amount: Int64) { copies.copyFailed(amount) }
        func reset() {}
    }
}
