import AccordTesting
import Contracts
import Hosting
import Kernel
import RPC
import ScoringService
import SwiftProtobuf
import Synchronization
import Testing

/// `Calibrate` over stored leads, with what became of them as a stub of Metrics tells it.
@Suite struct CalibrateTests {
    private static let start = ScoringFixture.start
    private let service: ServiceFixture
    private let outcomes = ToldOutcomes()
    private var client: WireScoringServiceClient { WireScoringServiceClient(service.transport) }

    init() throws {
        let agreement = WireAgreementVersion.test { section in
            section.calibration.minimumLeads = 300
            section.calibration.minimumOutcomes = 40
        }
        service = try ServiceFixture(
            ScoringService.self, start: Self.start.adding(.days(400)), agreements: [agreement], peers: [outcomes.route])
    }

    /// Large companies are accepted 75 times of 100, others 25; those from events, which no rule reads, more often.
    private func fill(_ count: Int, age: Int64 = 300) async throws {
        var random = SeededRandom(seed: 12)
        let seenAt = Self.start.adding(.days(400 - age))
        var known: [WireLeadOutcome] = []
        for first in stride(from: 0, to: count, by: 500) {
            let numbers = first..<min(first + 500, count)
            var engagements: [WireEngagement] = []
            let leads = numbers.map { number -> WireLead in
                let isLarge = random.next() % 2 == 0
                let isEvent = random.next() % 4 == 0
                let id = "lead-\(10_000 + number)"
                let share: UInt64 = (isLarge ? 65 : 20) + (isEvent ? 25 : 0)
                known.append(
                    .with {
                        $0.leadID = id
                        $0.qualifiedAt = seenAt.wire
                        if random.next() % 100 < share { $0.acceptedAt = seenAt.adding(.hours(5)).wire }
                    })
                if random.next() % 3 == 0 {
                    engagements.append(.test("e-\(number)", id, "webinar_attended", at: seenAt.adding(.days(-2))))
                }
                // After the moment at which the lead is seen: it must not count.
                engagements.append(.test("late-\(number)", id, "page_viewed", at: seenAt.adding(.days(3))))
                return .with {
                    $0.leadID = id
                    $0.company.employees = isLarge ? 400 : 20
                    $0.source = isEvent ? "event" : "web"
                    $0.createdAt = seenAt.adding(.days(-10)).wire
                }
            }
            let response = try await client.upsertLeads(
                .with {
                    $0.leads = leads
                    $0.engagements = engagements
                })
            #expect(response.results.allSatisfy { $0.status == .created })
        }
        outcomes.known.withLock { [known] in $0 = known }
    }

    private func request(_ change: (inout WireCalibrateRequest) -> Void = { _ in }) -> WireCalibrateRequest {
        .with {
            $0.outcome = "accepted"
            change(&$0)
        }
    }

    @Test func learnsFromRulesAndFieldsAndDraftsPoints() async throws {
        try await fill(1_200)
        let answer = try await client.calibrate(request { $0.leads = 5 })
        #expect(answer.data.leads == 1_200 && answer.heldOut.leads == 300 && answer.training.leads == 900)
        #expect(answer.heldOut.auc > 0.7 && answer.heldOut.reliability.count == 10 && answer.pointsAuc > 0.6)
        let features = Dictionary(uniqueKeysWithValues: answer.coefficients.map { ($0.feature, $0.coefficient) })
        #expect(features["rule size"] ?? 0 > 0.3)
        // The source is read by no rule, and counts.
        #expect((features["lead.source = event"] ?? 0) - (features["lead.source = web"] ?? 0) > 0.6)
        // Page views came after the leads were seen.
        #expect(features["rule visits"] == nil)
        #expect(answer.leads.count == 5 && answer.leads.allSatisfy { (0...1).contains($0.probability) })

        let size = try #require(answer.points.first { $0.rule == "size" })
        #expect(size.points == 80 && size.proposed > 60 && size.group == "fit")
        #expect(answer.document.contains("\"id\":\"size\"") && answer.document.contains("all leads read the same"))
        #expect(answer.agreementVersion == 1)
    }

    @Test func aMergedLeadHasTheOutcomesOfAllItsIds() async throws {
        try await fill(400)
        let before = try await client.calibrate(request()).data
        let former = try #require(outcomes.known.withLock { $0.first(where: \.hasAcceptedAt) }).leadID
        let lead = try await client.getLead(.with { $0.leadID = former }).lead.lead
        _ = try await client.upsertLeads(
            .with {
                $0.leads = [
                    .with {
                        $0 = lead
                        $0.leadID = "stays"
                    }
                ]
            })
        _ = try await client.mergeLeads(
            .with {
                $0.leadID = "stays"
                $0.mergedIds = [former]
                $0.mergedBy = "rita"
            })
        #expect(try await client.calibrate(request()).data == before)
    }

    @Test func sameHistoryGivesTheSameBytes() async throws {
        try await fill(400)
        let first = try await client.calibrate(request())
        #expect(try await client.calibrate(request()) == first)
    }

    @Test func tooLittleIsRefusedByTheAgreedCountsAndSaysWhatWasLeftOut() async throws {
        try await fill(250)
        let few = await #expect(throws: RPCError.self) { try await client.calibrate(request()) }
        #expect(few?.code == .failedPrecondition)
        #expect(few?.message == "there are 250 leads whose outcome is known: 300 are needed")

        outcomes.known.withLock { known in for index in 0..<50 { known[index].clearQualifiedAt() } }
        let fewer = await #expect(throws: RPCError.self) { try await client.calibrate(request()) }
        #expect(fewer?.message.hasSuffix("(50 leads were left out: 50 never_qualified)") == true)
    }

    @Test func leadsWhoseTimeIsNotOverAreLeftOut() async throws {
        try await fill(350, age: 60)
        let young = await #expect(throws: RPCError.self) { try await client.calibrate(request()) }
        #expect(young?.message.contains("350 too_young") == true)
        let answer = try await client.calibrate(request { $0.horizon = "30d" })
        #expect(answer.data.leads == 350)
    }

    /// Seen five days after they came to be, which is five days before they qualified.
    @Test func leadsThatHadFailedBeforeAreLeftOut() async throws {
        try await fill(400)
        let early = Self.start.adding(.days(92)).wire
        outcomes.known.withLock { known in
            var failures = 0
            for index in known.indices where failures < 30 && !known[index].hasAcceptedAt {
                if failures < 20 { known[index].rejectedAt = early } else { known[index].lostAt = early }
                failures += 1
            }
        }
        let answer = try await client.calibrate(
            request {
                $0.population = "created"
                $0.observation = "5d"
            })
        #expect(answer.data.leads == 370)
        #expect(answer.data.leftOut.map(\.reason) == ["failed_before"] && answer.data.leftOut[0].leads == 30)
    }

    @Test func everyFaultOfTheRequestIsToldAtOnce() async throws {
        let wrong = await #expect(throws: RPCError.self) {
            try await client.calibrate(
                .with {
                    $0.outcome = "bought"
                    $0.population = "all"
                    $0.horizon = "soon"
                    $0.split = "odd"
                    $0.heldOut = 0.9
                    $0.penalty = 0
                    $0.leads = 5_000
                })
        }
        #expect(wrong?.code == .invalidArgument)
        for path in ["outcome", "population", "horizon", "split", "held_out", "penalty", "leads"] {
            #expect(wrong?.message.contains("\(path): found") == true, "\(path)")
        }
    }
}
