import AccordTesting
import Contracts
import Hosting
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

/// Which leads are one.
@Suite struct IdentityTests {
    private let start = ScoringFixture.start

    private static let byEmail = WireAgreementVersion.test { $0.identity.sameEmail = "merge" }

    private func lead(_ id: String, email: String = "", _ external: String...) -> WireLead {
        .with {
            $0.leadID = id
            $0.person.email = email
            $0.externalIds = external.map { text in
                .with {
                    $0.source = String(text.prefix { $0 != ":" })
                    $0.id = String(text.drop { $0 != ":" }.dropFirst())
                }
            }
        }
    }

    @Test func `a new lead with a known external id is the known lead`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([lead("ana", "hubspot:42", "crm:7")])
        let result = try await fixture.upsert(
            [
                .with {
                    $0 = lead("x-1", "crm:7")
                    $0.company.employees = 450
                }
            ], [.test("w1", "x-1", "webinar_attended", at: start)])
        #expect(result.results.map(\.status) == [.created])
        #expect(result.results.map(\.storedID) == ["ana"])
        let told = try await fixture.scored()
        #expect(told.map(\.lead.leadID) == ["ana", "ana"])
        #expect(told.map(\.created) == [true, false])
        #expect(told.last?.engagements.map(\.leadID) == ["x-1"])
        #expect(try await fixture.qualified().map(\.lead.leadID) == ["ana"])
        let found = try await fixture.get("x-1")
        #expect(found.lead.leadID == "ana")
        #expect(found.lead.company.employees == 450)
        #expect(found.formerIds == ["x-1"])
        #expect(found.externalIds.map { "\($0.source):\($0.id)" } == ["crm:7", "hubspot:42"])
        #expect(found.merges.map(\.mergedBy) == ["external_id"])
        #expect(try await fixture.client.listLeads(.init()).leads.map(\.lead.leadID) == ["ana"])
    }

    @Test func `an external id finds its lead in every call`() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([lead("ana", "hubspot:42"), lead("", "hubspot:43")])
        let stored = try await fixture.record([.test("w1", "hubspot:42", "webinar_attended", at: start)])
        #expect(stored.map(\.status) == [.created])
        #expect(try await fixture.get("ana").score.engagement == 40)
        let found = try await fixture.client.getLead(
            .with {
                $0.externalID.source = "hubspot"
                $0.externalID.id = "42"
            })
        #expect(found.lead.lead.leadID == "ana")
        #expect(try await fixture.get("hubspot:43").lead.leadID == "hubspot:43")
        let explained = try await fixture.client.explainScore(.with { $0.leadID = "hubspot:42" })
        #expect(explained.leadID == "ana")
        #expect(try await fixture.merge("hubspot:42", into: "hubspot:43").formerIds == ["ana"])
        _ = try await fixture.split("hubspot:42")
        #expect(try await fixture.get("hubspot:42").lead.leadID == "ana")
    }

    @Test func `leads of one address are one where the agreement says so, and only then`() async throws {
        for merges in [true, false] {
            let fixture = try ScoringFixture([merges ? Self.byEmail : .test()])
            _ = try await fixture.upsert([
                lead("ana", email: "Ana@Example.com"), lead("ben", email: "info@example.com"),
            ])
            fixture.service.clock.advance(by: .hours(1))
            _ = try await fixture.upsert([
                lead("x-1", email: "ana@example.com"), lead("x-2", email: "info@example.com"),
                lead("x-3", email: "ana+news@example.com"),
            ])
            let ids = try await fixture.client.listLeads(.init()).leads.map(\.lead.leadID)
            #expect(ids == (merges ? ["ana", "ben", "x-2", "x-3"] : ["ana", "ben", "x-1", "x-2", "x-3"]))
        }
    }

    @Test func `two known leads become one when an address shows that they are`() async throws {
        let fixture = try ScoringFixture([Self.byEmail])
        _ = try await fixture.upsert(
            [lead("x", email: "ana@example.com")], [.test("w1", "x", "webinar_attended", at: start)])
        fixture.service.clock.advance(by: .hours(1))
        _ = try await fixture.upsert([lead("a")], [.test("d1", "a", "page_viewed", at: start)])
        let result = try await fixture.upsert(
            [lead("a", email: "ana@example.com")], [.test("d2", "a", "page_viewed", at: start.adding(.minutes(1)))])
        #expect(result.results.map(\.storedID) == ["x"])
        let found = try await fixture.get("a")
        #expect(found.lead.leadID == "x")
        #expect(found.engagementCount == 3)
        #expect(found.merges.map(\.reason) == ["ana@example.com"])
    }

    @Test func `what was split is not made one again by a rule, but by someone`() async throws {
        let fixture = try ScoringFixture([Self.byEmail])
        let both = [lead("ana", email: "a@example.com"), lead("zoe", email: "a@example.com", "crm:1")]
        _ = try await fixture.upsert(both)
        #expect(try await fixture.get("zoe").lead.leadID == "ana")
        _ = try await fixture.split("zoe")
        for _ in 0..<2 { _ = try await fixture.upsert(both + [lead("ana", "crm:1")]) }
        #expect(try await fixture.get("zoe").lead.leadID == "zoe")
        #expect(try await fixture.merge("zoe", into: "ana").formerIds == ["zoe"])
        #expect(try await fixture.get("zoe").merges.map(\.split) == [false, true, false])
    }

    @Test func `of several that were split, no rule makes any one with another`() async throws {
        let fixture = try ScoringFixture([Self.byEmail])
        let all = ["ana", "ben", "cleo"].map { lead($0, email: "a@example.com") }
        _ = try await fixture.upsert(all)
        #expect(try await fixture.get("ana").formerIds == ["ben", "cleo"])
        for id in ["ben", "cleo"] { _ = try await fixture.split(id) }
        for lead in all + all.reversed() { _ = try await fixture.upsert([lead]) }
        for lead in all { #expect(try await fixture.get(lead.leadID).lead.leadID == lead.leadID) }
        #expect(try await fixture.merge("cleo", into: "ben").formerIds == ["cleo"])
        for lead in all { _ = try await fixture.upsert([lead]) }
        #expect(try await fixture.get("ana").formerIds.isEmpty)
    }

    @Test(arguments: [["ben", "cleo"], ["cleo", "ben"]])
    func `what was part of a part is apart from the whole, in whatever order they are split`(order: [String])
        async throws
    {
        let fixture = try ScoringFixture([Self.byEmail])
        _ = try await fixture.upsert([lead("ana", email: "a@example.com"), lead("ben"), lead("cleo")])
        _ = try await fixture.merge("ben", into: "cleo")
        _ = try await fixture.merge("cleo", into: "ana")
        _ = try await fixture.split(order[0], order[1])
        _ = try await fixture.upsert(["ben", "cleo"].map { lead($0, email: "a@example.com") })
        for id in ["ana", "ben", "cleo"] { #expect(try await fixture.get(id).lead.leadID == id) }
    }

    @Test func `leads stored before the rule are made one by it, however many there are`() async throws {
        let fixture = try ScoringFixture()
        let leads = (0..<450).map { lead("lead-\(1_000 + $0)", email: "person-\($0 % 225)@example.com") }
        _ = try await fixture.upsert(leads)
        try await fixture.service.settle()
        for duty in fixture.service.assembly.duties { #expect(try await duty.runOnce() == 0) }
        var version = WireAgreementVersion.test(2, effectiveAt: start.adding(.days(1)))
        version.agreement.scoring.identity.sameEmail = "merge"
        try await fixture.service.deliver(
            .agreementActivated(.with { $0.version = version }), key: "agreement", at: start, version: 0)
        fixture.service.clock.advance(by: .days(2))
        for duty in fixture.service.assembly.duties { while try await duty.runOnce() > 0 {} }
        let found = try await fixture.client.listLeads(.with { $0.page.pageSize = 1_000 }).leads
        #expect(found.map(\.lead.leadID) == leads.prefix(225).map(\.leadID))
        #expect(try await fixture.get("lead-1225").formerIds == ["lead-1225"])
        _ = try await fixture.split("lead-1225")
        try await fixture.service.settle()
        for duty in fixture.service.assembly.duties { #expect(try await duty.runOnce() == 0) }
        #expect(try await fixture.get("lead-1225").formerIds.isEmpty)
    }

    @Test func `a lead does not become a heap of ids`() async throws {
        let fixture = try ScoringFixture([Self.byEmail])
        let crowd = (0..<120).map { lead("lead-\(1_000 + $0)", email: "test@example.com") }
        _ = try await fixture.upsert(crowd)
        let leads = try await fixture.client.listLeads(.init()).leads
        #expect(leads.count == 21)
        #expect(try await fixture.get("lead-1099").formerIds.count == 99)
        let error = await #expect(throws: RPCError.self) {
            try await fixture.merge("lead-1110", into: "lead-1000")
        }
        #expect(error?.code == .failedPrecondition)
    }
}

extension ScoringFixture {
    @discardableResult
    func merge(_ ids: String..., into leadID: String) async throws -> WireLeadRecord {
        try await client.mergeLeads(
            .with {
                $0.leadID = leadID
                $0.mergedIds = ids
                $0.mergedBy = "rita@example.com"
                $0.reason = "the same person"
            }
        ).lead
    }

    @discardableResult
    func split(_ ids: String...) async throws -> [WireLeadRecord] {
        try await client.splitLeads(
            .with {
                $0.leadIds = ids
                $0.splitBy = "rita@example.com"
            }
        ).leads
    }
}
