import AccordTesting
import Contracts
import ICPDomain
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Synchronization
import Testing

@Suite struct ImpactTests {
    /// Scoring and Routing as stubs: leads with two scores each, in pages, and an owner by the lead's number.
    struct Stubs: Sendable {
        var leads: [WireLeadComparison] = []
        var pageSize = 2
        var partitions = "all"
        var scoringFails: @Sendable (_ token: String) throws -> Void = { _ in }
        var routingFails: @Sendable () throws -> Void = {}
        /// Sees each question put to Scoring.
        var asked: @Sendable (WireCompareScoringRequest, RPCContext) async -> Void = { _, _ in }

        var routes: [RPCRoute] {
            [
                RPCRoute(WireScoringServiceMethods.compareScoring) { request, context in
                    try scoringFails(request.page.pageToken)
                    await asked(request, context)
                    let start = Int(request.page.pageToken) ?? 0
                    let end = min(leads.count, start + pageSize)
                    return .with {
                        $0.leads = Array(leads[start..<end])
                        $0.nextPageToken = end < leads.count ? "\(end)" : ""
                        $0.partitions = partitions
                    }
                },
                RPCRoute(WireRoutingServiceMethods.compareRouting) { request, _ in
                    try routingFails()
                    return .with {
                        $0.leads = request.leads.map { lead in
                            .with {
                                $0.leadID = lead.lead.leadID
                                if lead.hasBefore { $0.before.poolID = "everyone" }
                                if lead.hasAfter { $0.after.poolID = lead.after.total > 80 ? "large" : "everyone" }
                            }
                        }
                    }
                },
            ]
        }
    }

    /// `A1 mql 85 -> B1 engaged 40`
    static func lead(_ id: String, _ text: String) -> WireLeadComparison {
        let sides = text.split(separator: " ")
        func score(_ at: Int) -> WireComparedScore {
            .with {
                $0.grade = String(sides[at])
                $0.state = sides[at + 1] == "mql" ? .mql : sides[at + 1] == "engaged" ? .engaged : .inquiry
                $0.total = Double(sides[at + 2]) ?? 0
            }
        }
        return .with {
            $0.leadID = id
            $0.company = "Company \(id)"
            $0.before = score(0)
            $0.after = score(4)
            $0.lead.leadID = id
        }
    }

    static let leads = [
        lead("l-1", "B2 engaged 50 -> B2 mql 50"), lead("l-2", "A1 mql 85 -> A1 mql 90"),
        lead("l-3", "A1 mql 70 -> B1 mql 70"), lead("l-4", "C2 mql 60 -> C2 engaged 40"),
        lead("l-5", "D4 inquiry 0 -> D4 inquiry 0"),
    ]

    static func impact(
        _ stubs: Stubs, examples: Int32? = nil, after: String = small("threshold: 60", "threshold: 55")
    ) async throws -> WireGetImpactResponse {
        let fixture = try IcpFixture(peers: stubs.routes)
        try await fixture.enact(small)
        return try await fixture.client.getImpact(
            .with {
                $0.after.document = after
                if let examples { $0.examples = examples }
                $0.html = true
            })
    }

    @Test func countsWhoMovesWhere() async throws {
        let answer = try await Self.impact(Stubs(leads: Self.leads))
        let impact = answer.impact
        #expect(Instant(impact.asOf) == IcpFixture.start && impact.leads == 5 && impact.notComputed.isEmpty)
        #expect((impact.becomeMql, impact.ceaseMql) == (1, 1))
        #expect((impact.gradeChanges, impact.stageChanges, impact.ownerChanges) == (1, 2, 1))
        func texts(_ movements: [WireMovement]) -> [String] { movements.map { "\($0.from)>\($0.to) \($0.leads)" } }
        #expect(texts(impact.grades) == ["A1>A1 1", "A1>B1 1", "B2>B2 1", "C2>C2 1", "D4>D4 1"])
        #expect(texts(impact.stages) == ["engaged>mql 1", "inquiry>inquiry 1", "mql>engaged 1", "mql>mql 2"])
        #expect(texts(impact.owners) == ["pool everyone>pool everyone 1", "pool everyone>pool large 1"])
        #expect(impact.examples.map(\.leadID) == ["l-1", "l-2", "l-3", "l-4"])
        #expect(impact.examples[0].ownerBefore == "" && impact.examples[0].ownerAfter == "pool everyone")
        #expect(answer.changes.map(\.sentence) == ["MQL threshold 60 -> 55"])
        #expect((answer.beforeVersion, answer.afterVersion) == (1, 0))
        #expect(answer.html.contains("Become an MQL") && answer.html.contains("Company l-1"))
        #expect(answer.html.contains("<td><del>A1</del> <ins>B1</ins></td>") && answer.html.contains("<td>A1</td>"))
    }

    @Test func examplesAreBoundedForEachKindOfChange() async throws {
        let many = (0..<9).map { Self.lead("l-\($0)", "A1 mql 70 -> B1 mql 70") } + Self.leads.suffix(2)
        let impact = try await Self.impact(Stubs(leads: many), examples: 2).impact
        #expect(impact.examples.map(\.leadID) == ["l-0", "l-1", "l-4"])
        #expect(try await Self.impact(Stubs(leads: many), examples: 0).impact.examples.isEmpty)
    }

    @Test func oneInstantAndBothAgreementsGoWithEveryPage() async throws {
        let seen = Seen()
        _ = try await Self.impact(
            Stubs(leads: Self.leads, asked: { request, _ in seen.requests.withLock { $0.append(request) } }))
        let requests = seen.requests.withLock { $0 }
        #expect(requests.map(\.page.pageToken) == ["", "2", "4"])
        #expect(Set(requests.map(\.asOf.seconds)).count == 1)
        #expect(requests.allSatisfy { $0.before.scoring.qualification.threshold == 60 })
        #expect(requests.allSatisfy { $0.after.scoring.qualification.threshold == 55 && !$0.withEngagements })
    }

    @Test func engagementsAreAskedForWhereRoutingReadsBehaviour() async throws {
        let seen = Seen()
        let after = small(
            "when: {field: company.employees, op: gte, value: 1000}", "when: {all: [{event: visited, at_least: 2}]}")
        _ = try await Self.impact(
            Stubs(leads: Self.leads, asked: { request, _ in seen.requests.withLock { $0.append(request) } }),
            after: after)
        #expect(seen.requests.withLock { $0.allSatisfy(\.withEngagements) })
    }

    @Test func saysWhatRoutingCouldNotAnswer() async throws {
        let impact = try await Self.impact(
            Stubs(leads: Self.leads, routingFails: { throw RPCError(.unavailable, "it sleeps") })
        ).impact
        #expect(impact.leads == 5 && impact.becomeMql == 1 && impact.owners.isEmpty && impact.ownerChanges == 0)
        #expect(impact.notComputed.map(\.what) == ["owners"] && impact.notComputed[0].leads == 4)
        #expect(impact.notComputed[0].reason.contains("it sleeps"))
    }

    @Test func saysWhatScoringCouldNotAnswer() async throws {
        let late = Stubs(
            leads: Self.leads,
            scoringFails: { if $0 == "4" { throw RPCError(.unavailable, "it sleeps") } })
        let impact = try await Self.impact(late).impact
        #expect(impact.leads == 4 && impact.notComputed.map(\.what) == ["grades_and_stages"])
        #expect(impact.notComputed[0].reason.contains("after 4 leads"))
        let never = Stubs(scoringFails: { _ in throw RPCError(.unavailable, "it sleeps") })
        #expect(await error { _ = try await Self.impact(never) }?.code == .unavailable)
        let part = try await Self.impact(Stubs(leads: Self.leads, partitions: "0-15")).impact
        #expect(part.notComputed.map(\.reason).first?.contains("0-15") == true)
    }

    @Test func stopsInTimeAndSaysSo() async throws {
        let stubs = Stubs(
            leads: Self.leads,
            asked: { request, context in
                // As if this page had taken all but nothing of what the caller gave.
                guard request.page.pageToken == "2", let deadline = context.deadline else { return }
                while ContinuousClock.now.duration(to: deadline) > .seconds(5) {
                    try? await Task.sleep(for: .milliseconds(10))
                }
            })
        let fixture = try IcpFixture(peers: stubs.routes)
        try await fixture.enact(small)
        let impact = try await fixture.client.getImpact(
            .with { $0.after.document = small("threshold: 60", "threshold: 55") }, CallOptions(timeout: .seconds(12))
        ).impact
        #expect(impact.leads == 4)
        #expect(impact.notComputed.map(\.reason).first?.contains("after 4 leads") == true)
    }

    @Test func whatPeopleWroteIsEscapedOnThePage() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        let html = try await fixture.client.diffAgreements(
            .with {
                $0.after.document = small("fallback_pool: everyone", "fallback_pool: \"<script>alert(1)</script>\"")
                    .replacing("name: Small", with: "name: \"A & <b>\"")
                $0.html = true
            }
        ).html
        #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;") && !html.contains("<script>"))
        #expect(html.contains("A &amp; &lt;b&gt;: what changes"))
    }

    @Test func comparesStoredVersionsMomentsAndDocuments() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        fixture.service.clock.advance(by: .days(1))
        try await fixture.enact(small("threshold: 60", "threshold: 55"))
        func diff(_ change: (inout WireDiffAgreementsRequest) -> Void) async throws -> WireDiffAgreementsResponse {
            try await fixture.client.diffAgreements(.with(change))
        }
        let stored = try await diff {
            $0.before.version = 1
            $0.after.version = 2
        }
        #expect(stored.text == "Scoring\n  MQL threshold 60 -> 55" && stored.html.isEmpty)
        #expect((stored.beforeVersion, stored.afterVersion) == (1, 2))
        #expect(try await diff { $0.before.at = IcpFixture.start.wire }.changes == stored.changes)
        let back = try await diff { $0.after.document = small }
        #expect(back.changes.map(\.sentence) == ["MQL threshold 55 -> 60"] && back.beforeVersion == 2)
        #expect(try await diff { _ in }.changes.isEmpty)
        #expect(await error { _ = try await diff { $0.after.version = 8 } }?.code == .notFound)
        let both = await error {
            _ = try await diff {
                $0.after.version = 1
                $0.after.document = small
            }
        }
        #expect(both?.badRequest.map(\.path) == ["after"])
        let faulty = await error { _ = try await diff { $0.before.document = "name: X\nzoone: UTC\n" } }
        #expect(faulty?.badRequest.map(\.path) == ["before.zoone"] && faulty?.badRequest.first?.line == 2)
        let nothing = await error { _ = try await fixture.client.getImpact(.with { $0.examples = 101 }) }
        #expect(nothing?.badRequest.map(\.path) == ["examples", "after"])
    }
}

/// What a stub was asked.
private final class Seen: Sendable {
    let requests = Mutex<[WireCompareScoringRequest]>([])
}
