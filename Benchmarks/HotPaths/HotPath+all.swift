import Contracts
import Criteria
import Kernel
import NIOCore
import RPC
import RoutingDomain
import SLADomain
import ScoringDomain
import SwiftProtobuf
import Synchronization

extension HotPath {
    private static let start = Instant(seconds: 1_767_225_600)

    static func all() throws -> [HotPath] {
        try [criteria(), score(), update(), deadline(), elapsed(), turn()] + envelopes() + batches()
    }

    // MARK: - Domains

    private static func criteria() throws -> HotPath {
        let catalogue = FieldCatalogue()
        func leaf(_ field: String, _ op: CriteriaOperator, _ value: FieldValue) -> Criteria {
            .leaf(.init(field: field, op: op, value: value))
        }
        let tree = Criteria.all([
            leaf("company.employees", .gte, .number(200)),
            .any([
                leaf("company.industry", .eq, .text("retail")), leaf("company.industry", .eq, .text("software")),
            ]),
            .none([leaf("person.email", .endsWith, .text("@example.edu"))]),
            leaf("company.country", .eq, .text("DE")),
        ])
        let compiled = try CompiledCriteria(tree, catalogue: catalogue)
        let record = Self.record(catalogue)
        return HotPath(name: "criteria, 5 leaves", count: 1_000) { _ in
            keep(compiled.evaluate(record, now: start))
        }
    }

    private static func record(_ catalogue: FieldCatalogue) -> FieldRecord {
        var record = FieldRecord(catalogue)
        record["company.employees"] = .number(450)
        record["company.industry"] = .text("software")
        record["company.country"] = .text("DE")
        record["person.email"] = .text("ana@example.com")
        return record
    }

    private static let kinds = ["page_viewed", "webinar_attended", "demo_requested", "email_opened"]

    private static func rules(_ catalogue: FieldCatalogue) throws -> ScoringRules {
        ScoringRules(
            version: 1, catalogue: catalogue,
            fit: try [("DE", 40.0), ("FR", 30), ("SE", 20), ("US", 10)].map { country, points in
                try PointRule(
                    id: country, points: points,
                    when: .leaf(.init(field: "company.country", op: .eq, value: .text(country))), catalogue: catalogue)
            },
            engagement: try kinds.map { kind in
                try EngagementRule(
                    id: kind, event: kind, points: 10, filter: nil, cap: 60, repeats: .every,
                    decay: .exponential(halfLife: .days(14)), catalogue: catalogue)
            },
            situation: [], settings: .init(), qualification: Qualification(threshold: 50))
    }

    private static func facts(_ count: Int, _ catalogue: FieldCatalogue) -> [BehaviourFact] {
        (0..<count).map { index in
            BehaviourFact(
                kind: kinds[index % kinds.count], occurredAt: start.adding(.hours(Int64(index))),
                record: FieldRecord(catalogue))
        }
    }

    /// A lead of one rule a kind, to which the same goes on happening.
    private static func update() throws -> HotPath {
        let catalogue = FieldCatalogue()
        let facts = facts(1_000, catalogue)
        let lead = Mutex(LeadRun(record(catalogue), createdAt: start, try rules(catalogue)))
        return HotPath(name: "an engagement of a lead, counted and scored", count: 1_000) { index in
            keep(lead.withLock { $0.add(facts[index]) })
        }
    }

    private static func score() throws -> HotPath {
        let catalogue = FieldCatalogue()
        let rules = try rules(catalogue)
        let facts = facts(8, catalogue)
        let record = Self.record(catalogue)
        let now = start.adding(.days(3))
        return HotPath(name: "a lead with 8 engagements, scored", count: 200) { _ in
            let accumulators = LeadAccumulators(facts, rules)
            keep(rules.score(rules.judge(record, behaviour: facts, at: now), accumulators, at: now))
        }
    }

    private static func calendar() throws -> BusinessCalendar {
        try BusinessCalendar(
            CalendarDefinition(
                id: "berlin", zone: "Europe/Berlin",
                hours: [.init(days: ["mon", "tue", "wed", "thu", "fri"], intervals: ["09:00-12:00", "13:00-17:00"])],
                holidays: ["2026-05-01", "2026-12-25"]))
    }

    private static func deadline() throws -> HotPath {
        let calendar = try calendar()
        return HotPath(name: "deadline on a calendar", count: 1_000) { index in
            keep(try? calendar.deadline(from: start.adding(.minutes(Int64(index) * 401)), .hours(12)))
        }
    }

    private static func elapsed() throws -> HotPath {
        let calendar = try calendar()
        return HotPath(name: "elapsed time on a calendar", count: 1_000) { index in
            let from = start.adding(.minutes(Int64(index) * 401))
            keep(try? calendar.elapsed(from: from, to: from.adding(.days(9))))
        }
    }

    private static func turn() -> HotPath {
        var members = (0..<10).map { PoolMember(repID: "rep-\($0)", weight: 1 + $0 % 3) }
        let eligible = Array(members.indices)
        return HotPath(name: "a turn among 10 reps", count: 1_000) { _ in
            keep(FairTurn.pick(&members, eligible: eligible))
        }
    }

    // MARK: - The wire

    private static func envelopes() throws -> [HotPath] {
        let request = WirePublishRequest.with { $0.events = (0..<100).map(event) }
        let bytes: [UInt8] = try request.serializedBytes()
        return [
            HotPath(name: "100 events, encoded", count: 20) { _ in
                keep(try? request.serializedBytes() as [UInt8])
            },
            HotPath(name: "100 events, decoded", count: 20) { _ in
                keep(try? WirePublishRequest(serializedBytes: bytes))
            },
        ]
    }

    private static func event(_ number: Int) -> WireEvent {
        .with {
            $0.eventID = "event-\(number)"
            $0.source = "scoring"
            $0.key = "lead-\(number)"
            $0.occurredAt = start.adding(.minutes(Int64(number))).wire
            $0.agreementVersion = 1
            $0.leadScored = .with {
                $0.lead.leadID = "lead-\(number)"
                $0.lead.company = "Company \(number)"
                $0.lead.source = "webinar"
                $0.score.total = 42.5
                $0.engagements = [engagement(number, lead: number)]
            }
        }
    }

    private static func engagement(_ number: Int, lead: Int) -> WireEngagement {
        .with {
            $0.engagementID = "engagement-\(number)"
            $0.leadID = "lead-\(lead)"
            $0.kind = "pricing_page_viewed"
            $0.channel = "web"
            $0.occurredAt = start.adding(.minutes(Int64(number))).wire
        }
    }

    private static func batches() throws -> [HotPath] {
        let request = WireUpsertLeadsRequest.with {
            $0.leads = (0..<50).map { number in
                .with {
                    $0.leadID = "lead-\(number)"
                    $0.source = "organic_search"
                    $0.person.email = "ana.\(number)@company.example"
                    $0.company.name = "Company \(number)"
                    $0.company.employees = 450
                    $0.createdAt = start.wire
                }
            }
            $0.engagements = (0..<200).map { engagement($0, lead: $0 / 4) }
        }
        let json: [UInt8] = try request.jsonUTF8Bytes()
        let body = ByteBuffer(bytes: json)
        let compressed = try Gzip.compress(body)
        return [
            HotPath(name: "50 leads with 200 engagements, JSON encoded", count: 4) { _ in
                keep(try? request.jsonUTF8Bytes() as [UInt8])
            },
            HotPath(name: "50 leads with 200 engagements, JSON decoded", count: 4) { _ in
                keep(try? WireUpsertLeadsRequest(jsonUTF8Bytes: json))
            },
            HotPath(name: "the same JSON, compressed", count: 4) { _ in
                keep(try? Gzip.compress(body))
            },
            HotPath(name: "the same JSON, decompressed", count: 4) { _ in
                keep(try? Gzip.decompress(compressed, limit: 1 << 20))
            },
        ]
    }
}
