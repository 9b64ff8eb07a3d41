import AccordTesting
import Contracts
import Kernel
import Platform
import SwiftProtobuf
import Testing

/// Leads that become part of others while others are part of them.
@Suite struct NestedMergeTests {
    private let start = ScoringFixture.start

    /// `ana` is an MQL because `ben` became part of her; then both became part of `dora`.
    private func nested() async throws -> ScoringFixture {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            [.test("ana", employees: 450), .test("ben"), .test("dora")],
            [.test("w1", "ben", "webinar_attended", at: start), .test("p1", "ana", "page_viewed", at: start)])
        _ = try await fixture.merge("ben", into: "ana")
        #expect(try await fixture.get("ana").state == .mql)
        fixture.service.clock.advance(by: .hours(1))
        _ = try await fixture.record([.test("p2", "ben", "page_viewed", at: start.adding(.days(-1)))])
        _ = try await fixture.merge("ana", into: "dora")
        fixture.service.clock.advance(by: .hours(1))
        _ = try await fixture.record([.test("p3", "ana", "page_viewed", at: start.adding(.days(-2)))])
        return fixture
    }

    private func expectAlone(_ fixture: ScoringFixture) async throws {
        let ana = try await fixture.get("ana")
        #expect(ana.state == .engaged && !ana.hasQualifiedAt && ana.formerIds.isEmpty)
        #expect(ana.score.total == 42 && ana.engagementCount == 2)
        let ben = try await fixture.get("ben")
        #expect(ben.state == .engaged && ben.engagementCount == 2)
        #expect(try await fixture.get("dora").state == .inquiry)
        #expect(try await fixture.qualified().map(\.lead.leadID) == ["ana"])
    }

    @Test func `a lead that leaves with another one is what both were, and alone what it was before`() async throws {
        let fixture = try await nested()
        _ = try await fixture.split("ana")
        let both = try await fixture.get("ana")
        #expect(both.formerIds == ["ben"] && both.state == .mql && Instant(both.qualifiedAt) == start)
        let history = try await fixture.explain("ana").history.map(\.cause)
        #expect(history.filter { $0.contains("page_viewed") }.count == 3)
        _ = try await fixture.split("ben")
        try await expectAlone(fixture)
        // What it did is told once: `p1`, `p2` and `p3`.
        let after = try await fixture.explain("ana").history.map(\.cause)
        #expect(after.filter { $0.contains("page_viewed") }.count == 3 && after.last == "others split off")
    }

    @Test(arguments: [["ben", "ana"], ["ana", "ben"]])
    func `the order of splits, and whether they are made at once, does not show`(order: [String]) async throws {
        let one = try await nested()
        for id in order { _ = try await one.split(id) }
        try await expectAlone(one)
        let atOnce = try await nested()
        _ = try await atOnce.split(order[0], order[1])
        try await expectAlone(atOnce)
    }

    @Test func `what became part of a former id later leaves with it, and alone again`() async throws {
        let fixture = try await nested()
        _ = try await fixture.upsert([.test("eve")], [.test("w2", "eve", "webinar_attended", at: start)])
        _ = try await fixture.merge("eve", into: "ana")
        _ = try await fixture.split("ana")
        #expect(try await fixture.get("ana").formerIds == ["ben", "eve"])
        #expect(try await fixture.get("ana").engagementCount == 5)
        _ = try await fixture.split("eve")
        #expect(try await fixture.get("eve").score.engagement > 39)
        _ = try await fixture.split("ben")
        try await expectAlone(fixture)
    }

    /// Where `ben` leaves first, `dora` has qualified by what `ana` did.
    @Test(arguments: [(["ben", "ana"], ["ben", "dora", "ana"]), (["ana", "ben"], ["ben", "ana"])])
    func `a former id that qualified beside a qualified one is told as qualified once it is alone`(
        order: [String], told: [String]
    ) async throws {
        let fixture = try ScoringFixture([.test { $0.qualification.hysteresis = 10 }])
        _ = try await fixture.upsert(
            [.test("ana"), .test("ben", employees: 450), .test("dora")],
            [.test("w1", "ben", "webinar_attended", at: start)])
        _ = try await fixture.merge("ben", into: "ana")
        fixture.service.clock.advance(by: .days(30))
        try await fixture.service.settle()
        _ = try await fixture.record([.test("d1", "ana", "demo_requested", at: start.adding(.days(30)))])
        _ = try await fixture.merge("ana", into: "dora")
        #expect(try await toldQualified(fixture) == ["ben"])
        for id in order { _ = try await fixture.split(id) }
        #expect(try await fixture.get("ana").state == .mql)
        #expect(try await toldQualified(fixture) == told)
    }

    private func toldQualified(_ fixture: ScoringFixture) async throws -> [String] {
        try await fixture.service.told().filter { $0.payload?.kind == .leadQualified }.map(\.key)
    }

    /// A control is told the same and never merges anything.
    @Test(arguments: UInt64(1)...20)
    func `leads that were merged and split in any order are as if they never had been`(seed: UInt64) async throws {
        var life = try await NestedLife(seed: seed)
        for _ in 0..<2 {
            for _ in 0..<20 { try await life.step() }
            try await life.splitAll()
            try await life.check()
        }
    }
}

/// Two services that are told the same, of which one merges and splits leads.
private struct NestedLife {
    private let merging: ScoringFixture
    private let control: ScoringFixture
    private let seed: UInt64
    private let ids: [String]
    private var random: SeededRandom
    /// The id that each was merged into.
    private var parents: [String: String] = [:]
    /// Those that others were ever part of: what the whole went through is in their history.
    private var stayed: Set<String> = []
    private var splits: Set<Instant> = []
    private var number = 0
    /// Leads that others believe to be qualified.
    private var believed: Set<String> = []
    private var heard = 0

    init(seed: UInt64) async throws {
        self.seed = seed
        random = SeededRandom(seed: seed)
        ids = Array(["a", "b", "c", "d", "e", "f"].prefix(Int.random(in: 4...6, using: &random)))
        let agreement = WireAgreementVersion.test { $0.qualification.hysteresis = 3 }
        merging = try ScoringFixture([agreement])
        control = try ScoringFixture([agreement])
        for fixture in [merging, control] {
            _ = try await fixture.upsert(ids.map { .test($0, createdAt: ScoringFixture.start.adding(.days(-1))) })
        }
    }

    mutating func step() async throws {
        switch random.next() % 10 {
        case 0...2: try await merge()
        case 3: try await split()
        case 4, 5: try await say()
        default: try await act()
        }
        try await hear(among: [])
    }

    mutating func splitAll() async throws {
        while !parents.isEmpty { try await split() }
        try await pass(.minutes(30))
        try await hear(among: [])
    }

    private func pass(_ time: TimeSpan) async throws {
        for fixture in [merging, control] {
            fixture.service.clock.advance(by: time)
            try await fixture.service.settle()
        }
    }

    private mutating func someTime() async throws {
        try await pass(.minutes(.random(in: 1...5_000, using: &random)))
    }

    private mutating func merge() async throws {
        let (one, other) = (root(id()), id())
        guard root(other) != one else { return }
        if random.next() % 2 == 0 { try await someTime() }
        _ = try await merging.merge(one, into: other)
        parents[one] = other
        stayed.formUnion([other, root(other)])
    }

    private mutating func split() async throws {
        guard let id = parents.keys.sorted().randomElement(using: &random) else { return }
        if random.next() % 2 == 0 { try await someTime() }
        try await hear(among: [])
        let joined = ids.filter { root($0) == root(id) }
        _ = try await merging.split(id)
        splits.insert(merging.service.clock.now())
        parents[id] = nil
        try await hear(among: joined)
    }

    /// Listens to what was told since: no lead is told to have qualified that others believe to be qualified.
    ///
    /// - Parameter joined: ids that were one lead, and were split. Of them, one may be told again beside another.
    private mutating func hear(among joined: [String]) async throws {
        let told = try await merging.service.told()
        let isAlone = believed.intersection(joined).count < 2
        for event in told.dropFirst(heard) where event.payload?.kind == .leadQualified {
            #expect(
                believed.insert(event.key).inserted || !isAlone && joined.contains(event.key),
                "seed \(seed): \(event.key) at \(Instant(event.occurredAt).text)")
        }
        heard = told.count
        for id in ids where root(id) == id {
            if try await merging.get(id).state != .mql { believed.remove(id) }
        }
    }

    private mutating func act() async throws {
        try await someTime()
        number += 1
        let kinds = ["page_viewed", "webinar_attended", "webinar_attended", "downloaded", "demo_requested"]
        let engagement = WireEngagement.test(
            "e\(number)", id(), kinds.randomElement(using: &random) ?? "", at: merging.service.clock.now())
        for fixture in [merging, control] { _ = try await fixture.record([engagement]) }
    }

    private mutating func say() async throws {
        try await someTime()
        var lead = WireLead.test(id())
        if random.next() % 2 == 0 {
            lead.company.employees = random.next() % 3 == 0 ? 20 : 450
        } else {
            lead.company.industry = random.next() % 2 == 0 ? "software" : "retail"
        }
        for fixture in [merging, control] { _ = try await fixture.upsert([lead]) }
    }

    private mutating func id() -> String { ids.randomElement(using: &random) ?? "a" }

    private func root(_ id: String) -> String { parents[id].map(root) ?? id }

    // MARK: - What has to be the same

    func check() async throws {
        for id in ids {
            let (found, expected) = (try await merging.get(id), try await control.get(id))
            let place: Comment = "seed \(seed): \(id)"
            #expect(found.lead == expected.lead && found.fieldOrigins == expected.fieldOrigins, place)
            #expect(abs(found.score.total - expected.score.total) < 1e-9 && found.state == expected.state, place)
            #expect(found.qualifiedAt == expected.qualifiedAt && found.cooledAt == expected.cooledAt, place)
            #expect(found.coolsAt == expected.coolsAt && found.engagementCount == expected.engagementCount, place)
            #expect(found.formerIds.isEmpty, place)
            try await checkHistory(id, place)
            #expect(found.state != .mql || believed.contains(id), place)
            guard !stayed.contains(id) else { continue }
            let (told, due) = (try await crossings(id, merging), try await crossings(id, control))
            #expect(told == due, place)
        }
    }

    private func checkHistory(_ id: String, _ place: Comment) async throws {
        let (found, expected) = (try await merging.explain(id), try await control.explain(id))
        #expect(found.ledger.map(\.rule) == expected.ledger.map(\.rule), place)
        #expect(found.ledger.map(\.shown) == expected.ledger.map(\.shown), place)
        #expect(found.history.map { Instant($0.at) } == found.history.map { Instant($0.at) }.sorted(), place)
        for (one, next) in zip(found.history, found.history.dropFirst()) { #expect(one.after == next.before, place) }
        guard !stayed.contains(id) else { return }
        let known = Dictionary(expected.history.map { (Instant($0.at), $0.after) }) { _, last in last }
        let own = found.history.filter { !splits.contains(Instant($0.at)) }
        #expect(Set(own.map(\.at)).count == own.count, place)
        for step in own { #expect(abs((known[Instant(step.at)] ?? -1) - step.after) < 1e-9, place) }
    }

    /// What was told of an id, where it was no part of another one also under it.
    private func crossings(_ id: String, _ fixture: ScoringFixture) async throws -> [String] {
        let told = try await fixture.service.told().filter { $0.key == id }.compactMap { event -> String? in
            switch event.payload?.kind {
            case .leadQualified, .leadRequalified, .leadCooled:
                "\(Instant(event.occurredAt).text) \(event.payload?.kind.rawValue ?? "")"
            default: nil
            }
        }
        return told.sorted()
    }
}
