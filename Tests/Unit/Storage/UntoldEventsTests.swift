import Contracts
import GRDB
import Kernel
import Platform
import RPC
import Storage
import Testing

/// A store that keeps no event once all have been told it.
@Suite struct UntoldEventsTests {
    private let fixture: StoreFixture
    private let sink = Sink()

    init() throws { fixture = try StoreFixture(Self.settings) }

    private static var settings: StoreSettings {
        var settings = StoreSettings.replay
        settings.keepsToldEvents = false
        return settings
    }

    private func relay(_ store: Store? = nil, to subscriber: String = "metrics") -> Relay {
        Relay(store ?? fixture.store, subscriber: subscriber, kinds: [.handoffRejected], transport: sink)
    }

    private func tell(_ details: [String], key: String = "k") async throws {
        try await fixture.store.write { transaction in
            for detail in details { try StoreFixture.tell(key, transaction, reason: detail) }
        }
    }

    /// Tells what is there; a relay that has never looked finds in the table what was there before.
    private func drain(_ relay: Relay) async throws {
        while try await relay.runOnce() > 0 {}
    }

    /// As the file has it once it is closed.
    private func reopened() async throws -> StoreFixture {
        try await fixture.store.close()
        return try StoreFixture(StoreSettings(), folder: fixture.folder)
    }

    private func positions(_ store: Store) async throws -> [Int64] {
        try await store.read { try Int64.fetchAll($0, sql: "SELECT position FROM outbox ORDER BY position") }
    }

    @Test func `what all have been told is never written, and positions go on behind it`() async throws {
        let relay = relay()
        try await drain(relay)
        try await tell(["1", "2"])
        try await drain(relay)
        try await tell(["3"])
        try await drain(relay)
        #expect(await sink.details == ["1", "2", "3"])
        let copy = try await reopened()
        #expect(try await positions(copy.store) == [])
        let cursor = try await copy.store.read { try Int64.fetchOne($0, sql: "SELECT position FROM relay_cursor") }
        #expect(cursor == 3)
        try await copy.store.write { try StoreFixture.tell("k", $0, reason: "4") }
        #expect(try await positions(copy.store) == [4])
        try await drain(self.relay(copy.store))
        #expect(await sink.details == ["1", "2", "3", "4"])
    }

    @Test func `what one subscriber lacks is in the file after closing`() async throws {
        let (told, other) = (relay(), relay(to: "sla"))
        try await drain(told)
        try await drain(other)
        try await tell(["1", "2"])
        try await drain(told)
        try await drain(other)
        try await tell(["3"])
        try await drain(told)
        let copy = try await reopened()
        #expect(try await positions(copy.store) == [3])
        let before = await sink.batches.count
        try await drain(relay(copy.store))
        #expect(await sink.batches.count == before)
        try await drain(relay(copy.store, to: "sla"))
        #expect(await sink.batches.count == before + 1)
    }

    @Test func `a write that fails takes its events with it`() async throws {
        struct Refusal: Error {}
        let relay = relay()
        await #expect(throws: Refusal.self) {
            try await fixture.store.write { transaction in
                try StoreFixture.tell("k", transaction, reason: "refused")
                throw Refusal()
            }
        }
        try await tell(["told"])
        try await drain(relay)
        #expect(await sink.details == ["told"])
    }

    @Test func `an event that is refused waits in the table, and those of its key with it`() async throws {
        let relay = relay()
        await sink.poison(["bad"])
        try await tell(["1", "bad", "2"])
        try await tell(["3"], key: "other")
        try await drain(relay)
        #expect(await sink.details == ["1", "3"])
        await sink.poison([])
        fixture.clock.advance(by: .days(1))
        try await drain(relay)
        #expect(await sink.details == ["1", "3", "bad", "2"])
    }

    @Test func `more than memory is to hold is written, and told from there`() async throws {
        let relay = relay()
        for batch in 0..<30 { try await tell((0..<500).map { "\(batch)-\($0)" }) }
        let written = try await positions(fixture.store)
        #expect(written.count > 10_000)
        try await drain(relay)
        #expect(await sink.details == (0..<30).flatMap { batch in (0..<500).map { "\(batch)-\($0)" } })
    }
}
