import AccordTesting
import Contracts
import Kernel
import Platform
import SwiftProtobuf
import Testing

/// Random leads merged in random orders, with engagement and fields arriving in between.
@Suite struct LeadMergeOrderTests {
    private enum Step {
        case upsert(WireLead)
        case record(WireEngagement)
        case merge(String, into: String)
    }

    private static let ids = (1...6).map { "lead-\($0)" }

    @Test(arguments: UInt64(1)...10)
    func `merging in any order, among arrivals in any order, gives the same lead`(seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        let start = ScoringFixture.start
        let leads = Self.ids.map { WireLead.test($0, createdAt: start.adding(.days(-40))) }
        var steps: [Step] = (0..<20).map { index in
            .record(
                .test(
                    "e\(index / 2 * 2)", Self.ids.randomElement(using: &random) ?? "",
                    ["page_viewed", "downloaded", "email_opened"].randomElement(using: &random) ?? "",
                    at: start.adding(.hours(-.random(in: 1...700, using: &random)))))
        }
        // The same engagement id may come twice, then as the same engagement.
        steps = steps.enumerated().map { index, step in index % 2 == 1 ? steps[index - 1] : step }
        for index in 0..<10 {
            steps.append(
                .upsert(
                    .with {
                        $0.leadID = Self.ids.randomElement(using: &random) ?? ""
                        $0.person.title = "title \(index)"
                        $0.company.employees = .random(in: 1...400, using: &random)
                        $0.changedAt = start.adding(.hours(-.random(in: 1...9, using: &random))).wire
                    }))
        }
        // A tree: each lead but the first becomes part of one before it.
        for index in 1..<Self.ids.count {
            steps.append(.merge(Self.ids[index], into: Self.ids[.random(in: 0..<index, using: &random)]))
        }
        func play(_ steps: [Step]) async throws -> (WireLeadRecord, WireExplainScoreResponse) {
            let fixture = try ScoringFixture()
            _ = try await fixture.upsert(leads)
            for step in steps {
                switch step {
                case .upsert(let lead): _ = try await fixture.upsert([lead])
                case .record(let engagement): _ = try await fixture.record([engagement])
                case .merge(let id, let root): _ = try await fixture.merge(id, into: root)
                }
            }
            let id = Self.ids.randomElement(using: &random) ?? ""
            return (try await fixture.get(id), try await fixture.client.explainScore(.with { $0.leadID = id }))
        }
        let (expected, ledger) = try await play(steps)
        #expect(expected.formerIds == Array(Self.ids.dropFirst()))
        #expect(expected.engagementCount == 10, "seed \(seed)")
        for _ in 0..<3 {
            let (found, explained) = try await play(steps.shuffled(using: &random))
            #expect(found.lead == expected.lead, "seed \(seed)")
            #expect(abs(found.score.total - expected.score.total) < 1e-9, "seed \(seed)")
            #expect(found.engagementCount == expected.engagementCount, "seed \(seed)")
            #expect(found.formerIds == expected.formerIds, "seed \(seed)")
            #expect(explained.ledger.map(\.rule) == ledger.ledger.map(\.rule), "seed \(seed)")
            #expect(explained.ledger.map(\.shown) == ledger.ledger.map(\.shown), "seed \(seed)")
        }
        // As one lead that was told everything under one id.
        let whole = try ScoringFixture()
        _ = try await whole.upsert(leads.prefix(1).map(\.self))
        for step in steps {
            switch step {
            case .upsert(let lead):
                _ = try await whole.upsert([
                    .with {
                        $0 = lead; $0.leadID = "lead-1"
                    }
                ])
            case .record(let engagement):
                _ = try await whole.record([
                    .with {
                        $0 = engagement; $0.leadID = "lead-1"
                    }
                ])
            case .merge: break
            }
        }
        #expect(abs(try await whole.get("lead-1").score.total - expected.score.total) < 1e-9, "seed \(seed)")
    }
}
