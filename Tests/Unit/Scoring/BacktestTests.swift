import AccordTesting
import Contracts
import Criteria
import Hosting
import Kernel
import Platform
import RPC
import ScoringDomain
import Storage
import SwiftProtobuf
import Synchronization
import Testing

@testable import ScoringService

/// `Backtest` over stored leads, with what became of them as a stub of Metrics tells it.
@Suite struct BacktestTests {
    private static let start = ScoringFixture.start
    private let service: ServiceFixture
    private let outcomes = ToldOutcomes()
    private var client: WireScoringServiceClient { WireScoringServiceClient(service.transport) }

    init() throws {
        service = try ServiceFixture(
            ScoringService.self, start: Self.start.adding(.days(100)), agreements: [.test(), Self.lower],
            peers: [outcomes.route])
    }

    /// Version 2, which is in force: fit alone, which counts half, is enough.
    private static let lower = WireAgreementVersion.test(2) { $0.qualification.threshold = 40 }

    /// Ana fits and comes to a webinar on day 3; Bob fits; Cy comes to a webinar and does not fit.
    private func fill() async throws {
        _ = try await client.upsertLeads(
            .with {
                $0.leads = [
                    .test("ana", employees: 300, createdAt: Self.start),
                    .test("bob", employees: 300, createdAt: Self.start.adding(.days(8))),
                    .test("cy", employees: 10, createdAt: Self.start),
                ]
                $0.leads[0].segment = "enterprise"
                $0.engagements = [
                    .test("a1", "ana", "webinar_attended", at: Self.start.adding(.days(3))),
                    .test("c1", "cy", "webinar_attended", at: Self.start.adding(.days(3))),
                ]
            })
        outcomes.known.withLock {
            $0 = [
                .with {
                    $0.leadID = "ana"
                    $0.qualifiedAt = Self.start.adding(.days(3)).wire
                    $0.acceptedAt = Self.start.adding(.days(5)).wire
                    $0.wonAt = Self.start.adding(.days(30)).wire
                    $0.wonAmounts = [
                        .with {
                            $0.minorUnits = 250_000
                            $0.currency = "USD"
                        },
                        .with {
                            $0.minorUnits = 7
                            $0.currency = "EUR"
                        },
                    ]
                }
            ]
        }
    }

    private func backtest(
        _ change: (inout WireBacktestRequest) -> Void = { _ in }
    ) async throws -> WireBacktestResponse {
        try await client.backtest(
            .with {
                $0.draft.version = 2
                $0.against.version = 1
                change(&$0)
            })
    }

    @Test func showsWhoWouldHaveQualifiedAndWhatBecameOfThem() async throws {
        try await fill()
        let answer = try await backtest { $0.leads = 10 }
        #expect(answer.leads == 3 && answer.draftVersion == 2 && answer.againstVersion == 1)
        #expect(answer.draft.qualified == 2 && answer.draft.neverWorked == 1 && answer.draft.tooYoung == 0)
        #expect(answer.against.qualified == 1 && answer.against.neverWorked == 0)
        for side in [answer.draft, answer.against] {
            #expect([side.accepted, side.won, side.precision, side.recall].map(\.count) == [1, 1, 1, 1])
            #expect([side.accepted, side.won, side.precision, side.recall].map(\.of) == [1, 1, 1, 1])
            #expect(side.sql.count == 0 && side.sql.of == 1)
            #expect(side.revenue.minorUnits == 250_000 && side.revenue.currency == "USD")
            // Wilson's interval of 1 of 1.
            #expect(abs(side.won.low - 0.20654931) < 1e-6 && side.won.high == 1)
        }
        #expect(answer.both.leads == 1 && answer.draftAlone.leads == 1 && answer.againstAlone.leads == 0)
        #expect(answer.draftAlone.outcome.of == 0 && answer.daysEarlier == 3)
        #expect(answer.segments.map(\.segment) == ["enterprise", ""])
        // The start is a Sunday.
        #expect(
            answer.weeks.map { Instant($0.start).text } == [
                "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z",
            ])
        #expect(answer.weeks.map(\.draft) == [1, 0, 1] && answer.weeks.map(\.against) == [0, 1, 0])
        #expect(answer.examples.map(\.leadID) == ["bob"] && !answer.examples[0].hasAgainstAt)
        #expect(answer.warnings.contains { $0.contains("never came to sales") })
        #expect(answer.warnings.contains { $0.contains("EUR is left out") })
    }

    @Test func whatCannotBeKnownYetIsInNoRate() async throws {
        try await fill()
        let answer = try await backtest { $0.horizon = "98d" }
        #expect(answer.against.tooYoung == 1 && answer.against.precision.of == 0)
        #expect(answer.draft.tooYoung == 0 && answer.draft.precision.of == 1)
        #expect(answer.warnings.contains { $0.contains("98d") })
        // Within ten days it was accepted and not yet won.
        let short = try await backtest { $0.horizon = "10d" }
        #expect(short.draft.accepted.count == 1 && short.draft.won.count == 0 && short.draft.revenue.minorUnits == 0)
    }

    @Test func thePeriodIsOfQualifyingAndWhoQualifiedBeforeIsNotNew() async throws {
        try await fill()
        let answer = try await backtest {
            $0.period.from = Self.start.adding(.days(2)).wire
            $0.period.to = Self.start.adding(.days(8)).wire
        }
        #expect(answer.draft.qualified == 0 && answer.against.qualified == 1)
        #expect(answer.againstAlone.leads == 0 && answer.draftAlone.leads == 0)
    }

    @Test func theVersionInForceIsTheMeasureAndAnAgreementNeedNoNumber() async throws {
        try await fill()
        let answer = try await backtest {
            $0.draft = .with { $0.agreement = WireAgreementVersion.test().agreement }
            $0.clearAgainst()
        }
        #expect(answer.draftVersion == 0 && answer.againstVersion == 2)
        #expect(answer.draft.qualified == 1 && answer.against.qualified == 2)
    }

    /// Ana came to be long before her source said what it says of her.
    @Test func fieldsCountFromWhenTheSourceSetThem() async throws {
        _ = try await client.upsertLeads(
            .with {
                $0.leads = [.test("ana", employees: 300, createdAt: Self.start)]
                $0.leads[0].sourceSystem = "crm"
                $0.leads[0].changedAt = Self.start.adding(.days(20)).wire
            })
        let answer = try await backtest { $0.leads = 1 }
        #expect(answer.examples.map { Instant($0.draftAt) } == [Self.start.adding(.days(20))])
    }

    @Test func aWordThatCameLateCountsFromWhenItWasRecorded() async throws {
        let cameAt = service.clock.now()
        try await upsert("ana", employees: 10, createdAt: cameAt, at: cameAt)
        service.clock.advance(by: .days(40))
        try await upsert("ana", employees: 300, createdAt: cameAt, at: cameAt.adding(.days(1)))
        service.clock.advance(by: .days(1))
        let answer = try await backtest { $0.leads = 1 }
        #expect(answer.examples.map { Instant($0.draftAt) } == [cameAt.adding(.days(40))])
    }

    private func played() async throws -> [String: BacktestLead] {
        let player = LifePlayer(
            draft: try ScoringRules(Self.lower), against: try ScoringRules(.test()), outcomes: [:],
            now: service.clock.now())
        let leads = try await service.store.read { try player.play(LeadRange(after: "", through: nil), $0) }
        return Dictionary(uniqueKeysWithValues: leads.map { ($0.id, $0) })
    }

    /// Ana is known when she asks for a demo, Bob comes with his past; of both one demo is told an hour after they came,
    /// of Cy and Di weeks later.
    @Test func whatALeadDidCountsFromWhenItWasToldUnlessItCameWithItsPast() async throws {
        let cameAt = service.clock.now()
        _ = try await client.upsertLeads(
            .with {
                $0.leads = [
                    .test("ana", createdAt: cameAt), .test("bob", createdAt: Self.start),
                    .test("cy", createdAt: cameAt), .test("di", createdAt: Self.start),
                ]
            })
        let (early, late) = (Self.start.adding(.days(30)), cameAt.adding(.minutes(5)))
        func tell(_ known: String, _ imported: String) async throws {
            _ = try await client.recordEngagements(
                .with {
                    $0.engagements = [
                        .test("d-\(known)", known, "demo_requested", at: late),
                        .test("d-\(imported)", imported, "demo_requested", at: early),
                    ]
                })
        }
        service.clock.advance(by: .hours(1))
        try await tell("ana", "bob")
        service.clock.advance(by: .days(40))
        try await tell("cy", "di")
        let toldAt = service.clock.now()
        service.clock.advance(by: .days(1))
        let played = try await played()
        #expect(played.mapValues(\.draftAt) == played.mapValues(\.againstAt))
        #expect(
            played.mapValues(\.draftAt)
                == ["ana": cameAt.adding(.hours(1)), "bob": early, "cy": toldAt, "di": toldAt])
    }

    /// Both came long after they came to be: what is said of Bob within the hour is of his past.
    @Test func aWordThatWasRecordedLongAfterALeadCameCountsFromThenAlsoInThePastThatItCameWith() async throws {
        for id in ["ana", "bob"] {
            _ = try await client.upsertLeads(.with { $0.leads = [.test(id, createdAt: Self.start)] })
        }
        let claimed = Self.start.adding(.days(30))
        service.clock.advance(by: .hours(1))
        try await upsert("bob", employees: 300, createdAt: Self.start, at: claimed)
        service.clock.advance(by: .days(31))
        try await upsert("ana", employees: 300, createdAt: Self.start, at: claimed)
        let toldAt = service.clock.now()
        service.clock.advance(by: .days(1))
        #expect(try await played().mapValues(\.draftAt) == ["ana": toldAt, "bob": claimed])
    }

    private func upsert(_ leadID: String, employees: Int64, createdAt: Instant, at moment: Instant) async throws {
        _ = try await client.upsertLeads(
            .with {
                $0.leads = [.test(leadID, employees: employees, createdAt: createdAt)]
                $0.leads[0].sourceSystem = "crm"
                $0.leads[0].changedAt = moment.wire
            })
    }

    @Test func faultsAreNamedAllAtOnce() async throws {
        let error = try await #require(throws: RPCError.self) {
            _ = try await client.backtest(
                .with {
                    $0.against.document = "name: X"
                    $0.outcome = "lost"
                    $0.horizon = "soon"
                    $0.leads = 1_001
                })
        }
        let paths = error.details.compactMap { $0.decoded(as: WireBadRequest.self) }.flatMap(\.violations).map(\.path)
        #expect(paths == ["outcome", "horizon", "leads", "draft", "against.document"])
        let unknown = try await #require(throws: RPCError.self) { _ = try await backtest { $0.draft.version = 9 } }
        #expect(unknown.code == .failedPrecondition)
    }

    /// What is planted for later, in fields or in engagement, does not change what had happened before.
    @Test(arguments: 1...200 as ClosedRange<UInt64>)
    func nothingCountsBeforeItsOwnTime(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let rules = try ScoringRules(
            .test { $0.qualification.threshold = [40, 55, 62].randomElement(using: &random) ?? 60 })
        func moment() -> Instant { Self.start.adding(.hours(.random(in: 0...2_000, using: &random))) }
        let records =
            ([Instant.distantPast] + (0..<Int.random(in: 0...3, using: &random)).map { _ in moment() }.sorted())
            .map { from -> (from: Instant, record: FieldRecord) in
                var record = FieldRecord(rules.catalogue)
                record["company.employees"] = .number(Bool.random(using: &random) ? 300 : 10)
                return (from, record)
            }
        let engagements = (0..<Int.random(in: 0...12, using: &random)).map { _ in
            let fact = BehaviourFact(
                kind: ["webinar_attended", "page_viewed", "demo_requested"].randomElement(using: &random) ?? "",
                occurredAt: moment(), record: FieldRecord(rules.catalogue))
            let late = TimeSpan.hours(Bool.random(using: &random) ? .random(in: 0...500, using: &random) : 0)
            return (fact: fact, from: fact.occurredAt.adding(late))
        }.sorted { $0.from < $1.from }
        func life(upTo then: Instant) -> LeadLife {
            let known = engagements.filter { $0.from <= then }
            return LeadLife(
                createdAt: Self.start, records: records.filter { $0.from <= then }, engagements: known.map(\.fact),
                knownFrom: known.map(\.from))
        }
        let whole = life(upTo: .distantFuture)
        let end = Self.start.adding(.days(100))
        let found = rules.firstQualification(of: whole, now: end)
        for _ in 0..<10 {
            let then = moment()
            let expected = found.flatMap { $0 <= then ? $0 : nil }
            #expect(rules.firstQualification(of: life(upTo: then), now: then) == expected, "seed \(seed)")
            #expect(rules.firstQualification(of: whole, now: then) == expected, "seed \(seed)")
        }
    }
}
