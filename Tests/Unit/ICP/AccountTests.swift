import AccordTesting
import Contracts
import Kernel
import RPC
import SwiftProtobuf
import Testing

@Suite struct AccountTests {
    static func account(_ id: String, employees: Int64? = nil, industry: String = "") -> WireAccount {
        .with {
            $0.accountID = id
            $0.name = "Company \(id)"
            $0.industry = industry
            if let employees { $0.employees = employees }
        }
    }

    @Test func storingAgainChangesNothingAndABadOneFailsAlone() async throws {
        let fixture = try IcpFixture()
        func upsert(_ accounts: [WireAccount]) async throws -> [WireItemResult] {
            try await fixture.client.upsertAccounts(.with { $0.accounts = accounts }).results
        }
        let accounts = [Self.account("a", employees: 5), Self.account(""), Self.account("b", employees: -1)]
        let first = try await upsert(accounts)
        #expect(first.map(\.status) == [.created, .failed, .failed])
        #expect(first[1].error.violations.map(\.path) == ["accounts[1].account_id"])
        #expect(first[2].error.violations.map(\.path) == ["accounts[2].employees"])
        #expect(try await upsert([Self.account("a", employees: 5)]).map(\.status) == [.unchanged])
        #expect(try await upsert([Self.account("a", employees: 6)]).map(\.status) == [.updated])
    }

    @Test func tooManyAreRefusedWhole() async throws {
        let fixture = try IcpFixture()
        let many = (0...1_000).map { Self.account("\($0)") }
        let refused = await error { _ = try await fixture.client.upsertAccounts(.with { $0.accounts = many }) }
        #expect(refused?.code == .invalidArgument)
    }

    @Test func matchesAccountsGivenAndStored() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        _ = try await fixture.client.upsertAccounts(
            .with { $0.accounts = [Self.account("stored", employees: 500)] })
        let response = try await fixture.client.matchAccounts(
            .with {
                $0.accounts = [
                    Self.account("both", employees: 500, industry: "Software"), Self.account("none", employees: 3),
                ]
                $0.accountIds = ["stored"]
            })
        #expect(response.agreementVersion == 1)
        #expect(response.matches.map(\.accountID) == ["both", "none", "stored"])
        #expect(response.matches.map(\.tier) == ["A", "", "A"])
        #expect(response.matches[0].score == 100)
        #expect(response.matches[1].failed == ["size"] && response.matches[1].unknown == ["industry"])
        #expect(response.matches[2].satisfied == ["size"])
        #expect(abs(response.matches[2].score - 200.0 / 3) < 1e-9)
        #expect(response.matches[0].reasons.map(\.path) == ["size", "industry"])
        #expect(response.matches[0].reasons.allSatisfy { $0.verdict == .true })
    }

    @Test func saysWhatIsLackingOfEachAlone() async throws {
        let fixture = try IcpFixture()
        let match = WireMatchAccountsRequest.with {
            $0.accountIds = ["nobody", "a"]
            $0.queries = [.with { $0.name = "Company A" }, .with { $0.name = "Nobody" }, WireAccountQuery()]
        }
        #expect(await error { _ = try await fixture.client.matchAccounts(match) }?.code == .failedPrecondition)
        try await fixture.enact(small)
        try await fixture.store([Self.account("a", employees: 500)])
        let matches = try await fixture.client.matchAccounts(match).matches
        #expect(matches.map(\.error.code) == ["not_found", "", "", "not_found", "invalid_argument"])
        #expect(matches.map(\.tier) == ["", "A", "A", "", ""])
        #expect(matches.map(\.accountID) == ["nobody", "a", "a", "", ""])
        #expect(matches[2].lookup.matchedBy == .name)
    }

    @Test func tellsAsMuchAsWasAskedFor() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        func match(_ detail: WireMatchDetail) async throws -> WireAccountMatch {
            try await fixture.client.matchAccounts(
                .with {
                    $0.accounts = [Self.account("a", employees: 500)]
                    $0.detail = detail
                }
            ).matches[0]
        }
        let tier = try await match(.tier)
        let criteria = try await match(.criteria)
        let reasons = try await match(.reasons)
        #expect(tier.tier == "A" && tier.score > 66 && tier.satisfied.isEmpty && tier.unknown.isEmpty)
        #expect(criteria.satisfied == ["size"] && criteria.unknown == ["industry"] && criteria.reasons.isEmpty)
        #expect(reasons.reasons.map(\.path) == ["size", "industry"])
        #expect(criteria.score == tier.score && reasons.score == tier.score && reasons.satisfied == criteria.satisfied)
        #expect(try await match(.unspecified) == reasons)
    }

    @Test func moreReasonsThanAnAnswerHoldsAreRefused() async throws {
        let fixture = try IcpFixture()
        let leaves = (0..<101).map { "{field: company.employees, op: gte, value: \($0)}" }.joined(separator: ", ")
        try await fixture.enact("name: Wide\nicp: {criteria: [{id: x, weight: 1, when: {any: [\(leaves)]}}]}\n")
        var request = WireMatchAccountsRequest.with {
            $0.accounts = (0..<1_000).map { Self.account("\($0)", employees: 5) }
        }
        #expect(await error { _ = try await fixture.client.matchAccounts(request) }?.code == .invalidArgument)
        request.detail = .criteria
        #expect(try await fixture.client.matchAccounts(request).matches.count == 1_000)
    }
}
