import AccordTesting
import Contracts
import Foundation
import GRDB
import Kernel
import RPC
import Storage
import SwiftProtobuf
import Synchronization
import Testing

/// What a store keeps of leads that are erased: that they were.
@Suite struct ErasureTests {
    private static let name = "Ottoline Quibble"

    private func tell(_ fixture: StoreFixture, _ keys: [String]) async throws {
        try await fixture.store.write { transaction in
            for key in keys { try StoreFixture.tell(key, transaction, reason: Self.name) }
        }
    }

    /// As Scoring does it: what is told of the erasure itself comes behind it.
    private func erase(_ fixture: StoreFixture, _ ids: [String]) async throws {
        try await fixture.store.write { transaction in
            transaction.erase(ids)
            try transaction.append(
                .leadErased(
                    .with {
                        $0.leadID = ids[0]
                        $0.otherIds = Array(ids.dropFirst())
                    }), key: ids[0], occurredAt: transaction.now, agreementVersion: 0)
        }
    }

    private func files(_ fixture: StoreFixture) throws -> Data {
        try FileManager.default.contentsOfDirectory(atPath: fixture.folder.url.path).sorted()
            .reduce(into: Data()) { $0 += try Data(contentsOf: fixture.folder.url.appending(path: $1)) }
    }

    private func relay(
        _ fixture: StoreFixture, _ subscriber: some EventTransport, attempts: Int = 1
    ) -> Relay {
        var settings = RelaySettings()
        settings.maxAttempts = attempts
        return Relay(
            fixture.store, subscriber: "sla", kinds: [.handoffRejected, .leadErased], transport: subscriber,
            settings: settings)
    }

    @Test func eventsOfALeadAreReplacedWhereTheyAre() async throws {
        let fixture = try StoreFixture()
        try await tell(fixture, ["a", "b", "c", "a"])
        let before = try await fixture.store.read { try Parking.tail(after: 0, limit: 10, $0) }
        try await erase(fixture, ["a", "c"])
        let after = try await fixture.store.read { try Parking.tail(after: 0, limit: 10, $0) }
        #expect(after.map(\.position) == [1, 2, 3, 4, 5])
        #expect(after.prefix(4).map(\.event.eventID) == before.map(\.event.eventID))
        #expect(after[1] == before[1])
        #expect(
            after.map { $0.event.payload?.kind }
                == [.leadErased, .handoffRejected, .leadErased, .leadErased, .leadErased])
        #expect(after[2].event.leadErased.leadID == "c")
        #expect(after[2].event.leadErased.otherIds == ["a"])
    }

    @Test func noFileHasTheBytesAnyMore() async throws {
        let fixture = try StoreFixture()
        try await tell(fixture, ["a", "a"])
        #expect(try files(fixture).range(of: Data(Self.name.utf8)) != nil)
        try await erase(fixture, ["a"])
        // What is done behind the commit is done before the next one.
        try await fixture.put("n")
        #expect(try files(fixture).range(of: Data(Self.name.utf8)) == nil)
    }

    /// In the order in which a group of writes commits together, whatever its company.
    @Test(arguments: [true, false])
    func whoeverHasNotHeardAnEventHearsOfTheErasure(isDeferred: Bool) async throws {
        var settings = StoreSettings.disposable
        if isDeferred {
            settings.durability = .deferred
            settings.keepsToldEvents = false
        }
        let fixture = try StoreFixture(settings)
        let subscriber = Listener()
        let relay = relay(fixture, subscriber)
        // From here on, the newest events are in memory.
        #expect(try await relay.runOnce() == 0)
        try await tell(fixture, ["a", "b"])
        try await erase(fixture, ["a"])
        #expect(try await relay.runOnce() == 3)
        #expect(
            subscriber.heard.withLock { $0.map { "\($0.key) \($0.payload?.kind.rawValue ?? "")" } }
                == ["a lead_erased", "b handoff_rejected", "a lead_erased"])
    }

    @Test func whatATransactionToldBeforeItErasesIsReplacedToo() async throws {
        let fixture = try StoreFixture()
        try await fixture.store.write { transaction in
            try StoreFixture.tell("a", transaction, reason: Self.name)
            transaction.erase(["a"])
            try StoreFixture.tell("a", transaction, reason: "later")
        }
        let told = try await fixture.store.read { try Parking.tail(after: 0, limit: 10, $0) }
        #expect(told.map { $0.event.payload?.kind } == [.leadErased, .handoffRejected])
    }

    @Test func anErasureThatIsUndoneChangesNothing() async throws {
        let fixture = try StoreFixture()
        try await tell(fixture, ["a"])
        try await fixture.store.write { transaction in
            try? transaction.inSavepoint {
                transaction.erase(["a"])
                throw RPCError(.internal, "undone")
            }
        }
        await #expect(throws: RPCError.self) {
            try await fixture.store.write { transaction in
                transaction.erase(["a"])
                throw RPCError(.internal, "undone")
            }
        }
        let told = try await fixture.store.read { try Parking.tail(after: 0, limit: 10, $0) }
        #expect(told.map { $0.event.payload?.kind } == [.handoffRejected])
    }

    /// Else the erasure would wait behind it for ever.
    @Test func aParkedEventIsDueAgainAndSaysNotWhyItWasRefused() async throws {
        let fixture = try StoreFixture()
        let subscriber = Listener(refusing: "\(Self.name) is unknown")
        let relay = relay(fixture, subscriber)
        try await tell(fixture, ["a"])
        #expect(try await relay.runOnce() == 1)
        #expect(try await fixture.store.read { try Parking.list(after: ("", 0), limit: 9, $0) }.count == 1)
        subscriber.refusal.withLock { $0 = nil }
        try await erase(fixture, ["a"])
        #expect(try await fixture.store.read { try Parking.list(after: ("", 0), limit: 9, $0) }.isEmpty)
        try await fixture.put("n")
        #expect(try files(fixture).range(of: Data(Self.name.utf8)) == nil)
        _ = try await relay.runOnce()
        #expect(try await fixture.store.read { try Parking.untaken($0)?.count } == nil)
        #expect(subscriber.heard.withLock { $0.map { $0.payload?.kind } } == [.leadErased, .leadErased])
    }

    /// A refusal of the event that was on its way is not kept.
    @Test func whatIsRefusedWhileItIsErasedIsToldAgain() async throws {
        let fixture = try StoreFixture()
        let subscriber = Listener(refusing: "\(Self.name) is unknown") { try await self.erase(fixture, ["a"]) }
        let relay = relay(fixture, subscriber)
        try await tell(fixture, ["a"])
        #expect(try await relay.runOnce() == 1)
        #expect(try await fixture.store.read { try Parking.list(after: ("", 0), limit: 9, $0) }.isEmpty)
        try await fixture.put("n")
        #expect(try files(fixture).range(of: Data(Self.name.utf8)) == nil)
        subscriber.refusal.withLock { $0 = nil }
        _ = try await relay.runOnce()
        #expect(subscriber.heard.withLock { $0.first?.payload?.kind } == .leadErased)
    }

    @Test func aStoredAnswerThatNamesTheLeadIsForgottenAndItsCallNotDoneAgain() async throws {
        let fixture = try StoreFixture()
        let answer = { (key: String, id: String) in
            try await fixture.store.command(StoreFixture.context(key: key)) { transaction in
                try StoreFixture.put(key, "text", transaction)
                return WireEventResult.with {
                    $0.eventID = id
                    $0.error = Self.name
                }
            }
        }
        _ = try await answer("one", "a")
        _ = try await answer("another", "ab")
        try await erase(fixture, ["a"])
        await #expect {
            _ = try await answer("one", "a")
        } throws: {
            ($0 as? RPCError)?.code == .failedPrecondition
        }
        #expect(try await answer("another", "ab").eventID == "ab")
        #expect(try await fixture.notes() == ["another", "one"])
    }

    @Test func theAnswerThatTellsOfTheErasureStays() async throws {
        let fixture = try StoreFixture()
        for _ in 0..<2 {
            let answer = try await fixture.store.command(StoreFixture.context(key: "k")) { transaction in
                transaction.erase(["a"])
                return WireEventResult.with { $0.eventID = "a" }
            }
            #expect(answer.eventID == "a")
        }
    }
}

/// A subscriber that keeps what it is told, or refuses it.
private final class Listener: EventTransport {
    let heard = Mutex<[WireEvent]>([])
    let refusal: Mutex<String?>
    private let meanwhile: @Sendable () async throws -> Void

    init(refusing refusal: String? = nil, _ meanwhile: @escaping @Sendable () async throws -> Void = {}) {
        self.refusal = Mutex(refusal)
        self.meanwhile = meanwhile
    }

    func publish(_ events: [WireEvent]) async throws -> [WireEventResult] {
        try await meanwhile()
        let refusal = refusal.withLock { $0 }
        if refusal == nil { heard.withLock { $0 += events } }
        return events.map { event in
            .with {
                $0.eventID = event.eventID
                $0.status = refusal == nil ? .applied : .failed
                $0.error = refusal ?? ""
            }
        }
    }
}
