import AccordTesting
import Contracts
import GRDB
import Kernel
import Platform
import RPC
import Storage
import SwiftProtobuf
import Testing

@Suite struct TargetListTests {
    static func target(_ id: String, _ marketing: String = "ana", _ sales: String = "ben") -> WireTargetAccount {
        .with {
            $0.accountID = id
            $0.marketingOwner = marketing
            $0.salesOwner = sales
        }
    }

    static func fixture() async throws -> IcpFixture {
        let fixture = try IcpFixture()
        try await fixture.store(["a", "b", "c"].map { AccountStoreTests.account($0) })
        return fixture
    }

    static func propose(
        _ fixture: IcpFixture, _ targets: [WireTargetAccount], name: String = "Named"
    ) async throws -> WireTargetListRevision {
        try await fixture.client.proposeTargetList(
            .with {
                $0.listID = "named"
                $0.name = name
                $0.targets = targets
                $0.proposedBy = "rita"
            }
        ).revision
    }

    @discardableResult
    static func sign(
        _ fixture: IcpFixture, _ revision: Int64, _ side: WireSide, _ signer: String, digest: String = ""
    ) async throws -> WireTargetListRevision {
        try await fixture.client.signTargetList(
            .with {
                $0.listID = "named"
                $0.revision = revision
                $0.side = side
                $0.signer = signer
                $0.digest = digest
            }
        ).revision
    }

    static func get(_ fixture: IcpFixture, _ revision: Int64 = 0, at: Instant? = nil) async throws
        -> WireTargetListRevision
    {
        try await fixture.client.getTargetList(
            .with {
                $0.listID = "named"
                $0.revision = revision
                if let at { $0.at = at.wire }
            }
        ).revision
    }

    @Test func twoSignaturesPutItInForceAndTheNextTakesItsPlace() async throws {
        let fixture = try await Self.fixture()
        let first = try await Self.propose(fixture, [Self.target("b"), Self.target("a")])
        #expect(first.revision == 1 && first.state == .proposed && first.targets.map(\.accountID) == ["a", "b"])
        #expect(first.changes.map(\.kind) == [.added, .added])
        #expect(try await Self.sign(fixture, 1, .sales, "sue", digest: first.digest).state == .partlySigned)
        #expect(try await fixture.account("a").targetListIds == [])
        #expect(try await Self.sign(fixture, 1, .marketing, "mo").state == .inForce)
        #expect(try await fixture.account("a").targetListIds == ["named"])

        fixture.service.clock.advance(by: .days(1))
        let second = try await Self.propose(fixture, [Self.target("a", "ana", "cleo"), Self.target("c")])
        #expect(
            second.changes.map(\.sentence) == [
                "a: sales owner ben -> cleo", "b: removed", "c: added (marketing ana, sales ben)",
            ])
        #expect(try await Self.get(fixture).revision == 1)
        try await Self.sign(fixture, 2, .sales, "sue")
        try await Self.sign(fixture, 2, .marketing, "mo")
        #expect(try await Self.get(fixture).revision == 2)
        #expect(try await Self.get(fixture, at: IcpFixture.start).revision == 1)
        #expect(try await Self.get(fixture, 1).state == .superseded)

        let history = try await fixture.client.listTargetListRevisions(.with { $0.listID = "named" }).revisions
        #expect(history.map(\.revision) == [2, 1] && history.map(\.targetCount) == [2, 2])
        #expect(history[0].changes.count == 3 && history[0].signatures.map(\.signer) == ["mo", "sue"])
        #expect(history.allSatisfy { $0.targets.isEmpty })
    }

    /// Three thousand, more than half of what a page holds.
    private static func addChanges(_ fixture: IcpFixture, _ list: String, _ revision: Int) async throws {
        try await fixture.service.store.write { transaction in
            try transaction.database.execute(
                sql: """
                    WITH RECURSIVE place (i) AS (SELECT 10 UNION ALL SELECT i + 1 FROM place LIMIT 3000)
                    INSERT INTO target_list_change SELECT ?, ?, i, 'removed', 'b', 'b: removed' FROM place
                    """, arguments: [list, revision])
        }
    }

    @Test func aPageOfRevisionsThatChangedMuchHasFewerOfThem() async throws {
        let fixture = try await Self.fixture()
        for name in ["one", "two", "three"] { _ = try await Self.propose(fixture, [Self.target("a")], name: name) }
        for revision in 1...2 { try await Self.addChanges(fixture, "named", revision) }
        var pages: [[Int64]] = []
        var token = ""
        repeat {
            let answer = try await fixture.client.listTargetListRevisions(
                .with {
                    $0.listID = "named"
                    $0.page.pageToken = token
                })
            pages.append(answer.revisions.map(\.revision))
            token = answer.nextPageToken
        } while !token.isEmpty
        #expect(pages == [[3, 2], [1]])
    }

    @Test func listsWhoseChangesAreManyAreOnPagesOfTheirOwn() async throws {
        let fixture = try await Self.fixture()
        for id in ["one", "three", "two"] {
            _ = try await fixture.client.proposeTargetList(
                .with {
                    $0.listID = id
                    $0.name = id
                    $0.targets = [Self.target("a")]
                    $0.proposedBy = "rita"
                })
            try await Self.addChanges(fixture, id, 1)
        }
        let first = try await fixture.client.listTargetLists(.init())
        #expect(first.lists.map(\.listID) == ["one"])
        let second = try await fixture.client.listTargetLists(.with { $0.page.pageToken = first.nextPageToken })
        #expect(second.lists.map(\.listID) == ["three"])
        let third = try await fixture.client.listTargetLists(.with { $0.page.pageToken = second.nextPageToken })
        #expect(third.lists.map(\.listID) == ["two"] && third.nextPageToken.isEmpty)
    }

    @Test func onePersonCannotSignForBothSidesNorSignWhatWasNotRead() async throws {
        let fixture = try await Self.fixture()
        _ = try await Self.propose(fixture, [Self.target("a")])
        try await Self.sign(fixture, 1, .sales, "sue")
        #expect(try await Self.sign(fixture, 1, .sales, "SUE").signatures.count == 1)
        for (side, signer, digest) in [
            (WireSide.marketing, "Sue", ""), (.sales, "mo", ""), (.marketing, "mo", "other"),
        ] {
            let refused = await error { try await Self.sign(fixture, 1, side, signer, digest: digest) }
            #expect(refused?.code == .failedPrecondition, "\(signer)")
        }
        #expect(await error { try await Self.sign(fixture, 9, .sales, "sue") }?.code == .notFound)
        #expect(await error { try await Self.sign(fixture, 0, .unspecified, "") }?.code == .invalidArgument)
    }

    @Test func aNewProposalTakesThePlaceOfTheOneThatIsOpen() async throws {
        let fixture = try await Self.fixture()
        _ = try await Self.propose(fixture, [Self.target("a")])
        #expect(try await Self.propose(fixture, [Self.target("a")]).revision == 1)
        #expect(try await Self.propose(fixture, [Self.target("b")]).revision == 2)
        #expect(await error { try await Self.sign(fixture, 1, .sales, "sue") }?.code == .failedPrecondition)
        try await Self.sign(fixture, 2, .sales, "sue")
        try await Self.sign(fixture, 2, .marketing, "mo")
        #expect(try await Self.propose(fixture, [Self.target("b")]).revision == 2)
        #expect(try await Self.propose(fixture, []).revision == 3)
    }

    @Test func everyFaultIsSaidAtOnce() async throws {
        let fixture = try await Self.fixture()
        let shape = await error {
            _ = try await Self.propose(fixture, [Self.target("a", "ana", "Ana"), Self.target("", "", "x")])
        }
        #expect(
            shape?.badRequest.map(\.path) == [
                "targets[0].sales_owner", "targets[1].account_id", "targets[1].sales_owner",
            ])
        try await fixture.merge("b", into: "a")
        let known = await error {
            _ = try await Self.propose(fixture, [Self.target("a"), Self.target("b"), Self.target("x")])
        }
        #expect(known?.badRequest.map(\.path) == ["targets[1].account_id", "targets[2].account_id"])
    }

    @Test func listsAreFoundByAccountAlsoByAFormerId() async throws {
        let fixture = try await Self.fixture()
        _ = try await Self.propose(fixture, [Self.target("b")])
        try await Self.sign(fixture, 1, .sales, "sue")
        try await Self.sign(fixture, 1, .marketing, "mo")
        try await fixture.merge("b", into: "a")
        func lists(_ id: String) async throws -> [String] {
            try await fixture.client.listTargetLists(.with { $0.accountID = id }).lists.map(\.listID)
        }
        for (id, expected) in [("a", ["named"]), ("b", ["named"]), ("c", []), ("", ["named"])] {
            #expect(try await lists(id) == expected, "\(id)")
        }
        let where_ = WireCriteria.with {
            $0.field = "account.target_lists"
            $0.op = "contains"
            $0.value = .init(stringValue: "named")
        }
        let accounts = try await fixture.client.listAccounts(.with { $0.where = where_ }).accounts
        #expect(accounts.map(\.accountID) == ["a"])
    }
}
