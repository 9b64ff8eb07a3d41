import Contracts
import Kernel
import SwiftProtobuf

/// Pairs of leads that become one, and what is told of them.
struct MergeStory {
    let told: [WireEvent]
    private(set) var deals: [WireOpportunity]
    private(set) var touches: [WireTouch]
    /// With the facts of the merged leads.
    let merges: [WireEvent]
    let splits: [WireEvent]
    /// Of every lead alone, as Scoring tells them after a split.
    let facts: [WireEvent]
    private let pairs: Int

    init(pairs: Int, _ random: inout SeededRandom) {
        self.pairs = pairs
        let (events, deals, touches) = RandomStory.make(leads: 2 * pairs, &random)
        // No two leads do anything at the same time, so that which of two facts is the latest is defined.
        told = events.map { event in
            var event = event
            let number = Int64(event.key.dropFirst(5)) ?? 0
            event.occurredAt = Instant(microseconds: Instant(event.occurredAt).microseconds + number).wire
            return event
        }
        self.deals = deals
        self.touches = touches
        let created = Self.creation(told)
        merges = (0..<pairs).flatMap { pair in
            let (root, former) = Self.ids(pair)
            let day = 40 + Double(pair)
            return [
                Self.merged(root, [former], sequence: Int64(pair + 1), day: day),
                Self.scored(Self.union(root, former, created), day: day),
            ]
        }
        splits = (0..<pairs).map { pair in
            Self.split(Self.ids(pair).root, [], off: Self.ids(pair).former, [], Int64(100 + pair), day: 60)
        }
        facts = (0..<2 * pairs).map { number in
            let id = "lead-\(number)"
            return Self.scored(Story.facts(id, source: "web", day: 1), day: 61, from: 1)
        }
    }

    /// The same, had everything come under the ids that stay.
    var underOneID: [WireEvent] {
        told.map { renamed($0) } + merges.filter { $0.payload?.kind == .leadScored }
    }

    /// With deals and touches as if they had been recorded under the ids that stay.
    var ofOneID: MergeStory {
        var story = self
        for index in deals.indices { story.deals[index].leadID = now(deals[index].leadID) }
        for index in touches.indices { story.touches[index].leadID = now(touches[index].leadID) }
        return story
    }

    static func ids(_ pair: Int) -> (root: String, former: String) { ("lead-\(2 * pair)", "lead-\(2 * pair + 1)") }

    static func merged(_ id: String, _ former: [String], sequence: Int64, day: Double) -> WireEvent {
        event(
            "merge-\(sequence)", id, day,
            .leadsMerged(
                .with {
                    $0.lead.leadID = id
                    $0.lead.formerIds = former
                    $0.lead.sequence = sequence
                }))
    }

    static func split(
        _ id: String, _ former: [String], off other: String, _ others: [String], _ sequence: Int64, day: Double = 60
    ) -> WireEvent {
        event(
            "split-\(sequence)", id, day,
            .leadsSplit(
                .with {
                    $0.lead.leadID = id
                    $0.lead.formerIds = former
                    $0.lead.sequence = sequence
                    $0.split = [
                        .with {
                            $0.leadID = other
                            $0.formerIds = others
                            $0.sequence = sequence
                        }
                    ]
                }))
    }

    private static func scored(_ facts: WireLeadFacts, day: Double, from previous: Double = 0) -> WireEvent {
        event(
            "scored-\(facts.leadID)-\(day)", facts.leadID, day,
            .leadScored(
                .with {
                    $0.lead = facts
                    $0.score.total = previous
                    $0.previousTotal = previous
                }))
    }

    private static func event(
        _ id: String, _ key: String, _ day: Double, _ payload: WireEvent.OneOf_Payload
    ) -> WireEvent {
        .with {
            $0.eventID = id
            $0.source = "scoring"
            $0.key = key
            $0.partition = Int32(Partition.of(key))
            $0.occurredAt = Story.at(day: day).wire
            $0.agreementVersion = 1
            $0.payload = payload
        }
    }

    private static func creation(_ events: [WireEvent]) -> [String: Instant] {
        Dictionary(
            events.filter { $0.payload?.kind == .leadScored }.map { ($0.key, Instant($0.leadScored.lead.createdAt)) },
            uniquingKeysWith: min)
    }

    private static func union(_ root: String, _ former: String, _ created: [String: Instant]) -> WireLeadFacts {
        var facts = Story.facts(root, source: "partner", day: 0)
        facts.createdAt = min(created[root] ?? .distantFuture, created[former] ?? .distantFuture).wire
        return facts
    }

    private func renamed(_ event: WireEvent) -> WireEvent {
        var event = event
        event.key = now(event.key)
        event.partition = Int32(Partition.of(event.key))
        func rename(_ lead: inout WireLeadFacts) { lead.leadID = now(lead.leadID) }
        switch event.payload {
        case .leadScored(var told):
            rename(&told.lead)
            for index in told.engagements.indices { told.engagements[index].leadID = event.key }
            event.leadScored = told
        case .leadQualified: rename(&event.leadQualified.lead)
        case .handoffAssigned: rename(&event.handoffAssigned.handoff.lead)
        case .handoffAccepted: rename(&event.handoffAccepted.handoff.lead)
        case .handoffRejected: rename(&event.handoffRejected.handoff.lead)
        case .handoffQualified: rename(&event.handoffQualified.handoff.lead)
        case .timerArmed: event.timerArmed.timer.leadID = event.key
        case .timerMet: event.timerMet.timer.leadID = event.key
        case .timerBreached: event.timerBreached.timer.leadID = event.key
        case .timerCancelled: event.timerCancelled.timer.leadID = event.key
        default: break
        }
        return event
    }

    private func now(_ id: String) -> String {
        guard let number = Int(id.dropFirst(5)) else { return id }
        return Self.ids(number / 2).root
    }
}
