import AccordTesting
import Contracts
import Foundation
import GRDB
import Hosting
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

/// A person who is to be forgotten.
@Suite struct LeadErasureTests {
    private let start = ScoringFixture.start

    /// What is known of her and of no one else.
    private static let planted = [
        "ottoline", "Quibble", "Wozzle", "q-4711", "/private-page", "she-said", "Contessa", "ana-2",
    ]

    /// `ana` and `ana-2` are one by their address, of which fields changed, which did much, qualified and cooled, and
    /// from which `eve` was told apart; `ben` is someone else.
    private func scene() async throws -> ScoringFixture {
        let fixture = try ScoringFixture([
            .test {
                $0.identity.sameEmail = "merge"
                $0.qualification.threshold = 50
            }
        ])
        _ = try await fixture.upsert(
            [Self.ana("ana"), .test("ana-2"), .test("ben", employees: 450), .test("eve")],
            [
                .test("w1", "ana", "webinar_attended", at: start), .test("w2", "ben", "webinar_attended", at: start),
                .with {
                    $0.engagementID = "she-said"
                    $0.leadID = "ana-2"
                    $0.kind = "page_viewed"
                    $0.contentID = "/private-page"
                    $0.occurredAt = start.wire
                },
            ])
        // They become one only now.
        _ = try await fixture.upsert([Self.ana("ana-2")])
        var other = Self.ana("ana-2")
        other.person.name = "Contessa Quibble"
        _ = try await fixture.upsert([other])
        _ = try await fixture.merge("eve", into: "ana-2")
        _ = try await fixture.split("eve")
        fixture.service.clock.advance(by: .days(60))
        try await fixture.service.settle()
        return fixture
    }

    private static func ana(_ id: String) -> WireLead {
        .with {
            $0.leadID = id
            $0.person.name = "Ottoline Quibble"
            $0.person.email = "ottoline@wozzle.example"
            $0.company.name = "Wozzle Works"
            $0.company.employees = 450
            $0.externalIds = [
                .with {
                    $0.source = "hubspot"
                    $0.id = "q-4711"
                }
            ]
        }
    }

    /// Tables with a value that contains a text, of all there are.
    private func tables(with text: String, _ fixture: ScoringFixture) async throws -> Set<String> {
        try await tables(fixture) { value in
            switch value {
            case .string(let found): found.contains(text)
            case .blob(let found): found.range(of: Data(text.utf8)) != nil
            default: false
            }
        }
    }

    private func tables(withID ids: Set<String>, _ fixture: ScoringFixture) async throws -> Set<String> {
        try await tables(fixture) { if case .string(let found) = $0 { ids.contains(found) } else { false } }
    }

    private func tables(
        _ fixture: ScoringFixture, where isWanted: @Sendable (DatabaseValue.Storage) -> Bool
    ) async throws -> Set<String> {
        try await fixture.service.store.read { database in
            let names = try String.fetchAll(database, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
            return try Set(
                names.filter { name in
                    try Row.fetchAll(database, sql: "SELECT * FROM \"\(name)\"").contains { row in
                        row.databaseValues.contains { isWanted($0.storage) }
                    }
                })
        }
    }

    private func erase(_ fixture: ScoringFixture, _ id: String) async throws -> WireEraseLeadResponse {
        try await fixture.client.eraseLead(
            .with {
                $0.leadID = id
                $0.erasedBy = "rita@example.com"
                $0.reason = "asked for it"
            })
    }

    private func refusal(_ body: () async throws -> Void) async -> RPCError? {
        await #expect(throws: RPCError.self) { try await body() }
    }

    @Test func noTableHasAnythingOfAnErasedPerson() async throws {
        let fixture = try await scene()
        var found: Set<String> = []
        for text in Self.planted { found.formUnion(try await tables(with: text, fixture)) }
        let told: Set = [
            "lead", "engagement", "lead_part", "lead_field_change", "external_id", "lead_email", "lead_merge",
            "lead_apart", "score_change", "qualification", "cooling", "former_score_change", "former_qualification",
            "outbox",
        ]
        found.formUnion(try await tables(withID: ["ana", "ana-2"], fixture))
        #expect(told.subtracting(found).isEmpty, "nothing was planted in \(told.subtracting(found).sorted())")
        _ = try await erase(fixture, "ana-2")
        for text in Self.planted where text != "ana-2" {
            #expect(try await tables(with: text, fixture).isEmpty, "\(text)")
        }
        #expect(try await tables(withID: ["ana", "ana-2"], fixture) == ["erased_lead", "outbox"])
    }

    @Test func everyIdOfThePersonIsErasedAndOthersAreNot() async throws {
        let fixture = try await scene()
        let others = [try await fixture.get("ben"), try await fixture.explain("ben")] as [any Message]
        let answer = try await erase(fixture, "ana-2")
        #expect(answer.leadIds == ["ana", "ana-2"] && Instant(answer.erasedAt) == fixture.service.clock.now())
        #expect(answer.engagements == 2 && answer.fieldChanges > 0 && answer.scoreChanges > 0)
        #expect(answer.qualifications == 1)
        #expect(try await fixture.get("ben").isEqualTo(message: others[0]))
        #expect(try await fixture.explain("ben").isEqualTo(message: others[1]))
        let eve = try await fixture.get("eve")
        #expect(eve.lead.leadID == "eve" && eve.merges.isEmpty)
        #expect(try await fixture.client.listLeads(.init()).leads.map(\.lead.leadID) == ["ben", "eve"])
        let told = try await fixture.service.told()
        #expect(told.last?.leadErased.leadID == "ana" && told.last?.leadErased.otherIds == ["ana-2"])
        let kinds = Set(told.filter { ["ana", "ana-2"].contains($0.key) }.map { $0.payload?.kind })
        #expect(kinds == [.leadErased])
        #expect(told.contains { $0.key == "ben" && $0.payload?.kind == .leadQualified })
    }

    @Test(arguments: ["ana", "ana-2"])
    func whoeverAsksAgainIsAnsweredTheSameAndNothingHappens(id: String) async throws {
        let fixture = try await scene()
        let first = try await erase(fixture, "ana")
        let told = try await fixture.service.told().count
        fixture.service.clock.advance(by: .days(1))
        #expect(try await erase(fixture, id) == first)
        #expect(try await fixture.service.told().count == told)
    }

    @Test func anErasedIdIsNeverUsedAgain() async throws {
        let fixture = try await scene()
        _ = try await erase(fixture, "ana")
        let sentence = "was erased at \(fixture.service.clock.now().text)"
        let answer = try await fixture.upsert(
            [.test("ana"), .test("new")],
            [.test("e1", "ana-2", "page_viewed", at: start), .test("e2", "new", "page_viewed", at: start)])
        #expect(answer.results.map(\.status) == [.failed, .created])
        #expect(answer.engagementResults.map(\.status) == [.failed, .created])
        for error in [answer.results[0].error, answer.engagementResults[0].error] {
            #expect(error.code == "failed_precondition" && error.message.contains(sentence))
        }
        let merge = await refusal { _ = try await fixture.merge("ana-2", into: "ben") }
        #expect(merge?.code == .failedPrecondition && merge?.message.contains(sentence) == true)
        let reads = [
            await refusal { _ = try await fixture.get("ana-2") },
            await refusal { _ = try await fixture.explain("ana") },
            await refusal { _ = try await fixture.split("ana-2") },
            await refusal { _ = try await fixture.client.listFieldChanges(.with { $0.leadID = "ana" }) },
        ]
        for read in reads { #expect(read?.code == .notFound && read?.message.contains(sentence) == true) }
    }

    @Test func aPersonWhoComesAgainIsANewLead() async throws {
        let fixture = try await scene()
        _ = try await erase(fixture, "ana")
        var again = Self.ana("ana-3")
        again.createdAt = fixture.service.clock.now().wire
        #expect(try await fixture.upsert([again]).results.map(\.status) == [.created])
        let lead = try await fixture.get("ana-3")
        #expect(lead.formerIds.isEmpty && lead.engagementCount == 0 && lead.externalIds.map(\.id) == ["q-4711"])
    }

    @Test func aLeadIsErasedByItsAddressAndByItsIdInAnotherSystem() async throws {
        let byAddress = try await scene()
        try await byAddress.service.settle()
        let answer = try await byAddress.client.eraseLead(
            .with {
                $0.email = "Ottoline@Wozzle.example"
                $0.erasedBy = "rita"
            })
        #expect(answer.leadIds == ["ana", "ana-2"])
        let unknown = await refusal {
            _ = try await byAddress.client.eraseLead(
                .with {
                    $0.email = "ottoline@wozzle.example"
                    $0.erasedBy = "rita"
                })
        }
        #expect(unknown?.code == .notFound)
        let byOther = try await scene()
        let other = try await byOther.client.eraseLead(
            .with {
                $0.externalID = Self.ana("ana").externalIds[0]
                $0.erasedBy = "rita"
            })
        #expect(other.leadIds == ["ana", "ana-2"])
    }

    @Test func anAddressNamesNoLeadWhereTheAgreementKeepsNone() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert([Self.ana("ana")])
        let error = await refusal {
            _ = try await fixture.client.eraseLead(
                .with {
                    $0.email = "ottoline@wozzle.example"
                    $0.erasedBy = "rita"
                })
        }
        #expect(error?.code == .failedPrecondition)
    }

    @Test func aRequestThatDoesNotSayWhomAndWhoIsRefusedWithAllFaults() async throws {
        let fixture = try ScoringFixture()
        for request: WireEraseLeadRequest in [
            .init(),
            .with {
                $0.leadID = "ana"
                $0.email = "ottoline@wozzle.example"
            },
        ] {
            let error = await refusal { _ = try await fixture.client.eraseLead(request) }
            #expect(error?.code == .invalidArgument)
            #expect(error?.message.contains("lead_id") == true && error?.message.contains("erased_by") == true)
        }
    }

    /// A rescore reads ahead: what it made of a lead that is erased meanwhile is not stored.
    @Test func aRescoreThatIsUnderWayBringsNoOneBack() async throws {
        let fixture = try ScoringFixture()
        _ = try await fixture.upsert(
            (0..<50).map { .test("lead-\($0)", employees: 450) }, [.test("e", "lead-7", "webinar_attended", at: start)])
        fixture.service.clock.advance(by: .days(2))
        try await fixture.activate(.test(2, effectiveAt: start.adding(.days(1))) { $0.fit[0].points = 10 })
        let duties = fixture.service.assembly.duties
        async let erased = erase(fixture, "lead-7")
        for duty in duties { _ = try await duty.runOnce() }
        #expect(try await erased.leadIds == ["lead-7"])
        try await fixture.service.settle()
        #expect(try await fixture.client.listLeads(.init()).leads.count == 49)
        let absent = await refusal { _ = try await fixture.get("lead-7") }
        #expect(absent?.code == .notFound)
        #expect(
            try await fixture.service.told().filter { $0.key == "lead-7" }.allSatisfy {
                $0.payload?.kind == .leadErased
            })
    }
}
