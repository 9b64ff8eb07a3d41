import AccordTesting
import Contracts
import GRDB
import Hosting
import Kernel
import Platform
import ScoringDomain
import Storage
import SwiftProtobuf
import Testing

@testable import ScoringService

/// Random lives of leads under random agreements, rescored at once, late, or killed in between.
@Suite struct RescoreOrderTests {
    private enum Act {
        case activate(WireAgreementVersion)
        case upsert(WireLead)
        case record(WireEngagement)
        case merge(String, into: String)
        case split(String)
    }

    private struct Step {
        let at: Instant
        let act: Act
    }

    /// When the duty gets to run.
    private enum Rescoring: CaseIterable {
        /// Whenever there is something to do.
        case atOnce
        /// Only after all is over.
        case late
        /// Now and then, a few batches by a process that is killed after them.
        case killed
        /// Now and then, a few batches by one process, which has read ahead when something else happens.
        case slow
    }

    private static let start = ScoringFixture.start
    private static let ids = (1...9).map { "lead-\($0)" }

    @Test(arguments: UInt64(1)...12)
    func `whoever comes first, and whatever is killed, the rows and what is told of each lead are the same`(
        seed: UInt64
    ) async throws {
        var random = SeededRandom(seed: seed)
        let steps = Self.steps(&random)
        let expected = try await Self.play(steps, .atOnce, seed: seed)
        #expect(expected.contains { $0.contains("agreement ") }, "seed \(seed): no version changed anything")
        for rescoring in [Rescoring.late, .killed, .slow] {
            let found = try await Self.play(steps, rescoring, seed: seed)
            let missing = expected.filter { !found.contains($0) }
            let more = found.filter { !expected.contains($0) }
            #expect(missing == [] && more == [], "seed \(seed), \(rescoring)")
            #expect(found == expected, "seed \(seed), \(rescoring)")
        }
    }

    private static func steps(_ random: inout SeededRandom) -> [Step] {
        var now = start
        var version: Int64 = 1
        var steps: [Step] = []
        for index in 0..<60 {
            now = now.adding(.minutes(.random(in: 1...1_500, using: &random)))
            let id = ids.randomElement(using: &random) ?? ""
            let act: Act
            switch Int.random(in: 0..<20, using: &random) {
            case 0..<3:
                version += 1
                // Some are told late, some early.
                let effectiveAt = now.adding(.hours(.random(in: -5...30, using: &random)))
                act = .activate(agreement(version, effectiveAt: effectiveAt, &random))
            case 3..<7:
                act = .upsert(.test(id, employees: .random(in: 100...300, using: &random)))
            case 7: act = .merge(id, into: ids.randomElement(using: &random) ?? "")
            case 8: act = .split(id)
            default:
                let kind = ["webinar_attended", "downloaded", "page_viewed"].randomElement(using: &random) ?? ""
                let occurredAt = now.adding(.minutes(-.random(in: 0...600, using: &random)))
                act = .record(.test("e\(index)", id, kind, at: occurredAt))
            }
            steps.append(Step(at: now, act: act))
        }
        return steps
    }

    private static func agreement(
        _ version: Int64, effectiveAt: Instant, _ random: inout SeededRandom
    ) -> WireAgreementVersion {
        let numbers = (0..<8).map { _ in Int64.random(in: 0...9, using: &random) }
        return .test(version, effectiveAt: effectiveAt) { section in
            section.fit[0].points = Double(40 + 8 * numbers[0])
            section.engagement[0].points = Double(20 + 5 * numbers[1])
            if numbers[2] > 4 { section.engagement[0].halfLife = "\(3 + numbers[2])d" }
            section.qualification.threshold = Double(30 + 4 * numbers[3])
            section.qualification.hysteresis = Double(numbers[4])
            if numbers[5] > 6 { section.lateAfter = "5h" }
            guard numbers[6] > 5 else { return }
            section.situation = [
                .with {
                    $0.id = "active"
                    $0.points = 15
                    $0.when.event = "page_viewed"
                    $0.when.within = "\(2 + numbers[7])d"
                }
            ]
        }
    }

    /// - Returns: every row that says something of leads, and what was told of each.
    private static func play(_ steps: [Step], _ rescoring: Rescoring, seed: UInt64) async throws -> [String] {
        var random = SeededRandom(seed: seed &+ 1)
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(ids.map { .test($0, employees: 150) })
        var duty = duty(fixture)
        for step in steps {
            fixture.service.clock.advance(to: step.at)
            try await run(&duty, rescoring, fixture, &random)
            switch step.act {
            case .activate(let version): try await fixture.activate(version)
            case .upsert(let lead): _ = try await fixture.upsert([lead])
            case .record(let engagement): _ = try await fixture.record([engagement])
            case .merge(let id, let root): _ = try? await fixture.merge(id, into: root)
            case .split(let id): _ = try? await fixture.split(id)
            }
            try await run(&duty, rescoring, fixture, &random)
        }
        fixture.service.clock.advance(by: .days(400))
        try await fixture.service.settle()
        return try await fixture.rowsOfLeads() + fixture.toldOfLeads()
    }

    private static func run(
        _ duty: inout RescoreLeads, _ rescoring: Rescoring, _ fixture: ScoringFixture, _ random: inout SeededRandom
    ) async throws {
        switch rescoring {
        case .late: break
        case .atOnce:
            duty = self.duty(fixture)
            while try await duty.runOnce() > 0 {}
        case .killed, .slow:
            guard Bool.random(using: &random) else { return }
            if rescoring == .killed { duty = self.duty(fixture) }
            for _ in 0..<Int.random(in: 1...3, using: &random) { _ = try await duty.runOnce() }
            // It was told of no version by the library of the service, and rests.
            if rescoring == .slow, Int.random(in: 0..<3, using: &random) == 0 { duty = self.duty(fixture) }
        }
    }

    private static func duty(_ fixture: ScoringFixture) -> RescoreLeads {
        let library = AgreementLibrary<ScoringRules>(
            store: fixture.service.store, icp: fixture.service.transport
        ) { try ScoringRules($0) }
        return RescoreLeads(store: fixture.service.store, library: library, page: 1, pages: 2, rounds: 1)
    }
}

extension ScoringFixture {
    fileprivate func rowsOfLeads() async throws -> [String] {
        try await service.store.read { database in
            try ["lead", "score_change", "qualification", "cooling", "lead_part"].flatMap { table in
                try Row.fetchAll(database, sql: "SELECT * FROM \(table) ORDER BY 1, 2").map { "\(table) \($0)" }
            }
        }
    }

    /// In the order of leads, and of each lead in the order in which it was told.
    fileprivate func toldOfLeads() async throws -> [String] {
        let told = try await service.told()
        return try Dictionary(grouping: told, by: \.key).sorted { $0.key < $1.key }.flatMap { _, events in
            try events.enumerated().map { index, event in
                var event = event
                event.eventID = ""
                event.requestID = ""
                event.traceparent = ""
                return "\(event.key) \(index): \(try event.jsonString())"
            }
        }
    }
}
