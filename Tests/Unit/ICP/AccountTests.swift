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

    @Test func saysWhatIsLacking() async throws {
        let fixture = try IcpFixture()
        let match = WireMatchAccountsRequest.with { $0.accountIds = ["nobody"] }
        #expect(await error { _ = try await fixture.client.matchAccounts(match) }?.code == .failedPrecondition)
        try await fixture.enact(small)
        #expect(await error { _ = try await fixture.client.matchAccounts(match) }?.code == .notFound)
    }
}
