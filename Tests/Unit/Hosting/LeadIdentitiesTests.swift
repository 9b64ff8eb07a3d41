import AccordTesting
import Contracts
import Hosting
import Kernel
import Platform
import Storage
import SwiftProtobuf
import Testing

@Suite struct LeadIdentitiesTests {
    private static let start = Instant(seconds: 1_780_000_000)

    private func store(_ folder: TemporaryFolder) throws -> Store {
        try Store(
            path: folder.path("service.sqlite"), owner: "sla", clock: ManualClock(Self.start),
            ids: SeededIDSource(seed: 1), migrations: [LeadIdentities.migration])
    }

    private func identity(_ id: String, _ former: [String], _ sequence: Int64) -> WireLeadIdentity {
        .with {
            $0.leadID = id
            $0.formerIds = former
            $0.sequence = sequence
        }
    }

    private func event(_ sequence: Int64, _ payload: WireEvent.OneOf_Payload) -> WireEvent {
        .with {
            $0.eventID = "event-\(sequence)"
            $0.occurredAt = Self.start.adding(.hours(sequence)).wire
            $0.payload = payload
        }
    }

    /// a takes b, c takes a with b, and b leaves them.
    private var history: [WireEvent] {
        [
            event(1, .leadsMerged(.with { $0.lead = identity("a", ["b"], 1) })),
            event(2, .leadsMerged(.with { $0.lead = identity("c", ["a", "b"], 2) })),
            event(
                3,
                .leadsSplit(
                    .with {
                        $0.lead = identity("c", ["a"], 3)
                        $0.split = [identity("b", [], 3)]
                    })),
        ]
    }

    @Test func `an id means what the latest merge or split says, whichever was heard first, also after a restart`()
        async throws
    {
        for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2], [0, 2, 1]] {
            let folder = try TemporaryFolder()
            let store = try store(folder)
            let identities = LeadIdentities()
            #expect(try await store.read { try identities.ids(of: "a", $0) } == ["a"])
            #expect(try await store.read { try identities.wasEverMerged("a", $0) } == false)
            for index in order { _ = try await store.write { try identities.learn(history[index], in: $0) } }
            for known in [identities, LeadIdentities()] {
                try await store.read { database in
                    let roots = try ["a", "b", "c", "d"].map { try known.rootID(of: $0, database) }
                    #expect(roots == ["c", "b", "c", "d"])
                    let merged = try ["a", "b", "c", "d"].map { try known.wasEverMerged($0, database) }
                    #expect(merged == [true, true, true, false])
                    let ids = try ["a", "b"].map { try known.ids(of: $0, database) }
                    #expect(ids == [["a", "c"], ["b"]])
                }
            }
            try await store.close()
        }
    }

    @Test func `what was told names each lead that it changes, before and after, with its ids`() async throws {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        let identities = LeadIdentities()
        var learnt: [[String]] = []
        for event in history + [history[0]] {
            learnt.append(
                try await store.write { try identities.learn(event, in: $0) }
                    .map { "\($0.rootID): \($0.ids.joined(separator: " "))" })
        }
        #expect(learnt == [["a: a b", "b: "], ["a: ", "c: a b c"], ["b: b", "c: a c"], []])
        try await store.close()
    }

    @Test func `an id did alone what is told of it as a former one, and else what was before the last change`()
        async throws
    {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        let identities = LeadIdentities()
        _ = try await store.write { try identities.learn(history[0], in: $0) }
        try await store.read { database in
            let merged = Self.start.adding(.hours(1))
            let own = try [("b", merged), ("a", merged), ("a", Self.start), ("z", merged)].map { id, moment in
                try identities.wasOwn(id, at: moment, database)
            }
            #expect(own == [true, false, true, true])
        }
        try await store.close()
    }
}
