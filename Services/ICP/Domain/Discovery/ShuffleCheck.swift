import Kernel

/// Deals outcomes out anew, as many won as before, and counts how often something would be proposed from such noise.
public struct ShuffleCheck: Sendable {
    public private(set) var shuffles = 0
    public private(set) var proposing = 0
    public let seed: UInt64
    private let discovery: Discovery
    private var random: SeededRandom
    private var outcomes: [Bool]

    init(discovery: Discovery, seed: UInt64) {
        self.discovery = discovery
        self.seed = seed
        random = SeededRandom(seed: seed)
        outcomes = discovery.input.deals.map(\.won)
    }

    /// One more shuffle (R. Durstenfeld, "Algorithm 235: Random permutation", CACM 7, 1964).
    public mutating func next() {
        for last in stride(from: outcomes.count - 1, to: 0, by: -1) {
            outcomes.swapAt(last, Int(random.next() % UInt64(last + 1)))
        }
        var won = BitSet(size: outcomes.count)
        for (deal, isWon) in outcomes.enumerated() where isWon { won.insert(deal) }
        shuffles += 1
        if discovery.proposes(won) { proposing += 1 }
    }
}
