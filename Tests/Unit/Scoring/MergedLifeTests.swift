import AccordTesting
import Contracts
import Foundation
import Kernel
import Platform
import SwiftProtobuf
import Testing

/// Random lives of four ids: what arrives late, in batches, between merges, splits and coolings. Each state equals what
/// follows from the plain list of what was told. A failure prints its seed.
@Suite struct MergedLifeTests {
    @Test(arguments: Array(1...15) + [33, 66, 151, 164, 289] as [UInt64])
    func `leads that are merged, split, cooled and told late are what their facts say`(seed: UInt64) async throws {
        var life = try await RandomLife(seed: seed)
        for _ in 0..<30 {
            try await life.step()
            if life.random.next() % 5 == 0 { try await life.check() }
        }
        life.fixture.service.clock.advance(by: .minutes(30))
        try await life.fixture.service.settle()
        try await life.check()
        try await life.checkCrossings()
    }

    /// The same facts at the same times, with the merges before them or after them: nothing shows when they were made.
    @Test(arguments: UInt64(1)...8)
    func `when leads were merged, and whether they were split in between, does not show`(seed: UInt64) async throws {
        var expected: (lead: WireLead, total: Double, shown: [String], count: Int32)?
        for order in 0..<3 {
            var life = try await RandomLife(seed: seed)
            if order == 0 { try await life.mergeAll() }
            for number in 0..<20 {
                try await life.tell()
                if order == 2, number == 7 { try await life.mergeAll() }
                if order == 2, number == 13 { try await life.splitAll() }
            }
            if order != 0 { try await life.mergeAll() }
            try await life.fixture.service.settle()
            try await life.check()
            let lead = try await life.fixture.get("a")
            let ledger = try await life.fixture.explain("a").ledger.map { "\($0.rule) \($0.shown) \($0.count)" }
            guard let known = expected else {
                expected = (lead.lead, lead.score.total, ledger, lead.engagementCount)
                continue
            }
            #expect(lead.lead == known.lead && lead.engagementCount == known.count, "seed \(seed), order \(order)")
            #expect(abs(lead.score.total - known.total) < 1e-9 && ledger == known.shown, "seed \(seed), order \(order)")
        }
    }
}

/// What was told, beside the service that it was told to.
private struct RandomLife {
    static let ids = ["a", "b", "c", "d"]
    let fixture: ScoringFixture
    let seed: UInt64
    var random: SeededRandom
    private var facts: [Fact] = []
    private var fields: [Said] = []
    /// The id that each was merged into.
    private var parents: [String: String] = [:]
    /// Leads of which others were split.
    private var stayed: Set<String> = []
    private var number = 0

    struct Fact {
        var id: String
        var kind: String
        var channel: String
        var at: Instant
        var arrivedAt: Instant
        var isLate: Bool { arrivedAt.seconds(since: at) > 20 * 86_400 }
    }

    struct Said {
        var id: String
        var employees: Int64?
        var industry: String?
        var at: Instant
    }

    private var now: Instant { fixture.service.clock.now() }

    init(seed: UInt64) async throws {
        self.seed = seed
        random = SeededRandom(seed: seed)
        fixture = try ScoringFixture([
            .test {
                $0.lateAfter = "20d"
                $0.qualification.hysteresis = 3
            }
        ])
        _ = try await fixture.upsert(Self.ids.map { .test($0, createdAt: ScoringFixture.start.adding(.days(-1))) })
    }

    // MARK: - What happens

    mutating func step() async throws {
        switch random.next() % 8 {
        case 0: try await merge()
        case 1: try await split()
        case 2: try await fixture.service.settle()
        default: try await tell()
        }
    }

    /// Engagement or fields, some time later.
    mutating func tell() async throws {
        fixture.service.clock.advance(by: .minutes(.random(in: 1...6_000, using: &random)))
        if random.next() % 4 == 0 { return try await say() }
        let batch = (0..<Int.random(in: 1...3, using: &random)).map { _ in fact() }
        facts += batch
        let results = try await fixture.record(
            batch.map { fact in
                number += 1
                return .with {
                    $0 = .test("e\(number)", fact.id, fact.kind, at: fact.at)
                    $0.channel = fact.channel
                }
            })
        #expect(results.allSatisfy { $0.status == .created }, "seed \(seed)")
    }

    private mutating func fact() -> Fact {
        let ages: [ClosedRange<Int64>] = [0...0, 0...3_000, 0...60_000]
        return Fact(
            id: id(), kind: ["page_viewed", "webinar_attended", "downloaded"].randomElement(using: &random) ?? "",
            channel: ["web", "internal"].randomElement(using: &random) ?? "",
            at: now.adding(.minutes(-.random(in: ages.randomElement(using: &random) ?? 0...0, using: &random))),
            arrivedAt: now)
    }

    private mutating func say() async throws {
        var said = Said(id: id(), at: now)
        if random.next() % 2 == 0 {
            said.employees = random.next() % 3 == 0 ? 20 : 450
        } else {
            said.industry = random.next() % 2 == 0 ? "software" : "retail"
        }
        // What an id says again without a time is no news.
        let own = fields.filter { $0.id == said.id }
        let isNews =
            said.employees != nil
            ? own.last { $0.employees != nil }?.employees != said.employees
            : own.last { $0.industry != nil }?.industry != said.industry
        if isNews { fields.append(said) }
        _ = try await fixture.upsert([
            .with {
                $0.leadID = said.id
                if let employees = said.employees { $0.company.employees = employees }
                if let industry = said.industry { $0.company.industry = industry }
            }
        ])
    }

    private mutating func merge() async throws {
        let (one, other) = (root(id()), id())
        guard root(other) != one else { return }
        _ = try await fixture.merge(one, into: other)
        parents[one] = other
    }

    private mutating func split() async throws {
        guard let id = parents.keys.sorted().randomElement(using: &random) else { return }
        stayed.insert(root(id))
        _ = try await fixture.split(id)
        parents[id] = nil
    }

    /// Into the first.
    mutating func mergeAll() async throws {
        for id in Self.ids.dropFirst() where parents[id] == nil {
            _ = try await fixture.merge(id, into: "a")
            parents[id] = "a"
        }
    }

    mutating func splitAll() async throws {
        _ = try await fixture.split("b", "c", "d")
        parents = [:]
    }

    private mutating func id() -> String { Self.ids.randomElement(using: &random) ?? "a" }

    private func root(_ id: String) -> String { parents[id].map(root) ?? id }

    // MARK: - What follows from it

    /// Every lead now and at one moment before.
    mutating func check() async throws {
        for id in Self.ids where root(id) == id {
            let group = Self.ids.filter { root($0) == id }
            let lead = try await fixture.get(id)
            #expect(lead.lead.leadID == id && lead.formerIds == group.filter { $0 != id }, "seed \(seed)")
            let known = facts.filter { group.contains($0.id) }
            #expect(Int(lead.engagementCount) == known.count, "seed \(seed)")
            let total = naive(group, at: now)
            #expect(abs(lead.score.total - total) < 1e-9, "seed \(seed): \(id) at \(now.text)")
            let past = ScoringFixture.start.adding(
                .minutes(.random(in: 0...max(0, Int64(now.seconds(since: ScoringFixture.start) / 60)), using: &random)))
            let before = try await fixture.get(id, at: past)
            #expect(abs(before.score.total - naive(group, at: past)) < 1e-9, "seed \(seed): \(id) at \(past.text)")
            try await checkLedger(id)
            checkStanding(lead, total)
        }
    }

    private func checkLedger(_ id: String) async throws {
        let explained = try await fixture.explain(id)
        #expect(abs(explained.ledger.reduce(0) { $0 + $1.points } - explained.score.total) < 1e-9, "seed \(seed)")
        #expect(explained.ledger.reduce(0) { $0 + $1.shown } == explained.score.shown, "seed \(seed)")
        for change in explained.history {
            let sum = change.rules.reduce(0) { $0 + $1.points }
            #expect(abs(sum - (change.after - change.before)) < 1e-9, "seed \(seed): \(id), \(change.cause)")
        }
        #expect(explained.history.map { Instant($0.at) }.isSorted, "seed \(seed): \(id)")
    }

    /// A lead at the threshold is an MQL; one below the level that is still warm is only waiting to be told so.
    private func checkStanding(_ lead: WireLeadRecord, _ total: Double) {
        #expect(lead.hasQualifiedAt == (lead.state == .mql), "seed \(seed)")
        if lead.state != .mql { #expect(total < 60, "seed \(seed): \(lead.lead.leadID) is at \(total)") }
        if lead.hasCoolsAt { #expect(Instant(lead.coolsAt) > now && total >= 57 - 1e-9, "seed \(seed)") }
        if lead.hasCooledAt { #expect(Instant(lead.cooledAt) <= now && total < 60, "seed \(seed)") }
    }

    /// Nothing is told twice, but that a lead qualified when another one was part of it.
    func checkCrossings() async throws {
        let told = try await fixture.service.told().filter { event in
            switch event.payload?.kind {
            case .leadQualified, .leadRequalified: !stayed.contains(event.key)
            case .leadCooled: true
            default: false
            }
        }.map { "\($0.key) \($0.payload?.kind.rawValue ?? "") \(Instant($0.occurredAt).text)" }
        #expect(Set(told).count == told.count, "seed \(seed): \(told)")
    }

    private func naive(_ group: [String], at moment: Instant) -> Double {
        let said = fields.filter { group.contains($0.id) && $0.at <= moment }
        let isLarge = said.last { $0.employees != nil }?.employees ?? 0 >= 200
        let isSoftware = said.last { $0.industry != nil }?.industry == "software"
        let fit = Double(min(100, (isLarge ? 80 : 0) + (isSoftware ? 30 : 0)))
        let past = facts.filter { group.contains($0.id) && !$0.isLate && $0.at <= moment }
        var engagement = 0.0
        for fact in past {
            let days = moment.seconds(since: fact.at) / 86_400
            switch fact.kind {
            case "webinar_attended": engagement += 40 * pow(0.5, days / 10)
            case "downloaded" where fact.channel != "internal": engagement += 30 * max(0, 1 - days / 20)
            default: break
            }
        }
        let days = Set(past.filter { $0.kind == "page_viewed" }.map { String($0.at.text.prefix(10)) })
        engagement += min(10, 2 * Double(days.count))
        return 0.5 * fit + 0.5 * min(100, engagement)
    }
}

extension [Instant] {
    fileprivate var isSorted: Bool { zip(self, dropFirst()).allSatisfy { $0 <= $1 } }
}
