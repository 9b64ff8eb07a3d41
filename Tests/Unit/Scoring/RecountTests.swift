import AccordTesting
import Contracts
import Criteria
import Kernel
import Platform
import Storage
import SwiftProtobuf
import Testing

@testable import ScoringDomain
@testable import ScoringService

/// How accumulators go over to a version that counts in another way.
@Suite struct RecountTests {
    private static let start = ScoringFixture.start
    private static let kinds = ["view", "webinar", "download"]
    private static let catalogue = FieldCatalogue()

    private static func rule(_ number: Int, _ random: inout SeededRandom) throws -> EngagementRule {
        let days = TimeSpan.days(.random(in: 2...20, using: &random))
        return try EngagementRule(
            id: "rule-\(number)", event: kinds[number % kinds.count], points: 1,
            filter: number % 2 == 0
                ? nil
                : .leaf(
                    .init(
                        field: "engagement.channel", op: .eq,
                        value: .text(["web", "mail"].randomElement(using: &random) ?? "web"))),
            repeats: EngagementRule.Repeat.allCases.randomElement(using: &random) ?? .every,
            decay: [.none, .exponential(halfLife: days), .linear(window: days)].randomElement(using: &random) ?? .none,
            catalogue: catalogue)
    }

    private static func rules(_ version: Int64, _ engagement: [EngagementRule], lateAfter: TimeSpan?) -> ScoringRules {
        var settings = ScoringRules.Settings()
        settings.lateAfter = lateAfter
        return ScoringRules(version: version, catalogue: catalogue, engagement: engagement, settings: settings)
    }

    private static func fact(_ random: inout SeededRandom) -> BehaviourFact {
        var record = FieldRecord(catalogue)
        record["engagement.channel"] = .text(["web", "mail"].randomElement(using: &random) ?? "web")
        return BehaviourFact(
            kind: kinds.randomElement(using: &random) ?? "",
            occurredAt: start.adding(
                .minutes(.random(in: 0...40_000, using: &random))), record: record)
    }

    @Test(arguments: UInt64(1)...40)
    func `what is kept and what is counted anew is what counting all anew comes to`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let first = try (0..<6).map { try Self.rule($0, &random) }
        // Some as they were, some others, one new, one gone, in another order.
        var second = try first.enumerated().map { try $0 % 3 == 0 ? Self.rule($0, &random) : $1 }
        second.append(try Self.rule(6, &random))
        second.remove(at: .random(in: 0..<6, using: &random))
        second.shuffle(using: &random)
        let bound: TimeSpan? = seed % 5 == 0 ? .days(9) : nil
        let (before, after) = (Self.rules(1, first, lateAfter: nil), Self.rules(2, second, lateAfter: bound))
        let history = (0..<30).map { _ in Self.fact(&random) }.sorted { $0.occurredAt < $1.occurredAt }
        let now = Self.start.adding(.days(40))
        var memory = LeadMemory(
            accumulators: LeadAccumulators(history, before), shape: before.shape, standing: Standing(), total: 0,
            scoredAt: now, version: 1)
        let recount = try #require(Recount(from: before, to: after))
        #expect(recount.applies(to: memory, judgedFrom: now))
        let isNeeded = recount.needsHistory(of: memory)
        recount.apply(to: &memory, isNeeded ? history.filter { recount.kinds.contains($0.kind) } : [])
        #expect(memory.accumulators == LeadAccumulators(history, after), "seed \(seed)")
        #expect(memory.shape == after.shape)
    }

    @Test func `only the kinds of rules that count in another way are counted anew`() throws {
        var random = SeededRandom(seed: 7)
        let first = try (0..<3).map { try Self.rule($0, &random) }
        var second = first
        second[1] = try EngagementRule(
            id: "rule-1", event: "webinar", points: 1,
            filter: .leaf(.init(field: "engagement.content_id", op: .eq, value: .text("a"))), catalogue: Self.catalogue)
        let before = Self.rules(1, first, lateAfter: nil)
        let recount = try #require(Recount(from: before, to: Self.rules(2, second, lateAfter: nil)))
        #expect(recount.kinds == ["webinar"])
        #expect(recount.slots == ["webinar": [FieldCatalogue.standardSlot("engagement.content_id")]])
        #expect(Recount(from: before, to: Self.rules(2, first, lateAfter: nil)) == nil)
        let bounded = try #require(Recount(from: before, to: Self.rules(2, first, lateAfter: .days(3))))
        #expect(bounded.kinds == ["view", "webinar", "download"])
    }

    @Test func `a decay that is another one needs no engagement where enough is remembered`() throws {
        func rules(_ version: Int64, days: Int64) throws -> ScoringRules {
            let decay = EngagementRule.Decay.exponential(halfLife: .days(days))
            return Self.rules(
                version,
                try zip(Self.kinds, EngagementRule.Repeat.allCases).map { kind, repeats in
                    try EngagementRule(
                        id: kind, event: kind, points: 1, repeats: repeats, decay: decay, catalogue: Self.catalogue)
                }, lateAfter: nil)
        }
        let (before, after) = (try rules(1, days: 7), try rules(2, days: 9))
        let recount = try #require(Recount(from: before, to: after))
        // Every view counts, a webinar once, a download once a day.
        let cases: [(kinds: [String], isNeeded: Bool)] = [
            (["download", "webinar", "download", "view", "webinar"], false), (["view", "view"], true), ([], false),
        ]
        for (kinds, isNeeded) in cases {
            let facts = kinds.enumerated().map { index, kind in
                BehaviourFact(
                    kind: kind, occurredAt: Self.start.adding(.hours(Int64(index * 13))),
                    record: FieldRecord(Self.catalogue))
            }
            var memory = LeadMemory(
                accumulators: LeadAccumulators(facts, before), shape: before.shape, standing: Standing(), total: 0,
                scoredAt: Self.start.adding(.days(9)), version: 1)
            #expect(recount.needsHistory(of: memory) == isNeeded)
            recount.apply(to: &memory, isNeeded ? facts : [])
            #expect(memory.accumulators == LeadAccumulators(facts, after))
        }
    }

    @Test func `accumulators of another version, or with something ahead of the moment, are not taken over`() throws {
        var random = SeededRandom(seed: 8)
        let before = Self.rules(1, [try Self.rule(0, &random)], lateAfter: nil)
        let recount = try #require(
            Recount(from: before, to: Self.rules(2, [try Self.rule(2, &random)], lateAfter: nil)))
        var memory = LeadMemory(
            accumulators: LeadAccumulators(latest: Self.start), shape: before.shape, standing: Standing(), total: 0,
            scoredAt: Self.start, version: 1)
        #expect(recount.applies(to: memory, judgedFrom: Self.start))
        #expect(!recount.applies(to: memory, judgedFrom: Self.start.adding(.minutes(-1))))
        memory.shape = ~memory.shape
        #expect(!recount.applies(to: memory, judgedFrom: Self.start))
    }

    @Test func `the fields of stored engagement are those of the message`() throws {
        var engagement = WireEngagement.test("e", "ana", "view", at: Self.start)
        (engagement.channel, engagement.contentID) = ("web", "docs/caf\u{E9}")
        engagement.attributes["seconds"] = 12.5
        let fields = EngagementFields { _ in true }
        let known = fields.record(engagement, Self.catalogue, at: Self.start)
        let bytes = try engagement.storedBytes()
        let read = try bytes.withUnsafeBytes {
            try fields.record($0, Self.catalogue, kind: "view", at: Self.start)
        }
        for name in ["kind", "channel", "campaign", "content_id", "occurred_at"] {
            #expect(read["engagement.\(name)"] == known["engagement.\(name)"], "\(name)")
        }
        #expect(read["engagement.content_id"] == .text("docs/caf\u{E9}") && read["engagement.campaign"] == nil)
        let none = try bytes.withUnsafeBytes {
            try EngagementFields { _ in false }.record($0, Self.catalogue, kind: "view", at: Self.start)
        }
        #expect(none["engagement.channel"] == nil && none["engagement.kind"] == nil)
    }

    @Test func `bytes that are no message are refused`() throws {
        func fields(_ bytes: [UInt8]) throws -> [Int] {
            try bytes.withUnsafeBytes {
                var fields = MessageFields($0)
                var numbers: [Int] = []
                while let (number, _) = try fields.next() { numbers.append(number) }
                return numbers
            }
        }
        // A varint, a text, eight bytes, four bytes, a text.
        let whole: [UInt8] = [0x08, 0x96, 0x01, 0x12, 1, 65, 0x19, 0, 0, 0, 0, 0, 0, 0, 0, 0x25, 0, 0, 0, 0, 0x2A, 0]
        #expect(try fields(whole) == [2, 5])
        let kinds = try whole.withUnsafeBytes { bytes in
            var fields = MessageFields(bytes)
            var kinds: [String] = []
            while let (number, value) = try fields.nextValue() {
                switch value {
                case .integer(let integer): kinds.append("\(number) \(integer)")
                case .fraction(let fraction): kinds.append("\(number) \(fraction)")
                case .bytes(let bytes): kinds.append("\(number) \(bytes.count) bytes")
                }
            }
            return kinds
        }
        #expect(kinds == ["1 150", "2 1 bytes", "3 0.0", "5 0 bytes"])
        for bytes: [UInt8] in [
            [0x08], [0x12, 2, 65], [0x19, 0], [0x25, 0], [0x0B], [0x12] + Array(repeating: 0xFF, count: 10),
        ] {
            #expect(throws: StoredLeadError.self) { try fields(bytes) }
        }
    }
}
