import Kernel
import RoutingDomain
import Testing

@Suite struct RoutingFairnessTests {
    @Test(arguments: UInt64(1)...40)
    func alwaysEligibleEqualsNeverDifferByMoreThanOneLead(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let steady = Int.random(in: 2...5, using: &random)
        let fickle = Int.random(in: 0...8, using: &random)
        var members = (0..<steady + fickle).map { PoolMember(repID: "rep-\($0)") }
        var dealt = Array(repeating: 0, count: members.count)
        var present = Array(repeating: true, count: members.count)
        for lead in 0..<2_000 {
            for position in members.indices.dropFirst(steady) where Int.random(in: 0..<10, using: &random) == 0 {
                present[position].toggle()
            }
            let eligible = members.indices.filter { present[$0] }
            guard let picked = FairTurn.pick(&members, eligible: eligible) else { continue }
            dealt[picked] += 1
            let shares = dealt.prefix(steady)
            let spread = (shares.max() ?? 0) - (shares.min() ?? 0)
            #expect(spread <= 1, "seed \(seed), lead \(lead): \(shares)")
            if spread > 1 { return }
        }
    }

    @Test(arguments: UInt64(1)...40)
    func weightsAreMetExactlyInEveryRound(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let weights = (0..<Int.random(in: 1...12, using: &random)).map { _ in Int.random(in: 1...40, using: &random) }
        var members = weights.enumerated().map { PoolMember(repID: "rep-\($0)", weight: $1) }
        var dealt = Array(repeating: 0, count: members.count)
        for round in 1...5 {
            for _ in 0..<weights.reduce(0, +) {
                if let picked = FairTurn.pick(&members, eligible: Array(members.indices)) { dealt[picked] += 1 }
            }
            #expect(dealt == weights.map { $0 * round }, "seed \(seed), round \(round)")
        }
    }

    @Test(arguments: UInt64(1)...20)
    func creditsNeitherGrowNorShrinkInAll(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var members = (0..<9).map { PoolMember(repID: "rep-\($0)", weight: Int.random(in: 1...100, using: &random)) }
        for _ in 0..<1_000 {
            let eligible = members.indices.filter { _ in Bool.random(using: &random) }
            _ = FairTurn.pick(&members, eligible: eligible)
        }
        #expect(members.reduce(0) { $0 + $1.credit } == 0, "seed \(seed)")
    }
}
