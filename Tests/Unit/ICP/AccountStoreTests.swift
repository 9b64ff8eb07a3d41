import AccordTesting
import Contracts
import GRDB
import Hosting
import ICPService
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

@Suite struct AccountStoreTests {
    static func account(_ id: String, parent: String = "", domains: [String] = [], name: String = "") -> WireAccount {
        .with {
            $0.accountID = id
            $0.name = name.isEmpty ? "Company \(id)" : name
            $0.parentID = parent
            $0.domains = domains
        }
    }

    @Test func domainsAreStoredAsHostsAndBadOnesAreSaid() async throws {
        let fixture = try IcpFixture()
        let results = try await fixture.client.upsertAccounts(
            .with {
                $0.accounts = [
                    Self.account("a", domains: ["https://WWW.Acme.com/de", "acme.com", "Bücher.example"]),
                    Self.account("b", domains: ["acme.com", "co.uk", "nothing"]), Self.account("c", parent: "c"),
                ]
            }
        ).results
        #expect(results.map(\.status) == [.created, .failed, .failed])
        #expect(results[1].error.violations.map(\.path) == ["accounts[1].domains[1]", "accounts[1].domains[2]"])
        #expect(results[2].error.violations.map(\.path) == ["accounts[2].parent_id"])
        #expect(try await fixture.account("a").account.domains == ["acme.com", "xn--bcher-kva.example"])
    }

    @Test func ownershipIsFollowedAndMayComeInAnyOrder() async throws {
        let fixture = try IcpFixture()
        try await fixture.store([Self.account("shop", parent: "group"), Self.account("group", parent: "holding")])
        #expect(try await fixture.account("shop").ancestorIds == ["group", "holding"])
        try await fixture.store([Self.account("holding"), Self.account("bank", parent: "group")])
        #expect(try await fixture.account("shop").ancestorIds == ["group", "holding"])
        #expect(try await fixture.account("group").subsidiaryIds == ["bank", "shop"])
        try await fixture.store([Self.account("bank")])
        #expect(try await fixture.account("group").subsidiaryIds == ["shop"])
    }

    @Test func noAccountOwnsItself() async throws {
        let fixture = try IcpFixture()
        try await fixture.store([Self.account("a", parent: "b"), Self.account("b", parent: "c")])
        let results = try await fixture.client.upsertAccounts(
            .with { $0.accounts = [Self.account("c", parent: "a"), Self.account("d")] }
        ).results
        #expect(results.map(\.status) == [.failed, .created])
        #expect(results[0].error.code == "failed_precondition")
        #expect(results[0].error.message == "an account cannot own itself: c -> a -> b -> c")
        #expect(await error { _ = try await fixture.account("c") }?.code == .notFound)

        try await fixture.store([Self.account("c")])
        let refused = await error { try await fixture.merge("c", into: "a") }
        #expect(refused?.code == .failedPrecondition)
        #expect(try await fixture.account("c").ancestorIds == [])
        // With what lies between them it is no circle any more.
        #expect(try await fixture.merge("c", "b", into: "a").ancestorIds == [])
    }

    @Test func formerIdsGoOnResolvingAndFillingUp() async throws {
        let fixture = try IcpFixture()
        try await fixture.store([
            Self.account("a", domains: ["acme.com"]), Self.account("b", parent: "p", domains: ["acme.de"]),
            Self.account("child", parent: "b"),
        ])
        fixture.service.clock.advance(by: .hours(1))
        let merged = try await fixture.merge("b", into: "a", reason: "same company")
        #expect(merged.account.accountID == "a" && merged.formerIds == ["b"])
        #expect(merged.account.domains == ["acme.com", "acme.de"] && merged.account.parentID == "p")
        #expect(merged.subsidiaryIds == ["child"])
        #expect(merged.merges.map(\.mergedID) == ["b"] && merged.merges[0].reason == "same company")
        #expect(Instant(merged.merges[0].mergedAt) == IcpFixture.start.adding(.hours(1)))
        #expect(try await fixture.account("b") == merged)
        #expect(try await fixture.account("child").ancestorIds == ["a", "p"])

        // A retry changes nothing; what is said of the former id fills up the account that stayed.
        #expect(try await fixture.merge("b", into: "a") == merged)
        try await fixture.store([
            .with {
                $0.accountID = "b"
                $0.industry = "software"
            }
        ])
        let filled = try await fixture.account("a")
        #expect(filled.account.industry == "software" && filled.account.domains == ["acme.com"])
        #expect(filled.account.parentID == "")
    }

    @Test func aMergeNamesEveryAccountThatIsNotKnown() async throws {
        let fixture = try IcpFixture()
        try await fixture.store([Self.account("a")])
        let unknown = await error { try await fixture.merge("x", "y", into: "a") }
        #expect(unknown?.code == .notFound && unknown?.message.contains("x, y") == true)
        #expect(
            await error { _ = try await fixture.client.mergeAccounts(WireMergeAccountsRequest()) }?.code
                == .invalidArgument)
    }

    @Test func theTrailOfMergesCannotBeChanged() async throws {
        let fixture = try IcpFixture()
        try await fixture.store([Self.account("a"), Self.account("b")])
        try await fixture.merge("b", into: "a")
        for sql in ["UPDATE account_merge SET reason = 'x'", "DELETE FROM account_merge"] {
            await #expect(throws: (any Error).self) {
                try await fixture.service.store.write { try $0.database.execute(sql: sql) }
            }
        }
        #expect(try await fixture.account("a").merges.count == 1)
    }

    @Test func findsByDomainAddressAndName() async throws {
        let fixture = try IcpFixture()
        try await fixture.store([
            Self.account("acme", domains: ["acme.co.uk"], name: "Acme Ltd."), Self.account("de", name: "Müller GmbH"),
            Self.account("us", name: "Muller Inc"),
        ])
        let queries: [WireAccountQuery] = [
            .with { $0.domain = "https://www.acme.co.uk" }, .with { $0.email = "ana@mail.acme.co.uk" },
            .with { $0.name = "ACME" }, .with { $0.name = "Muller" }, .with { $0.email = "ana@gmail.com" },
            .with { $0.domain = "other.co.uk" }, .with { $0.domain = "co.uk" }, WireAccountQuery(),
        ]
        let found = try await fixture.client.lookupAccounts(.with { $0.queries = queries }).results
        #expect(found.map(\.accountID) == ["acme", "acme", "acme", "", "", "", "", ""])
        #expect(
            found.map(\.matchedBy) == [
                .domain, .registeredDomain, .name, .name, .unspecified, .unspecified, .unspecified, .unspecified,
            ])
        #expect(found[3].candidates.map(\.accountID) == ["de", "us"])
        #expect(found.map(\.hasError) == [false, false, false, false, false, false, true, true])
        try await fixture.merge("us", into: "de")
        let again = try await fixture.client.lookupAccounts(.with { $0.queries = [queries[3]] }).results
        #expect(again[0].accountID == "de")
    }

    @Test func ofTooManyWithOneNameTheFirstAreShownAndNoneIsMeant() async throws {
        let fixture = try IcpFixture()
        try await fixture.store((0...200).map { Self.account("a-\(1_000 + $0)", name: "Acme") })
        let found = try await fixture.client.lookupAccounts(.with { $0.queries = [.with { $0.name = "ACME" }] })
        #expect(found.results[0].accountID.isEmpty && found.results[0].matchedBy == .name)
        #expect(found.results[0].reason == "more than 200 have the name acme")
        #expect(found.results[0].candidates.count == 20)
    }

    @Test func listsPageByPageWhatPassesTheFilters() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        try await fixture.store(
            (0..<30).map { number in
                .with {
                    $0.accountID = "a-\(number < 10 ? "0" : "")\(number)"
                    $0.name = number.isMultiple(of: 3) ? "Fizz \(number) GmbH" : "Buzz \(number)"
                    $0.employees = Int64(number)
                    $0.parentID = number == 5 ? "a-00" : ""
                    $0.custom = ["plan": .init(stringValue: number < 20 ? "pro" : "free")]
                }
            })
        try await fixture.merge("a-29", into: "a-28")
        func list(_ change: (inout WireListAccountsRequest) -> Void) async throws -> [String] {
            var request = WireListAccountsRequest.with { $0.page.pageSize = 7 }
            change(&request)
            var ids: [String] = []
            repeat {
                let response = try await fixture.client.listAccounts(request)
                ids += response.accounts.map(\.accountID)
                request.page.pageToken = response.nextPageToken
            } while !request.page.pageToken.isEmpty
            return ids
        }
        #expect(try await list { _ in }.count == 29)
        #expect(try await list { $0.name = "fizz" }.count == 10)
        #expect(try await list { $0.parentID = "a-00" } == ["a-05"])
        #expect(
            try await list {
                $0.where = .with {
                    $0.all = [
                        .with {
                            $0.field = "company.employees"
                            $0.op = "lt"
                            $0.value = .init(numberValue: 22)
                        },
                        .with {
                            $0.field = "custom.plan"
                            $0.op = "eq"
                            $0.value = .init(stringValue: "free")
                        },
                    ]
                }
            } == ["a-20", "a-21"])
        let wrong = await error {
            _ = try await list {
                $0.where = .with {
                    $0.field = "lead.source"; $0.op = "exists"
                }
            }
        }
        #expect(wrong?.code == .invalidArgument)
    }

    @Test func accountsFromBeforeThereWereKeysAreFoundAfterwards() async throws {
        let old = WireAccount.with {
            $0.accountID = "old"
            $0.name = "Acme Inc."
            $0.domains = ["https://acme.com", "nothing"]
            $0.parentID = "old"
        }
        let bytes: [UInt8] = try old.serializedBytes()
        let schemas = try await SchemaHistory.schemas(owner: "icp", IcpService.migrations) { count, transaction in
            guard count == 1 else { return }
            try transaction.database.execute(
                sql: "INSERT INTO account (account_id, name, account, updated_at) VALUES ('old', 'Acme', ?, 7)",
                arguments: [bytes.databaseBytes])
        } verify: { count, database in
            guard count == 1 else { return }
            let row = try Row.fetchOne(
                database, sql: "SELECT root_id, is_keyed, created_at FROM account WHERE account_id = 'old'")
            #expect(row == ["root_id": "old", "is_keyed": 0, "created_at": 7])
        }
        #expect(Set(schemas).count == 1)

        let fixture = try IcpFixture()
        try await fixture.service.store.write { transaction in
            try transaction.database.execute(
                sql: """
                    INSERT INTO account (account_id, root_id, account, is_keyed, created_at, updated_at)
                    VALUES ('old', 'old', ?, 0, 7, 7)
                    """, arguments: [bytes.databaseBytes])
        }
        try await fixture.service.settle()
        let found = try await fixture.client.lookupAccounts(.with { $0.queries = [.with { $0.domain = "acme.com" }] })
        #expect(found.results[0].accountID == "old")
        #expect(try await fixture.account("old").ancestorIds == [])
        #expect(try await fixture.account("old").account.domains == old.domains)
    }
}
