import AccordTesting
import Contracts
import Hosting
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Synchronization
import Testing

@Suite struct ErasedLeadsTests {
    private static let start = Instant(seconds: 1_780_000_000)

    private func store(_ folder: TemporaryFolder) throws -> Store {
        try Store(
            path: folder.path("service.sqlite"), owner: "sla", clock: ManualClock(Self.start),
            ids: SeededIDSource(seed: 1), migrations: [LeadIdentities.migration, ErasedLeads.migration])
    }

    private func erasure(_ id: String, _ others: [String] = []) -> WireEvent {
        event(
            id,
            .leadErased(
                .with {
                    $0.leadID = id
                    $0.otherIds = others
                }))
    }

    private func event(_ key: String, _ payload: WireEvent.OneOf_Payload) -> WireEvent {
        .with {
            $0.eventID = "of \(key)"
            $0.key = key
            $0.occurredAt = Self.start.wire
            $0.payload = payload
        }
    }

    private func identity(_ id: String, _ former: [String], _ sequence: Int64) -> WireLeadIdentity {
        .with {
            $0.leadID = id
            $0.formerIds = former
            $0.sequence = sequence
        }
    }

    /// What consumers are given of events, one after the other; `-` for nothing.
    private func given(_ events: [WireEvent], _ erased: ErasedLeads, _ store: Store) async throws -> [String] {
        let recorder = Recorder()
        let dispatch = EventDispatch(
            ServiceAssembly(
                routes: [], consumers: EventKind.allCases.map { RecordingConsumer(kind: $0, recorder: recorder) },
                erased: erased))
        var given: [String] = []
        for event in events {
            recorder.events.withLock { $0 = [] }
            try await store.write { try dispatch.apply(event, of: event.payload?.kind, in: $0) }
            given.append(recorder.events.withLock { $0.first.map { "\($0.named.sorted())" } ?? "-" })
        }
        return given
    }

    @Test func `what is told of an erased lead reaches no consumer, and of others what they did, also after a restart`()
        async throws
    {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        let scored = { (key: String, engagements: [String]) in
            event(
                key,
                .leadScored(
                    .with {
                        $0.lead.leadID = key
                        $0.engagements = engagements.map { id in .with { $0.leadID = id } }
                    }))
        }
        let qualified = event(
            "d",
            .leadQualified(
                .with {
                    $0.lead.leadID = "d"
                    $0.context.engagements = ["a", "d"].map { id in .with { $0.leadID = id } }
                }))
        let agreement = event("agreement", .agreementActivated(.with { $0.version.version = 1 }))
        let events = [
            scored("a", []), scored("b", []), scored("d", ["d", "b"]), qualified, agreement,
            event("d", .leadsMerged(.with { $0.lead = identity("d", ["a", "e"], 1) })),
            event(
                "d",
                .leadsSplit(
                    .with {
                        $0.lead = identity("d", ["b"], 2)
                        $0.split = [identity("a", [], 2), identity("e", ["b"], 2)]
                    })),
        ]
        let erased = ErasedLeads(LeadIdentities())
        let all = [
            "[\"a\"]", "[\"b\"]", "[\"b\", \"d\"]", "[\"a\", \"d\"]", "[]", "[\"a\", \"d\", \"e\"]",
            "[\"a\", \"b\", \"b\", \"d\", \"e\"]",
        ]
        #expect(try await given(events, erased, store) == all)
        for event in [erasure("a", ["b"]), erasure("agreement")] {
            _ = try await store.write { try erased.learn(event, in: $0) }
        }
        let rest = ["-", "-", "[\"d\"]", "[\"d\"]", "[]", "[\"d\", \"e\"]", "[\"d\", \"e\"]"]
        for erased in [erased, ErasedLeads(LeadIdentities())] {
            #expect(try await given(events, erased, store) == rest)
            let refusal = await #expect(throws: RPCError.self) {
                try await store.read { try erased.refuse("b", $0) }
            }
            #expect(refusal?.code == .notFound)
            #expect(refusal?.message == "lead b was erased")
            try await store.read { try erased.refuse("d", $0) }
        }
        try await store.close()
    }

    @Test func `an erasure is new once, and tells apart who was part of the lead and is not erased`() async throws {
        let folder = try TemporaryFolder()
        let store = try store(folder)
        let identities = LeadIdentities()
        let erased = ErasedLeads(identities)
        let merge = event("a", .leadsMerged(.with { $0.lead = identity("a", ["b", "c"], 7) }))
        _ = try await store.write { try identities.learn(merge, in: $0) }
        let lead = try await store.write { try erased.learn(erasure("b", ["a"]), in: $0) }
        #expect(lead?.ids == ["a", "b"])
        #expect(lead?.rootID == "a")
        #expect(lead?.wasMerged == true)
        #expect(lead?.others.map(\.rootID) == ["c"])
        #expect(lead?.others.map(\.ids) == [["c"]])
        #expect(try await store.write { try erased.learn(erasure("a", ["b"]), in: $0) } == nil)
        let grown = try await store.write { try erased.learn(erasure("a", ["b", "z"]), in: $0) }
        #expect(grown?.ids == ["z"])
        #expect(grown?.wasMerged == false)
        let larger = event("k", .leadsMerged(.with { $0.lead = identity("k", ["l", "m"], 8) }))
        _ = try await store.write { try identities.learn(larger, in: $0) }
        let part = try await store.write { try erased.learn(erasure("m"), in: $0) }
        #expect(part?.others.map(\.rootID) == ["k"])
        #expect(part?.others.map(\.ids) == [["k", "l"]])
        // Told before the erasure, heard behind it.
        let older = event("x", .leadsMerged(.with { $0.lead = identity("x", ["c"], 6) }))
        _ = try await store.write { try identities.learn(older, in: $0) }
        try await store.read { database in
            let roots = try ["a", "b", "c"].map { try identities.rootID(of: $0, database) }
            #expect(roots == ["a", "b", "c"])
            let known = try ["a", "b", "c"].map { try identities.wasEverMerged($0, database) }
            #expect(known == [false, false, true])
        }
        try await store.close()
    }
}

private final class Recorder: Sendable {
    let events = Mutex<[WireEvent]>([])
}

private struct RecordingConsumer: EventConsumer {
    let kind: EventKind
    let recorder: Recorder

    func apply(_ event: WireEvent, in transaction: StoreTransaction) { recorder.events.withLock { $0.append(event) } }
}

extension WireEvent {
    /// The leads that it names.
    fileprivate var named: [String] {
        switch payload {
        case .leadScored(let told): [told.lead.leadID] + told.engagements.map(\.leadID).filter { $0 != key }
        case .leadQualified(let told):
            [told.lead.leadID] + told.context.engagements.map(\.leadID).filter { $0 != key }
        case .leadsMerged, .leadsSplit: leadIdentities.flatMap { [$0.leadID] + $0.formerIds }
        default: []
        }
    }
}
