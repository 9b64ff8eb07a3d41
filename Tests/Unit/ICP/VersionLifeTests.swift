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

    @Test(arguments: VersionState.allCases)
    func onlyAProposalTakesSignatures(state: VersionState) {
        var life = Self.proposed
        life.state = state
        let decision = life.sign(side: .sales, signer: "Bo", digest: nil, now: Self.now)
        #expect((decision == .refused(.notOpen(state))) == !state.isOpen)
    }

    @Test(arguments: VersionState.allCases)
    func onlyWhatIsOpenCanBeRejectedAndADraftWithdrawnToo(state: VersionState) {
        var life = Self.proposed
        life.state = state
        let no = VersionClosing(by: "Bo", side: .sales, at: Self.now, comment: "no")
        #expect(life.reject(no, digest: nil) == (state.isOpen ? .closed(no) : .refused(.notOpen(state))))
        let back = VersionClosing(by: "Rita", at: Self.now, comment: "")
        let canGoBack = state.isOpen || state == .draft
        #expect(life.withdraw(back) == (canGoBack ? .closed(back) : .refused(.notOpen(state))))
    }

    @Test func aNoBindsToTheContentAndSayingItAgainIsHarmless() {
        var life = Self.partly()
        let no = VersionClosing(by: "Bo", side: .sales, at: Self.now, comment: "no")
        #expect(life.reject(no, digest: "d2") == .refused(.otherContent))
        life.state = .rejected
        life.closing = no
        let later = VersionClosing(by: "bo ", side: .sales, at: Self.now.adding(.hours(1)), comment: "no")
        #expect(life.reject(later, digest: "d1") == .alreadyClosed)
        let other = VersionClosing(by: "Cy", side: .sales, at: Self.now, comment: "no")
        #expect(life.reject(other, digest: nil) == .refused(.notOpen(.rejected)))
        #expect(life.withdraw(other) == .refused(.notOpen(.rejected)))
    }

    /// Everyone orders versions by time, then by number: what comes last has to be last by that order too.
    @Test func whatTakesEffectComesAfterWhatItSupersedes() {
        func effect(after version: Int64, since: Instant) -> SigningDecision {
            Self.partly().sign(
                side: .sales, signer: "Bo", digest: nil, now: Self.now,
                after: InForce(version: version, since: since))
        }
        let signature = Self.signature(.sales, "Bo")
        let tick = Instant(microseconds: Self.now.microseconds + 1)
        #expect(effect(after: 2, since: Self.now) == .completed(signature, effectiveAt: Self.now))
        #expect(effect(after: 4, since: Self.now) == .completed(signature, effectiveAt: tick))
        #expect(effect(after: 4, since: Instant(seconds: 5)) == .completed(signature, effectiveAt: Self.now))
        let ahead = Self.now.adding(.hours(1))
        #expect(effect(after: 2, since: ahead) == .completed(signature, effectiveAt: ahead))
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
