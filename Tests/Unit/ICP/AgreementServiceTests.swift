import AccordTesting
import Contracts
import Kernel
import Platform
import RPC
import SwiftProtobuf
import Testing

@Suite struct AgreementServiceTests {
    @Test func twoSignaturesPutAVersionInForceAndTellEveryone() async throws {
        let fixture = try IcpFixture()
        let proposed = try await fixture.propose(small).version
        #expect(proposed.state == .proposed && proposed.version == 1 && proposed.digest.utf8.count == 64)
        #expect(try await fixture.sign(1, .marketing, "ana", digest: proposed.digest).state == .partlySigned)
        #expect(await error { _ = try await fixture.inForce() }?.code == .notFound)
        fixture.service.clock.advance(by: .hours(1))
        let active = try await fixture.sign(1, .sales, "bo")
        let moment = IcpFixture.start.adding(.hours(1))
        #expect(active.state == .active && Instant(active.effectiveAt) == moment)
        #expect(active.signatures.map(\.signer) == ["ana", "bo"])
        #expect(try await fixture.inForce() == active)
        let told = try await fixture.activations()
        #expect(told.count == 1 && told[0].key == "agreement" && Instant(told[0].occurredAt) == moment)
        #expect(told[0].agreementVersion == 1 && told[0].agreementActivated.version == active)
        #expect(active.agreement.scoring.qualification.threshold == 60)
        #expect(active.document == small)
    }

    @Test func aNewVersionSupersedesTheOldAndThePastIsKept() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        fixture.service.clock.advance(by: .days(1))
        let response = try await fixture.propose(small("threshold: 60", "threshold: 55"))
        #expect(response.changes.map(\.sentence) == ["MQL threshold 60 -> 55"])
        try await fixture.sign(2, .marketing, "ana")
        try await fixture.sign(2, .sales, "bo")
        #expect(try await fixture.inForce().version == 2)
        #expect(try await fixture.inForce(at: IcpFixture.start.adding(.hours(5))).version == 1)
        let first = try await fixture.client.getAgreement(.with { $0.version = 1 }).version
        #expect(first.state == .superseded && Instant(first.supersededAt) == IcpFixture.start.adding(.days(1)))
        #expect(await error { _ = try await fixture.inForce(at: Instant(seconds: 1)) }?.code == .notFound)
        #expect(try await fixture.activations().map(\.agreementVersion) == [1, 2])
    }

    @Test func aLaterMomentIsKeptAlsoWhenItCameWhileTheServiceSlept() async throws {
        let fixture = try IcpFixture()
        try await fixture.enact(small)
        let moment = IcpFixture.start.adding(.days(2))
        let signed = try await fixture.enact(small("threshold: 60", "threshold: 55"), effectiveAt: moment)
        #expect(signed.state == .signed && Instant(signed.effectiveAt) == moment)
        try await fixture.service.settle()
        #expect(try await fixture.inForce().version == 1)
        fixture.service.clock.advance(by: .days(3))
        #expect(try await fixture.inForce().version == 2)
        try await fixture.service.settle()
        try await fixture.service.settle()
        let told = try await fixture.activations()
        #expect(told.map(\.agreementVersion) == [1, 2])
        #expect(Instant(told[1].occurredAt) == moment)
        let first = try await fixture.client.getAgreement(.with { $0.version = 1 }).version
        #expect(Instant(first.supersededAt) == moment)
    }

    @Test func onePersonCannotSignTwiceAndTheDigestBinds() async throws {
        let fixture = try IcpFixture()
        _ = try await fixture.propose(small)
        try await fixture.sign(1, .marketing, "ana")
        #expect(try await fixture.sign(1, .marketing, "ana").signatures.count == 1)
        for (side, signer, digest) in [
            (WireSide.sales, "Ana", ""), (.marketing, "cy", ""), (.sales, "bo", String(repeating: "0", count: 64)),
        ] {
            let refused = await error { _ = try await fixture.sign(1, side, signer, digest: digest) }
            #expect(refused?.code == .failedPrecondition)
        }
        #expect(await error { _ = try await fixture.sign(9, .sales, "bo") }?.code == .notFound)
        let invalid = await error { _ = try await fixture.sign(0, .unspecified, " ") }
        #expect(invalid?.badRequest.map(\.path) == ["signer", "version", "side"])
    }

    @Test func proposingTheSameAgainIsHarmless() async throws {
        let fixture = try IcpFixture()
        #expect(try await fixture.propose(small).version.version == 1)
        #expect(try await fixture.propose("# a comment\n" + small).version.version == 1)
        #expect(try await fixture.propose(smallest).version.version == 2)
        try await fixture.sign(1, .marketing, "ana")
        try await fixture.sign(1, .sales, "bo")
        #expect(try await fixture.propose(small).version.version == 1)
        #expect(try await fixture.propose(small).changes.isEmpty)
        #expect(try await fixture.propose(small, effectiveAt: IcpFixture.start.adding(.days(9))).version.version == 3)
    }

    @Test func everyFaultOfADocumentIsToldWithItsLine() async throws {
        let fixture = try IcpFixture()
        let refused = await error { _ = try await fixture.propose("name: X\nscorring: {}\nzone: Nowhere\n") }
        #expect(refused?.code == .invalidArgument)
        #expect(refused?.badRequest.map(\.line) == [2, 3])
        #expect(refused?.badRequest.first?.expected.hasSuffix("did you mean scoring?") == true)
        let neither = await error { _ = try await fixture.client.proposeAgreement(WireProposeAgreementRequest()) }
        #expect(neither?.badRequest.map(\.path) == ["document", "proposed_by"])
    }

    @Test func aMessagePassesThroughTheSameChecks() async throws {
        let fixture = try IcpFixture()
        let version = try await fixture.propose(small).version
        let same = try await fixture.client.proposeAgreement(
            .with {
                $0.agreement = version.agreement
                $0.proposedBy = "rita"
            })
        #expect(same.version.version == 1 && same.version.digest == version.digest)
        var wrong = version.agreement
        wrong.scoring.qualification.threshold = 99
        let request = WireProposeAgreementRequest.with {
            $0.agreement = wrong
            $0.proposedBy = "rita"
        }
        let refused = await error { _ = try await fixture.client.proposeAgreement(request) }
        #expect(refused?.badRequest.map(\.path) == ["agreement.scoring.qualification.threshold"])
        #expect(refused?.badRequest.first?.line == 0)
    }

    @Test func listsVersionsNewestFirstInPages() async throws {
        let fixture = try IcpFixture()
        for threshold in [60, 59, 58] {
            _ = try await fixture.propose(small("threshold: 60", "threshold: \(threshold)"))
        }
        let first = try await fixture.client.listAgreements(.with { $0.page.pageSize = 2 })
        #expect(first.versions.map(\.version) == [3, 2] && first.versions[0].document.isEmpty)
        let second = try await fixture.client.listAgreements(
            .with {
                $0.page.pageSize = 2
                $0.page.pageToken = first.nextPageToken
            })
        #expect(second.versions.map(\.version) == [1] && second.nextPageToken.isEmpty)
    }
}

extension RPCError {
    /// The faults that the caller is told of.
    var badRequest: [WireFieldViolation] {
        details.lazy.compactMap { $0.decoded(as: WireBadRequest.self) }.first?.violations ?? []
    }
}
