import ICPDomain
import Kernel
import Testing

@Suite struct VersionLifeTests {
    static let now = Instant(seconds: 1_780_000_000)
    static let proposed = VersionLife(version: 3, state: .proposed, digest: "d1", requestedAt: nil)

    static func signature(_ side: AgreementSide, _ signer: String) -> AgreementSignature {
        AgreementSignature(side: side, signer: signer, signedAt: now, digest: "d1")
    }

    static func partly(requestedAt: Instant? = nil) -> VersionLife {
        VersionLife(
            version: 3, state: .partlySigned, digest: "d1", requestedAt: requestedAt,
            signatures: [signature(.marketing, "Ana")])
    }

    @Test func theFirstSignatureIsKept() {
        #expect(
            Self.proposed.sign(side: .sales, signer: "Bo", digest: "D1", now: Self.now)
                == .signed(Self.signature(.sales, "Bo")))
    }

    @Test func theSecondTakesEffectAtOnceOrWhenItWasAskedFor() {
        func effect(_ requested: Instant?) -> SigningDecision {
            Self.partly(requestedAt: requested).sign(side: .sales, signer: "Bo", digest: nil, now: Self.now)
        }
        let later = Self.now.adding(.days(3))
        #expect(effect(nil) == .completed(Self.signature(.sales, "Bo"), effectiveAt: Self.now))
        #expect(effect(later) == .completed(Self.signature(.sales, "Bo"), effectiveAt: later))
        #expect(effect(Instant(seconds: 5)) == .completed(Self.signature(.sales, "Bo"), effectiveAt: Self.now))
    }

    @Test(arguments: ["Ana", " ana ", "ANA"])
    func onePersonCannotSignForBothSides(signer: String) {
        #expect(Self.partly().sign(side: .sales, signer: signer, digest: nil, now: Self.now) == .refused(.bothSides))
    }

    @Test func signingTheSameSideAgainIsHarmlessForTheSamePersonOnly() {
        #expect(Self.partly().sign(side: .marketing, signer: "ana", digest: nil, now: Self.now) == .alreadySigned)
        #expect(
            Self.partly().sign(side: .marketing, signer: "Cy", digest: nil, now: Self.now)
                == .refused(.signedByAnother("Ana")))
    }

    @Test func aSignatureBindsToTheContent() {
        #expect(Self.proposed.sign(side: .sales, signer: "Bo", digest: "d2", now: Self.now) == .refused(.otherContent))
    }

    @Test(arguments: [VersionState.signed, .active, .superseded])
    func whatIsSignedTakesNoMoreSignatures(state: VersionState) {
        var life = Self.proposed
        life.state = state
        #expect(life.sign(side: .sales, signer: "Bo", digest: nil, now: Self.now) == .refused(.notOpen(state)))
    }

    @Test func dueVersionsTakeEffectInTheirOrder() {
        func signed(_ version: Int64, _ seconds: Int64, _ state: VersionState = .signed) -> VersionLife {
            VersionLife(
                version: version, state: state, digest: "", requestedAt: nil, effectiveAt: Instant(seconds: seconds))
        }
        let due = Activation.due(
            [signed(4, 200), signed(5, 100), signed(6, 200), signed(7, 301), signed(1, 50, .active)],
            now: Instant(seconds: 300))
        #expect(due.map(\.version) == [5, 4, 6])
    }
}
