import AccordTesting
import Kernel
import Testing

@testable import ScoringDomain

/// A cap over several rules follows their points.
@Suite struct CapProposalTests {
    @Test func aCapFollowsWhatItsRulesGive() {
        #expect(CapProposal.scaled(40, [(20, 30), (30, 45)]) == 60)
        #expect(CapProposal.scaled(-40, [(-20, -10), (-30, -15)]) == -20)
        // What one rule gave alone was not cut, and is not cut now.
        #expect(CapProposal.scaled(40, [(10, 50), (40, 5)]) == 50)
        // It was cut, and is cut.
        #expect(CapProposal.scaled(20, [(40, 80)]) == 40)
        #expect(CapProposal.scaled(20, []) == nil && CapProposal.scaled(20, [(-5, -9)]) == nil)
        #expect(CapProposal.scaled(0, [(5, 9)]) == 0)
    }

    @Test(arguments: UInt64(1)...200)
    func `rules that all change alike are cut alike`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let before = (0..<Int.random(in: 1...8, using: &random)).map { _ in Double.random(in: 1...50, using: &random) }
        let factor = Double.random(in: 0.1...3, using: &random)
        let cap = Double.random(in: 1...100, using: &random)
        let scaled = try #require(CapProposal.scaled(cap, before.map { ($0, $0 * factor) }))
        #expect(abs(scaled - cap * factor) < 1e-9, "seed \(seed)")
    }
}
