import AccordTesting
import Contracts
import Foundation
import GRDB
import Hosting
import Kernel
import Logging
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

/// A service that writes down, in the order in which they come, the details of rejected handoffs.
enum Diary: AccordService {
    static let name = ServiceName.metrics
    static let migrations = [
        Migration("diary-1", sql: "CREATE TABLE diary (number INTEGER PRIMARY KEY, key TEXT, detail TEXT) STRICT")
    ]

    static func build(_ environment: ServiceEnvironment) -> ServiceAssembly {
        ServiceAssembly(routes: [], consumers: [Entry()]) { version in
            if version == 99 { throw RPCError(.notFound, "no such version") }
            if version == 98 { throw RPCError(.unavailable, "ICP is away") }
        }
    }

    struct Entry: EventConsumer {
        let kind = EventKind.handoffRejected

        func apply(_ event: WireEvent, in transaction: StoreTransaction) throws {
            let detail = event.handoffRejected.reasonDetail
            try transaction.database.execute(
                sql: "INSERT INTO diary (key, detail) VALUES (?, ?)", arguments: [event.key, detail])
            if detail.hasPrefix("bad") { throw RPCError(.invalidArgument, "cannot apply \(detail)") }
        }
    }
}

/// A service without anything of its own, to tell events.
enum Teller: AccordService {
    static let name = ServiceName.icp
    static let migrations: [Migration] = []

    static func build(_ environment: ServiceEnvironment) -> ServiceAssembly { ServiceAssembly(routes: []) }
}

/// A teller and a diary in one process, with a transport between them.
struct Pair {
    let folder: TemporaryFolder
    let clock: ManualClock
    let teller: ServiceNode
    let diary: ServiceNode
    let client: WireEventServiceClient
    let tellerClient: WireEventServiceClient

    init(
        folder: TemporaryFolder? = nil, diarySettings: NodeSettings = .disposable,
        wrap: (any RPCTransport) -> any RPCTransport = { $0 }
    ) throws {
        self.folder = try folder ?? TemporaryFolder()
        clock = ManualClock(Instant(seconds: 1_700_000_000))
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let (toDiary, others) = (InProcessTransport(), InProcessTransport())
        others.connect(to: RPCDispatcher([Self.acceptsAll]))
        diary = try ServiceNode(
            Diary.self, storePath: self.folder.path("diary.sqlite"), clock: clock, ids: RandomIDSource(),
            logger: logger, peers: Peers { _ in others }, settings: diarySettings)
        toDiary.connect(to: diary.dispatcher())
        let wrapped = wrap(toDiary)
        teller = try ServiceNode(
            Teller.self, storePath: self.folder.path("teller.sqlite"), clock: clock, ids: RandomIDSource(),
            logger: logger, peers: Peers { $0 == .metrics ? wrapped : others }, settings: .disposable)
        let toTeller = InProcessTransport()
        toTeller.connect(to: teller.dispatcher())
        client = WireEventServiceClient(toDiary)
        tellerClient = WireEventServiceClient(toTeller)
    }

    /// What the subscribers that these tests are not about answer.
    private static let acceptsAll = RPCRoute(WireEventServiceMethods.publish) { request, _ in
        .with {
            $0.results = request.events.map { event in
                .with {
                    $0.eventID = event.eventID
                    $0.status = .applied
                }
            }
        }
    }

    func tell(_ key: String, _ details: [String]) async throws {
        try await teller.store.write { transaction in
            for detail in details {
                try transaction.append(
                    .handoffRejected(.about(key, detail)), key: key, occurredAt: transaction.now,
                    agreementVersion: 1)
            }
        }
    }

    /// One round of every duty; the calls that failed are counted.
    @discardableResult
    func step() async -> (done: Int, failures: Int) {
        var (done, failures) = (0, 0)
        for duty in teller.duties + diary.duties {
            do { done += try await duty.runOnce() } catch { failures += 1 }
        }
        return (done, failures)
    }

    func settle() async {
        for _ in 0..<1_000 {
            let (done, failures) = await step()
            if done == 0 && failures == 0 { return }
            if done == 0 { clock.advance(by: .minutes(2)) }
        }
        Issue.record("the services do not come to rest")
    }

    func entries() async throws -> [String: [String]] {
        try await diary.store.read { database in
            let rows = try Row.fetchAll(database, sql: "SELECT key, detail FROM diary ORDER BY number")
            return Dictionary(grouping: rows) { row -> String in row[0] }.mapValues { rows in rows.map { $0[1] } }
        }
    }
}

@Suite struct EventDeliveryTests {

    @Test(arguments: 0..<20)
    func everyEventIsAppliedOnceAndInOrderOfItsKeyOverABadNetwork(seed: Int) async throws {
        let base = TestSeed.value(default: 1)
        let seed = base &* 1_000 &+ UInt64(seed)
        var faulty: FaultyTransport?
        let pair = try Pair { base in
            let transport = FaultyTransport(base, seed: seed)
            faulty = transport
            return transport
        }
        var random = SeededRandom(seed: seed)
        var next = [Int](repeating: 0, count: 7)
        for _ in 0..<60 {
            let key = Int.random(in: 0..<7, using: &random)
            let count = Int.random(in: 1...9, using: &random)
            try await pair.tell("k\(key)", (next[key]..<next[key] + count).map(String.init))
            next[key] += count
            if Bool.random(using: &random) { await pair.step() }
            if Bool.random(using: &random) { pair.clock.advance(by: .minutes(1)) }
        }
        faulty?.set(.none)
        for _ in 0..<5 {
            pair.clock.advance(by: .minutes(2))
            await pair.settle()
        }
        let expected = Dictionary(
            uniqueKeysWithValues: next.enumerated().filter { $1 > 0 }.map { ("k\($0)", (0..<$1).map(String.init)) })
        #expect(try await pair.entries() == expected, "seed \(seed): set ACCORD_SEED=\(base) to see it again")
        #expect((faulty?.faultCount ?? 0) > 0)
    }

    @Test func aCrashAtAnyMomentLosesAndDoublesNothing() async throws {
        var pair = try Pair()
        var expected: [String] = []
        for round in 0..<12 {
            let details = (0..<3).map { "\(round)-\($0)" }
            expected += details
            try await pair.tell("k", details)
            if round % 3 != 0 { await pair.step() }
            pair = try Pair(folder: try crashCopy(pair.folder))
        }
        await pair.settle()
        #expect(try await pair.entries() == ["k": expected])
    }

    /// The teller's files as they are, and the diary's: what a crash of both leaves.
    private func crashCopy(_ folder: TemporaryFolder) throws -> TemporaryFolder {
        let copy = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.url.path)
        where name.hasSuffix("sqlite") || name.hasSuffix("-wal") {
            try FileManager.default.copyItem(atPath: folder.path(name), toPath: copy.path(name))
        }
        return copy
    }

    @Test func anAnswerLostInACrashIsADuplicateAfterwards() async throws {
        let before = try Pair()
        try await before.tell("k", ["1", "2"])
        let copy = try TemporaryFolder()
        for name in ["teller.sqlite", "teller.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: before.folder.path(name), toPath: copy.path(name))
        }
        await before.settle()
        for name in ["diary.sqlite", "diary.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: before.folder.path(name), toPath: copy.path(name))
        }
        let after = try Pair(folder: copy)
        try await after.tell("k", ["3"])
        await after.settle()
        #expect(try await after.entries() == ["k": ["1", "2", "3"]])
    }

    @Test func aPoisonedEventIsParkedListedAndDroppedByRPC() async throws {
        let pair = try Pair()
        try await pair.tell("a", ["1", "bad", "2"])
        try await pair.tell("b", ["1"])
        for _ in 0..<10 {
            await pair.settle()
            pair.clock.advance(by: .minutes(2))
        }
        #expect(try await pair.entries() == ["a": ["1"], "b": ["1"]])
        let parked = try await pair.tellerClient.listParked(.init()).parked
        #expect(parked.map(\.subscriber) == ["metrics"])
        #expect(parked.map(\.error) == ["cannot apply bad"])
        #expect(parked.map(\.held) == [1])
        await #expect(throws: RPCError.self) { try await pair.tellerClient.dropParked(.init()) }
        let retried = try await pair.tellerClient.retryParked(.with { $0.eventIds = parked.map(\.event.eventID) })
        #expect(retried.retried == 1)
        for _ in 0..<10 {
            await pair.settle()
            pair.clock.advance(by: .minutes(2))
        }
        let dropped = try await pair.tellerClient.dropParked(.with { $0.eventIds = parked.map(\.event.eventID) })
        #expect(dropped.dropped == 1)
        await pair.settle()
        #expect(try await pair.entries() == ["a": ["1", "2"], "b": ["1"]])
        #expect(try await pair.tellerClient.listParked(.init()).parked.isEmpty)
    }

    @Test func parkedEventsArePaged() async throws {
        let pair = try Pair()
        for number in 0..<7 { try await pair.tell("k\(number)", ["bad \(number)"]) }
        for _ in 0..<10 {
            await pair.settle()
            pair.clock.advance(by: .minutes(2))
        }
        var (found, token): ([String], String) = ([], "")
        repeat {
            let answer = try await pair.tellerClient.listParked(
                .with {
                    $0.page.pageSize = 3
                    $0.page.pageToken = token
                })
            found += answer.parked.map(\.event.handoffRejected.reasonDetail)
            token = answer.nextPageToken
        } while !token.isEmpty
        #expect(found == (0..<7).map { "bad \($0)" })
    }

    @Test func theOutboxCanBeReadFromAnyPosition() async throws {
        let pair = try Pair()
        try await pair.tell("a", (0..<5).map(String.init))
        let first = try await pair.tellerClient.tailEvents(.with { $0.limit = 3 })
        #expect(first.events.map(\.event.handoffRejected.reasonDetail) == ["0", "1", "2"])
        let rest = try await pair.tellerClient.tailEvents(.with { $0.afterPosition = first.lastPosition })
        #expect(rest.events.map(\.event.handoffRejected.reasonDetail) == ["3", "4"])
        let none = try await pair.tellerClient.tailEvents(.with { $0.afterPosition = rest.lastPosition })
        #expect(none.events.isEmpty && none.lastPosition == rest.lastPosition)
        for limit in [-1, 501] as [Int32] {
            await #expect(throws: RPCError.self) { try await pair.tellerClient.tailEvents(.with { $0.limit = limit }) }
        }
    }
}

@Suite struct PublishTests {
    private func event(_ id: String, key: String = "a", _ detail: String, version: Int64 = 0) -> WireEvent {
        .with {
            $0.eventID = id
            $0.key = key
            $0.partition = Int32(Partition.of(key))
            $0.agreementVersion = version
            $0.handoffRejected = .about(key, detail)
        }
    }

    private func publish(_ pair: Pair, _ events: [WireEvent]) async throws -> [WireEventStatus] {
        try await pair.client.publish(.with { $0.events = events }).results.map(\.status)
    }

    @Test func eachEventHasAResultOfItsOwn() async throws {
        let pair = try Pair()
        let events = [
            event("1", "ok"), event("1", "ok"), event("2", "bad"), event("3", "waits"), event("4", key: "b", "ok"),
        ]
        #expect(try await publish(pair, events) == [.applied, .duplicate, .failed, .held, .applied])
        #expect(try await publish(pair, [event("3", "waits"), event("4", key: "b", "ok")]) == [.applied, .duplicate])
        #expect(try await pair.entries() == ["a": ["ok", "waits"], "b": ["ok"]])
    }

    @Test func anUnknownKindIsReceivedWithoutEffect() async throws {
        let pair = try Pair()
        var event = event("1", "ok")
        event.payload = nil
        #expect(try await publish(pair, [event]) == [.applied])
        #expect(try await publish(pair, [event]) == [.duplicate])
    }

    @Test func aVersionThatDoesNotExistFailsItsEventsOnly() async throws {
        let pair = try Pair()
        let events = [event("1", "ok", version: 1), event("2", key: "b", "no", version: 99), event("3", "ok too")]
        #expect(try await publish(pair, events) == [.applied, .failed, .applied])
        await #expect(throws: RPCError.self) { try await publish(pair, [event("4", "ok", version: 98)]) }
        #expect(try await pair.entries() == ["a": ["ok", "ok too"]])
    }

    @Test func batchesBeyondTheLimitsAndNamelessEventsAreRefusedWhole() async throws {
        let pair = try Pair()
        let many = (0..<501).map { event("\($0)", "ok") }
        var wrongPartition = event("2", "ok")
        wrongPartition.partition = (wrongPartition.partition + 1) % 64
        for events in [many, [event("1", "ok"), event("", "ok")], [event("1", "ok"), wrongPartition]] {
            await #expect {
                try await publish(pair, events)
            } throws: {
                ($0 as? RPCError)?.code == .invalidArgument
            }
        }
        #expect(try await pair.entries() == [:])
    }

    @Test func aBatchOfMoreThanAMebibyteIsRefusedWhole() async throws {
        var settings = NodeSettings.disposable
        settings.measuresBatches = true
        let pair = try Pair(diarySettings: settings)
        let long = String(repeating: "x", count: 600_000)
        #expect(try await publish(pair, [event("1", long)]) == [.applied])
        await #expect {
            try await publish(pair, [event("2", long), event("3", long)])
        } throws: {
            ($0 as? RPCError)?.code == .invalidArgument
        }
        #expect(try await pair.entries()["a"]?.count == 1)
        #expect(try await publish(pair, [event("2", long)]) == [.applied])
    }

    @Test func idsOfAppliedEventsAreForgottenAfterTheirTime() async throws {
        let pair = try Pair()
        #expect(try await publish(pair, [event("1", "ok")]) == [.applied])
        pair.clock.advance(by: .days(13))
        for duty in pair.diary.duties { _ = try await duty.runOnce() }
        #expect(try await publish(pair, [event("1", "ok")]) == [.duplicate])
        pair.clock.advance(by: .days(2))
        for duty in pair.diary.duties { _ = try await duty.runOnce() }
        let ids = try await pair.diary.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM inbox") }
        #expect(ids == 0)
    }
}

@Suite struct DutyRunnerTests {
    /// Works off what it is given, fails when told to, and tells when it has come to rest.
    actor Work: Duty {
        nonisolated let name = "work"
        nonisolated let interval = Duration.seconds(3_600)
        nonisolated let signal = ChangeSignal()
        nonisolated let progress = ChangeSignal()
        private(set) var left: Int
        private var failures: Int
        private var seen: UInt64 = 0

        init(left: Int, failures: Int) { (self.left, self.failures) = (left, failures) }

        func add(_ count: Int) {
            left += count
            signal.raise()
        }

        func runOnce() throws -> Int {
            seen = signal.version
            defer { progress.raise() }
            if failures > 0 {
                failures -= 1
                throw RPCError(.unavailable, "fails")
            }
            guard left > 0 else { return 0 }
            left -= 1
            return 1
        }

        func wake() async { await signal.wait(past: seen) }
    }

    private func untilDone(_ work: Work) async {
        while true {
            let version = work.progress.version
            if await work.left == 0 { return }
            await work.progress.wait(past: version)
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func whatTheRelaysHaveLeftIsToldAtTheEnd() async throws {
        let relay = Work(left: 3, failures: 0)
        let runner = DutyRunner(
            [], flushed: [relay], service: "scoring", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await runner.run()
        #expect(await relay.left == 0)
    }

    @Test(.timeLimit(.minutes(5)))
    func dutiesGoOnAfterFailuresAndWakeForNewWork() async throws {
        let work = Work(left: 3, failures: 2)
        let metrics = MetricsRegistry()
        let runner = DutyRunner(
            [work], service: "scoring", logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            metrics: metrics)
        let task = Task { try await runner.run() }
        await untilDone(work)
        #expect(runner.isRunning)
        await work.add(2)
        await untilDone(work)
        task.cancel()
        try await task.value
        #expect(!runner.isRunning)
        let failures = #"accord_duty_failures_total{duty="work",service="scoring"} 2"#
        #expect(metrics.exposition().contains(failures))
    }
}

extension WireHandoffRejected {
    /// A sound event whose detail tells it apart.
    fileprivate static func about(_ key: String, _ detail: String) -> WireHandoffRejected {
        .with {
            $0.handoff.handoffID = "h-\(key)"
            $0.handoff.lead.leadID = key
            $0.reasonDetail = detail
        }
    }
}
