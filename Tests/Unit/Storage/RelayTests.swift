import AccordTesting
import Contracts
import GRDB
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

/// A subscriber in memory: remembers ids as an inbox does, and refuses what it is told to.
actor Sink: EventTransport {
    private(set) var keys: [String] = []
    private(set) var details: [String] = []
    private(set) var batches: [Int] = []
    private var seen: Set<String> = []
    private var poisoned: Set<String> = []
    private var refusal: RPCCode?
    private var refusesBatchesWith: String?
    private var maxBytes = Int.max

    func poison(_ details: Set<String>) { poisoned = details }
    func refuseAll(_ code: RPCCode?) { refusal = code }
    func refuseBatches(with detail: String?) { refusesBatchesWith = detail }
    func refuseBatches(above bytes: Int) { maxBytes = bytes }

    func publish(_ events: [WireEvent]) throws -> [WireEventResult] {
        if let refusal { throw RPCError(refusal, "refused") }
        if let detail = refusesBatchesWith, events.contains(where: { $0.handoffRejected.reasonDetail == detail }) {
            throw RPCError(.invalidArgument, "cannot read it")
        }
        let request = WirePublishRequest.with { $0.events = events }
        if try (request.jsonUTF8Bytes() as [UInt8]).count > maxBytes {
            let detail = RPCErrorDetail(WireMessageTooLarge.with { $0.maxBytes = Int64(maxBytes) })
            throw RPCError(.resourceExhausted, "the message is larger than \(maxBytes) bytes", details: [detail])
        }
        batches.append(events.count)
        var failed: Set<String> = []
        return events.map { event in
            .with {
                $0.eventID = event.eventID
                $0.status = status(event, &failed)
            }
        }
    }

    private func status(_ event: WireEvent, _ failed: inout Set<String>) -> WireEventStatus {
        if failed.contains(event.key) { return .held }
        if poisoned.contains(event.handoffRejected.reasonDetail) {
            failed.insert(event.key)
            return .failed
        }
        guard seen.insert(event.eventID).inserted else { return .duplicate }
        keys.append(event.key)
        details.append(event.handoffRejected.reasonDetail)
        return .applied
    }
}

@Suite struct RelayTests {
    private let fixture: StoreFixture
    private let sink = Sink()

    init() throws { fixture = try StoreFixture() }

    private func relay(_ store: Store? = nil) -> Relay {
        Relay(store ?? fixture.store, subscriber: "metrics", kinds: [.handoffRejected], transport: sink)
    }

    private func tell(_ key: String, _ details: [String]) async throws {
        try await fixture.store.write { transaction in
            for detail in details { try StoreFixture.tell(key, transaction, reason: detail) }
        }
    }

    private func drain(_ relay: Relay) async throws {
        while try await relay.runOnce() > 0 {}
    }

    private func states() async throws -> [String] {
        try await fixture.store.read {
            try String.fetchAll($0, sql: "SELECT key || ' ' || state FROM relay_exception ORDER BY position")
        }
    }

    @Test(arguments: [false, true])
    func eventsAreToldOnceInOrderInBatches(fromTable: Bool) async throws {
        let relay = relay()
        if !fromTable { #expect(try await relay.runOnce() == 0) }
        for number in 0..<13 { try await tell("k\(number % 3)", (0..<100).map { "\(number)-\($0)" }) }
        try await fixture.store.write {
            try $0.append(.leadScored(.init()), key: "other", occurredAt: $0.now, agreementVersion: 1)
        }
        try await drain(relay)
        #expect(await sink.details == (0..<13).flatMap { number in (0..<100).map { "\(number)-\($0)" } })
        #expect(await sink.batches == [500, 500, 300])
        #expect(try await relay.runOnce() == 0)
    }

    @Test func batchesStayBelowAMebibyte() async throws {
        let relay = relay()
        let large = String(repeating: "x", count: 400_000)
        for _ in 0..<2 {
            try await tell("k", [large, large, large])
            try await drain(relay)
        }
        #expect(await sink.batches == [2, 1, 2, 1])
        await #expect(throws: RPCError.self) { try await tell("k", [large + large + large]) }
    }

    @Test func aRestartGoesOnWhereTheCursorIs() async throws {
        try await tell("a", ["1", "2"])
        try await drain(relay())
        try await tell("a", ["3"])
        let copy = try StoreFixture(folder: try fixture.crashCopy())
        try await drain(relay(copy.store))
        #expect(await sink.details == ["1", "2", "3"])
        #expect(await sink.batches == [2, 1])
    }

    @Test func aPoisonedEventBlocksItsKeyOnlyAndIsParked() async throws {
        let relay = relay()
        await sink.poison(["bad"])
        try await tell("a", ["a1", "bad", "a2"])
        try await tell("b", ["b1"])
        try await drain(relay)
        try await tell("a", ["a3"])
        try await tell("b", ["b2"])
        try await drain(relay)
        #expect(await sink.details == ["a1", "b1", "b2"])
        #expect(try await states() == ["a retrying", "a held", "a held"])
        for _ in 0..<10 {
            fixture.clock.advance(by: .minutes(2))
            try await drain(relay)
        }
        #expect(try await states() == ["a parked", "a held", "a held"])
        let parked = try await fixture.store.read { try Parking.list(after: ("", 0), limit: 10, $0) }
        #expect(parked.map(\.attempts) == [5])
        #expect(parked.map(\.held) == [2])
        #expect(parked.map(\.event.handoffRejected.reasonDetail) == ["bad"])
        #expect(await relay.timeUntilDue() == nil)
    }

    @Test(arguments: [true, false])
    func aParkedEventIsRetriedOrDropped(retried: Bool) async throws {
        let relay = relay()
        await sink.poison(["bad"])
        try await tell("a", ["bad", "a2"])
        for _ in 0..<10 {
            try await drain(relay)
            fixture.clock.advance(by: .minutes(2))
        }
        await sink.poison([])
        try await drain(relay)
        #expect(await sink.details == [])
        let id = try await fixture.store.read { try Parking.list(after: ("", 0), limit: 10, $0) }.map(\.event.eventID)
        #expect(try await Parking.drop(["unknown"], in: fixture.store) == 0)
        if retried {
            #expect(try await Parking.retry([], in: fixture.store) == 1)
        } else {
            #expect(try await Parking.drop(id, in: fixture.store) == 1)
        }
        try await drain(relay)
        #expect(await sink.details == (retried ? ["bad", "a2"] : ["a2"]))
        #expect(try await states() == [])
        try await tell("a", ["a3"])
        try await drain(relay)
        #expect(await sink.details.last == "a3")
    }

    @Test func exceptionsSurviveACrash() async throws {
        await sink.poison(["bad"])
        try await tell("a", ["bad", "a2"])
        try await drain(relay())
        await sink.poison([])
        let copy = try StoreFixture(folder: try fixture.crashCopy())
        try await copy.store.write { try StoreFixture.tell("a", $0, reason: "a3") }
        let again = relay(copy.store)
        try await drain(again)
        #expect(await sink.details == [])
        copy.clock.advance(by: .minutes(1))
        try await drain(again)
        #expect(await sink.details == ["bad", "a2", "a3"])
    }

    @Test func aSubscriberThatIsAwayIsTriedAgainLater() async throws {
        let relay = relay()
        await sink.refuseAll(.unavailable)
        try await tell("a", ["1"])
        await #expect(throws: RPCError.self) { try await relay.runOnce() }
        await sink.refuseAll(nil)
        #expect(try await relay.runOnce() == 0)
        let wait = try #require(await relay.timeUntilDue())
        #expect(wait.microseconds >= 100_000 && wait.microseconds <= 200_000)
        fixture.clock.advance(by: wait)
        try await drain(relay)
        #expect(await sink.details == ["1"])
    }

    @Test func `a clock that is set back does not lengthen a wait beyond the longest`() async throws {
        let relay = relay()
        await sink.refuseAll(.unavailable)
        try await tell("a", ["bad"])
        await #expect(throws: RPCError.self) { try await relay.runOnce() }
        await sink.refuseAll(nil)
        await sink.poison(["bad"])
        fixture.clock.advance(by: .hours(-1))
        try await drain(relay)
        #expect(try await states() == ["a retrying"])
        await sink.poison([])
        try await drain(relay)
        #expect(await sink.details == [])
        fixture.clock.advance(by: .hours(-1))
        #expect(await relay.timeUntilDue() == TimeSpan(microseconds: 0))
        try await drain(relay)
        #expect(await sink.details == ["bad"])
    }

    @Test func anEventThatMakesTheWholeBatchRefusedIsFoundAndSetAside() async throws {
        let relay = relay()
        await sink.refuseBatches(with: "bad")
        for number in 0..<40 { try await tell("k\(number)", [number == 27 ? "bad" : "\(number)"]) }
        for _ in 0..<60 { _ = try? await relay.runOnce() }
        #expect(await Set(sink.details) == Set((0..<40).filter { $0 != 27 }.map { "\($0)" }))
        #expect(try await states() == ["k27 retrying"])
    }

    @Test func `what is too large for the subscriber is told in parts, and an event that is so alone is parked`()
        async throws
    {
        let relay = relay()
        await sink.refuseBatches(above: 5_000)
        let large = String(repeating: "\u{1}", count: 1_000)
        for number in 0..<40 { try await tell("k\(number)", [number == 27 ? large : "\(number)"]) }
        try await drain(relay)
        #expect(await sink.details == (0..<40).filter { $0 != 27 }.map { "\($0)" })
        #expect(try await states() == ["k27 retrying"])
        for _ in 0..<4 {
            fixture.clock.advance(by: .minutes(2))
            try await drain(relay)
        }
        let parked = try await fixture.store.read { try Parking.list(after: ("", 0), limit: 10, $0) }
        #expect(parked.map(\.error) == ["the message is larger than 5000 bytes"])
        await sink.refuseBatches(above: .max)
        #expect(try await Parking.retry([], in: fixture.store) == 1)
        try await drain(relay)
        #expect(await sink.details.last == large)
    }

    @Test func `a full disk of the subscriber is waited for, and parks nothing`() async throws {
        let relay = relay()
        await sink.refuseAll(.resourceExhausted)
        try await tell("a", ["1"])
        for _ in 0..<10 {
            await #expect(throws: RPCError.self) { try await relay.runOnce() }
            fixture.clock.advance(by: .minutes(1))
        }
        #expect(try await states() == [])
        await sink.refuseAll(nil)
        try await drain(relay)
        #expect(await sink.details == ["1"])
    }

    @Test func whatAllHaveBeenToldIsTrimmedAfterItsTime() async throws {
        let relay = relay()
        await sink.poison(["bad"])
        try await tell("a", ["bad"])
        try await tell("b", (0..<1_500).map { "\($0)" })
        try await drain(relay)
        try await tell("b", ["new"])
        let count = { try await fixture.store.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM outbox") ?? 0 } }
        #expect(try await fixture.store.trim(Retention(), subscribers: ["metrics"]) == 0)
        fixture.clock.advance(by: .days(8))
        #expect(try await fixture.store.trim(Retention(), subscribers: ["metrics", "absent"]) == 0)
        #expect(try await fixture.store.trim(Retention(), subscribers: ["metrics"]) == 1_000)
        #expect(try await fixture.store.trim(Retention(), subscribers: ["metrics"]) == 500)
        #expect(try await fixture.store.trim(Retention(), subscribers: ["metrics"]) == 0)
        #expect(try await count() == 2)
    }
}
