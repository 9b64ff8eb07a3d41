import AccordTesting
import Contracts
import Criteria
import GRDB
import Kernel
import Platform
import ScoringDomain
import Storage
import SwiftProtobuf
import Testing

@testable import ScoringService

/// A backtest reads ranges of leads with all that they did; here each lead is read and played on its own beside it, on
/// random stores with merged and split leads, fields that change, and engagement that comes late or out of order.
@Suite struct BacktestReadingTests {
    private static let start = ScoringFixture.start
    private static let now = start.adding(.days(120))

    @Test(arguments: UInt64(1)...12)
    func `reading ranges of leads finds what reading each lead finds`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let fixture = try ScoringFixture([.test { $0.lateAfter = "30d" }])
        try await fill(fixture, &random)
        let draft = try ScoringRules(.test(2) { Self.change(&$0, &random) })
        let against = try ScoringRules(.test { $0.lateAfter = "30d" })
        let player = LifePlayer(draft: draft, against: against, outcomes: [:], now: Self.now)
        let step = Int.random(in: 1...9, using: &random)
        let (found, expected) = try await fixture.service.store.read { database in
            var found: [BacktestLead] = []
            var after: String? = ""
            while let position = after {
                after = try LeadQueries.id(step, after: position, database)
                found += try player.play(LeadRange(after: position, through: after), database)
            }
            let leads = try LeadQueries.list(after: "", state: nil, limit: 1_000, database)
            return (found, try leads.map { try Self.naive($0, draft, against, database) })
        }
        #expect(found.count > 10, "seed \(seed)")
        #expect(found == expected, "seed \(seed)")
        #expect(found.contains { $0.draftAt != nil } && found.contains { $0.draftAt == nil }, "seed \(seed)")
    }

    /// Other rules, of which some read more of engagement than its kind, or other fields of the lead.
    private static func change(_ section: inout WireScoringSection, _ random: inout SeededRandom) {
        section.lateAfter = Bool.random(using: &random) ? "10d" : ""
        section.qualification.threshold = .random(in: 30...60, using: &random)
        section.fit[1].when = .leaf("person.title", "contains", Google_Protobuf_Value(stringValue: "title 1"))
        section.situation.append(
            .with {
                $0.id = "burst"
                $0.points = 15
                $0.when.event = "page_viewed"
                $0.when.where = .leaf("engagement.channel", "eq", Google_Protobuf_Value(stringValue: "web"))
                $0.when.within = "7d"
                $0.when.atLeast = 2
            })
    }

    private func fill(_ fixture: ScoringFixture, _ random: inout SeededRandom) async throws {
        let clock = fixture.service.clock
        let ids = (1...24).map { "lead-\($0)" }
        for id in ids {
            let lead = WireLead.test(
                id, employees: .random(in: 1...400, using: &random),
                createdAt: Self.start.adding(.days(-.random(in: 0...50, using: &random))))
            _ = try await fixture.upsert([lead])
        }
        var merged: [String] = []
        for number in 0..<150 {
            clock.advance(by: .hours(.random(in: 0...15, using: &random)))
            let id = ids.randomElement(using: &random) ?? ""
            switch Int.random(in: 0..<10, using: &random) {
            case 0: try await change(id, number, fixture, &random)
            case 1:
                let other = ids.randomElement(using: &random) ?? ""
                guard other != id, !merged.contains(id), !merged.contains(other) else { continue }
                _ = try await fixture.merge(id, into: other)
                merged.append(id)
            case 2 where !merged.isEmpty:
                let id = merged.removeLast()
                try await fixture.split(id)
            default: try await engage(id, number, fixture, &random)
            }
        }
    }

    private func change(
        _ id: String, _ number: Int, _ fixture: ScoringFixture, _ random: inout SeededRandom
    ) async throws {
        var lead = WireLead.test(id, employees: .random(in: 1...400, using: &random))
        lead.person.title = "title \(number)"
        if Bool.random(using: &random) {
            lead.sourceSystem = "crm"
            let ago = TimeSpan.hours(-.random(in: 0...400, using: &random))
            lead.changedAt = fixture.service.clock.now().adding(ago).wire
        }
        _ = try await fixture.upsert([lead])
    }

    private func engage(
        _ id: String, _ number: Int, _ fixture: ScoringFixture, _ random: inout SeededRandom
    ) async throws {
        let age = Int64.random(in: 0...100, using: &random) < 20 ? Int64.random(in: 0...1_000, using: &random) : 1
        var engagement = WireEngagement.test(
            "e\(number)", id,
            ["page_viewed", "webinar_attended", "downloaded", "email_opened", "demo_requested"][
                Int.random(in: 0..<20, using: &random) % 5],
            at: fixture.service.clock.now().adding(.hours(-age)))
        engagement.channel = ["web", "internal", ""].randomElement(using: &random) ?? ""
        _ = try await fixture.record([engagement])
    }

    private static func naive(
        _ stored: StoredLead, _ draft: ScoringRules, _ against: ScoringRules, _ database: Database
    ) throws -> BacktestLead {
        BacktestLead(
            id: stored.lead.leadID, segment: stored.lead.segment, outcome: BacktestOutcome(),
            draftAt: try firstQualification(stored, draft, database),
            againstAt: try firstQualification(stored, against, database))
    }

    /// Judged anew from the plain list of what was known, each time that something came to be known.
    private static func firstQualification(
        _ stored: StoredLead, _ rules: ScoringRules, _ database: Database
    ) throws -> Instant? {
        let records = try stored.leads(database).map { (from: $0.from, record: FieldRecord($0.lead, rules)) }
        let facts = try known(stored, rules, database)
        var scoredAt = min(stored.createdAt, records.count > 1 ? records[1].from : now)
        func qualifies(_ record: FieldRecord, after count: Int) -> Bool {
            let past = facts.prefix(count).map(\.fact).sorted { $0.occurredAt < $1.occurredAt }
            let judgement = rules.judge(record, behaviour: past, at: scoredAt)
            return rules.qualification.isMet(by: rules.score(judgement, LeadAccumulators(past, rules), at: scoredAt))
        }
        var count = 0
        for (place, entry) in records.enumerated() where place == 0 || entry.from <= now {
            if place > 0 { scoredAt = max(scoredAt, entry.from) }
            if qualifies(entry.record, after: count) { return scoredAt }
            let end = place + 1 < records.count ? min(records[place + 1].from, now) : now
            while count < facts.count, facts[count].from <= end {
                scoredAt = max(scoredAt, facts[count].from)
                count += 1
                let raisesHand = rules.qualification.handRaisers.contains(facts[count - 1].fact.kind)
                if raisesHand || qualifies(entry.record, after: count) { return scoredAt }
            }
        }
        return nil
    }

    /// What counts, in the order in which it was known: when it happened or was told, whichever was later, but for what
    /// came with the past of a lead.
    private static func known(
        _ stored: StoredLead, _ rules: ScoringRules, _ database: Database
    ) throws -> [(from: Instant, fact: BehaviourFact)] {
        var known: [(from: Instant, fact: BehaviourFact)] = []
        try database.rows(
            """
            WITH arrival (first) AS (SELECT coalesce((SELECT min(arrived_at) FROM lead_part WHERE root_id = ?1),
                    (SELECT arrived_at FROM lead WHERE lead_id = ?1)))
            SELECT engagement_id, kind, occurred_at, document, received_at, first, coalesce(received_at,
                (SELECT arrived_at FROM lead_part p WHERE p.lead_id = coalesce(e.arrived_as, e.lead_id)), first)
            FROM engagement e, arrival WHERE e.lead_id = ?1 AND occurred_at <= ?2 ORDER BY occurred_at, engagement_id
            """, [.text(stored.lead.leadID), .instant(now)]
        ) { row in
            let fact = BehaviourFact(try EngagementQueries.engagement(row), rules)
            guard rules.counts(fact.occurredAt, arrivedAt: row.optionalInstant(4)) else { return }
            let (first, recordedAt) = (row.instant(5), row.instant(6))
            let unknown = max(0, min(first.seconds(since: stored.createdAt), 7 * 86_400))
            let isPast = fact.occurredAt < first && recordedAt.seconds(since: first) <= unknown
            known.append((isPast ? fact.occurredAt : max(fact.occurredAt, recordedAt), fact))
        }
        return known.enumerated().sorted { ($0.element.from, $0.offset) < ($1.element.from, $1.offset) }.map(\.element)
    }
}
