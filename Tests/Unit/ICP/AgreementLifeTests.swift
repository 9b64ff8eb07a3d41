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

@Suite struct AgreementLifeTests {
    static func threshold(_ points: Int) -> String { small("threshold: 60", "threshold: \(points)") }

    // MARK: - Drafts

    @Test func aDraftIsKeptComparedAndProposedButNotSigned() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        let draft = try await fixture.draft(Self.threshold(55))
        #expect(draft.version == 2 && draft.state == .draft && draft.proposedBy == "dora" && draft.basedOn == 1)
        #expect(try await fixture.draft(Self.threshold(55)).version == 2)
        let early = await error { _ = try await fixture.sign(2, .sales, "bo") }
        #expect(early?.code == .failedPrecondition && early?.message.contains("a draft") == true)
        let request = WireProposeAgreementRequest.with {
            $0.draft = 2
            $0.proposedBy = "rita"
        }
        let proposed = try await fixture.client.proposeAgreement(request)
        #expect(proposed.version.state == .proposed && proposed.version.proposedBy == "rita")
        #expect(proposed.version.digest == draft.digest)
        #expect(proposed.changes.map(\.sentence) == ["MQL threshold 60 -> 55"])
        #expect(try await fixture.client.proposeAgreement(request).version == proposed.version)
        #expect(try await fixture.told(.agreementProposed).map(\.agreementProposed.version.version) == [1, 2])
        try await fixture.sign(2, .marketing, "ana")
        #expect(try await fixture.sign(2, .sales, "bo").state == .active)
    }

    @Test func onlyDraftsAreProposedByNumber() async throws {
        let fixture = try IcpFixture()
        try await fixture.draft(small)
        try await fixture.withdraw(1, by: "dora")
        func propose(_ number: Int64) -> WireProposeAgreementRequest {
            .with {
                $0.draft = number
                $0.proposedBy = "rita"
            }
        }
        let closed = await error { _ = try await fixture.client.proposeAgreement(propose(1)) }
        #expect(closed?.code == .failedPrecondition && closed?.message.contains("withdrawn") == true)
        #expect(await error { _ = try await fixture.client.proposeAgreement(propose(7)) }?.code == .notFound)
        var both = propose(1)
        both.document = small
        let refused = await error { _ = try await fixture.client.proposeAgreement(both) }
        #expect(refused?.badRequest.map(\.found) == ["document and draft"])
    }

    // MARK: - Ends

    @Test func aRejectionClosesAVersionWithItsReason() async throws {
        let fixture = try IcpFixture()
        let proposed = try await fixture.propose(small).version
        try await fixture.sign(1, .marketing, "ana")
        let wrong = await error { _ = try await fixture.reject(1, digest: String(repeating: "0", count: 64)) }
        #expect(wrong?.code == .failedPrecondition)
        fixture.service.clock.advance(by: .hours(1))
        let rejected = try await fixture.reject(1, "leads are too cold", digest: proposed.digest)
        #expect(rejected.state == .rejected && rejected.closing.by == "bo" && rejected.closing.side == .sales)
        #expect(rejected.closing.comment == "leads are too cold")
        #expect(Instant(rejected.closing.at) == IcpFixture.start.adding(.hours(1)))
        #expect(try await fixture.reject(1, "leads are too cold") == rejected)
        #expect(await error { _ = try await fixture.reject(1, "something else") }?.code == .failedPrecondition)
        #expect(await error { _ = try await fixture.sign(1, .sales, "bo") }?.code == .failedPrecondition)
        #expect(try await fixture.told(.agreementRejected).map(\.agreementRejected.version.closing.by) == ["bo"])
        #expect(try await fixture.propose(small).version.version == 2)
        let blank = await error { _ = try await fixture.reject(2, " ") }
        #expect(blank?.badRequest.map(\.path) == ["comment"])
    }

    @Test func aWithdrawalClosesAVersionUntilBothHaveSigned() async throws {
        let fixture = try IcpFixture()
        try await fixture.propose(small)
        try await fixture.sign(1, .marketing, "ana")
        let withdrawn = try await fixture.withdraw(1)
        #expect(withdrawn.state == .withdrawn && withdrawn.closing.by == "rita")
        #expect(try await fixture.withdraw(1, by: "Rita") == withdrawn)
        #expect(await error { _ = try await fixture.sign(1, .sales, "bo") }?.code == .failedPrecondition)
        #expect(try await fixture.told(.agreementWithdrawn).count == 1)
        try await fixture.enact(small, effectiveAt: IcpFixture.start.adding(.days(2)))
        let signed = await error { _ = try await fixture.withdraw(2) }
        #expect(signed?.code == .failedPrecondition && signed?.message.contains("signed by both") == true)
        #expect(await error { _ = try await fixture.withdraw(9) }?.code == .notFound)
    }

    // MARK: - Races

    @Test func activationsThatRaceLeaveExactlyOneActive() async throws {
        let fixture = try IcpFixture()
        let versions = (1...12).map { Int64($0) }
        for version in versions {
            try await fixture.propose(Self.threshold(30 + Int(version)))
            try await fixture.sign(version, .marketing, "ana")
        }
        // All at one instant of the manual clock, which is as close as they can come.
        try await withThrowingTaskGroup(of: Void.self) { group in
            for version in versions.shuffled(seed: 7) {
                group.addTask { _ = try await fixture.sign(version, .sales, "bo") }
                group.addTask { for duty in fixture.service.assembly.duties { _ = try await duty.runOnce() } }
            }
            try await group.waitForAll()
        }
        fixture.service.clock.advance(by: TimeSpan(seconds: 1))
        try await fixture.service.settle()
        try await Self.expectOneActive(fixture, of: versions)
    }

    @Test func oneIsActiveAlsoWhenTheLaterNumberTookEffectAtTheSameInstant() async throws {
        let fixture = try IcpFixture()
        for points in [50, 51] { try await fixture.propose(Self.threshold(points)) }
        for version in [Int64(2), 1] {
            try await fixture.sign(version, .marketing, "ana")
            try await fixture.sign(version, .sales, "bo")
        }
        fixture.service.clock.advance(by: TimeSpan(seconds: 1))
        #expect(try await fixture.inForce().version == 1)
        try await fixture.service.settle()
        #expect(try await fixture.activations().map(\.agreementVersion) == [2, 1])
        try await Self.expectOneActive(fixture, of: [1, 2])
    }

    /// What readers are told does not depend on whether the duty has come round yet.
    @Test func readersSeeWhatIsDueAsInForce() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        let moment = IcpFixture.start.adding(.days(1))
        try await fixture.enact(Self.threshold(55), effectiveAt: moment)
        fixture.service.clock.advance(by: .days(2))
        #expect(try await fixture.inForce().state == .active)
        let first = try await fixture.version(1)
        #expect(first.state == .superseded && Instant(first.supersededAt) == moment)
        #expect(try await fixture.client.listAgreements(.init()).versions.map(\.state) == [.active, .superseded])
        #expect(try await fixture.activations().count == 1)
    }

    static func expectOneActive(_ fixture: IcpFixture, of versions: [Int64]) async throws {
        let all = try await fixture.client.listAgreements(.with { $0.page.pageSize = 1_000 }).versions
        let active = all.filter { $0.state == .active }.map(\.version)
        #expect(active.count == 1)
        #expect(all.filter { $0.state == .superseded }.count == versions.count - 1)
        #expect(try await fixture.inForce().version == active.first)
        let told = try await fixture.activations()
        #expect(told.map(\.agreementVersion).sorted() == versions && told.last?.agreementVersion == active.first)
        let order = told.map { ($0.occurredAt.seconds, $0.occurredAt.nanos, $0.agreementVersion) }
        #expect(zip(order, order.dropFirst()).allSatisfy { $0 < $1 })
        let entries = try await fixture.client.listHistory(.with { $0.page.pageSize = 1_000 }).entries
        #expect(entries.filter { $0.action == .activated }.map(\.version) == told.map(\.agreementVersion))
    }

    @Test(arguments: 0..<8)
    func aSignatureRacingAWithdrawalHasOneWinner(round: Int) async throws {
        let fixture = try IcpFixture()
        try await fixture.propose(small)
        try await fixture.sign(1, .marketing, "ana")
        let sign: @Sendable () async -> Bool = { await error { _ = try await fixture.sign(1, .sales, "bo") } == nil }
        let withdraw: @Sendable () async -> Bool = { await error { _ = try await fixture.withdraw(1) } == nil }
        let steps = round.isMultiple(of: 2) ? [sign, withdraw] : [withdraw, sign]
        let won = await withTaskGroup(of: Bool.self) { group in
            for step in steps { group.addTask { await step() } }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(won == 1)
        let version = try await fixture.version(1)
        let isSigned = version.state == .active
        #expect(isSigned || version.state == .withdrawn)
        #expect(version.signatures.count == (isSigned ? 2 : 1))
        #expect(try await fixture.activations().count == (isSigned ? 1 : 0))
        #expect(try await fixture.told(.agreementWithdrawn).count == (isSigned ? 0 : 1))
    }

    // MARK: - The audit log

    @Test func theHistoryTellsWhoDidWhatWhenAndFromWhichVersion() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        fixture.service.clock.advance(by: .days(1))
        try await fixture.draft(Self.threshold(55))
        _ = try await fixture.client.proposeAgreement(
            .with {
                $0.draft = 2
                $0.proposedBy = "rita"
                $0.comment = "fewer, better"
            })
        try await fixture.sign(2, .sales, "bo")
        try await fixture.sign(2, .sales, "bo")
        try await fixture.reject(2, by: "ana", "no")
        try await fixture.propose(Self.threshold(56))
        try await fixture.withdraw(3)
        try await fixture.enact(Self.threshold(57))
        let entries = try await fixture.history()
        #expect(
            entries.map { "\($0.fromVersion) \($0.version) \($0.action) \($0.actor)" } == [
                "0 1 proposed rita", "0 1 signed ana", "0 1 signed bo", "0 1 activated ",
                "1 2 drafted dora", "1 2 proposed rita", "1 2 signed bo", "1 2 rejected ana",
                "1 3 proposed rita", "1 3 withdrawn rita",
                "1 4 proposed rita", "1 4 signed ana", "1 4 signed bo", "1 1 superseded ", "1 4 activated ",
            ])
        #expect(entries.map(\.entry) == Array(1...15))
        #expect(entries[5].comment == "fewer, better" && entries[7].side == .sales && entries[7].comment == "no")
        #expect(Instant(entries[3].at) == IcpFixture.start)
        #expect(Instant(entries[4].at) == IcpFixture.start.adding(.days(1)))
        #expect(entries[4].digest == (try await fixture.version(2).digest))
        #expect(try await fixture.history(of: 2).map(\.entry) == [5, 6, 7, 8])
    }

    @Test func theHistoryComesInPages() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        let first = try await fixture.client.listHistory(.with { $0.page.pageSize = 3 })
        #expect(first.entries.map(\.entry) == [1, 2, 3])
        let second = try await fixture.client.listHistory(
            .with {
                $0.page.pageSize = 3
                $0.page.pageToken = first.nextPageToken
            })
        #expect(second.entries.map(\.entry) == [4] && second.nextPageToken.isEmpty)
        let foreign = await error {
            _ = try await fixture.client.listHistory(
                .with {
                    $0.version = 1
                    $0.page.pageToken = first.nextPageToken
                })
        }
        #expect(foreign?.code == .invalidArgument)
    }

    @Test(arguments: [
        "UPDATE agreement_history SET actor = 'eve'", "DELETE FROM agreement_history",
        "UPDATE agreement_signature SET signer = 'eve'", "DELETE FROM agreement_signature",
        "UPDATE agreement SET canonical = '{}'", "UPDATE agreement SET digest = upper(digest)",
        "UPDATE agreement SET document = ''", "DELETE FROM agreement", "DELETE FROM review",
    ])
    func noOneRewritesWhatWasAgreed(sql: String) async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        await #expect(throws: (any Error).self) {
            try await fixture.service.store.write { try $0.database.execute(sql: sql) }
        }
        #expect(try await fixture.history().map(\.actor) == ["rita", "ana", "bo", ""])
    }

    // MARK: - Older stores

    @Test func anOlderStoreGetsTheLogThatItWouldHaveHad() async throws {
        let schemas = try await SchemaHistory.schemas(owner: "icp", IcpService.migrations) { count, transaction in
            guard count == 1 else { return }
            try transaction.database.execute(
                sql: """
                    INSERT INTO agreement (version, state, canonical, digest, document, proposed_by, proposed_at,
                        requested_at, effective_at, superseded_at, comment)
                    VALUES (1, 'superseded', '{"name":"A"}', :digest, 'x', 'rita', 10, NULL, 30, 60, ''),
                        (2, 'active', '{"name":"B"}', :digest, 'x', 'rita', 40, NULL, 60, NULL, 'why'),
                        (3, 'partly_signed', '{"name":"C"}', :digest, 'x', 'rita', 70, NULL, NULL, NULL, '');
                    """, arguments: ["digest": String(repeating: "a", count: 64)])
            for (version, side, signer, at) in [
                (1, "marketing", "ana", 20), (1, "sales", "bo", 30), (2, "sales", "bo", 50),
                (2, "marketing", "ana", 60), (3, "sales", "bo", 80),
            ] {
                try transaction.database.execute(
                    sql: "INSERT INTO agreement_signature VALUES (?, ?, ?, ?, 'd')",
                    arguments: [version, side, signer, at])
            }
        } verify: { count, database in
            guard count == 1 else { return }
            let lines = try String.fetchAll(
                database,
                sql: """
                    SELECT at || ' ' || version || ' ' || action || ' ' || actor || ' ' || coalesce(from_version, 0)
                    FROM agreement_history ORDER BY entry
                    """)
            #expect(
                lines == [
                    "10 1 proposed rita 0", "20 1 signed ana 0", "30 1 signed bo 0", "30 1 activated  0",
                    "40 2 proposed rita 1", "50 2 signed bo 1", "60 2 signed ana 1", "60 1 superseded  1",
                    "60 2 activated  1", "70 3 proposed rita 2", "80 3 signed bo 2",
                ])
            #expect(
                try Int64?.fetchAll(database, sql: "SELECT based_on FROM agreement ORDER BY version") == [nil, 1, 2])
        }
        #expect(Set(schemas).count == 1)
    }
}

extension Array {
    /// In an order that follows from the seed.
    func shuffled(seed: UInt64) -> [Element] {
        var random = SeededRandom(seed: seed)
        return shuffled(using: &random)
    }
}
