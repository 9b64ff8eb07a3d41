import Statistics

/// A comparison to make: deals with a property, or with two, against the rest. Found without a look at outcomes.
struct Hypothesis: Sendable {
    /// Of a single: the properties that make the same split, the first being the one inside. Of a pair: both.
    let members: [DealColumn.Member]
    let isPair: Bool
    /// Those inside and the rest: deals for which all the fields are known.
    let known: BitSet
    /// Deals known, inside, and of a pair those with the one property but not with the other.
    fileprivate let sizes: (known: Int, inside: Int, only: [Int])

    init(single members: [DealColumn.Member], known: BitSet) {
        self.members = members
        self.known = known
        isPair = false
        sizes = (known.count, members[0].deals.count, [])
    }

    init(pair first: DealColumn.Member, _ second: DealColumn.Member, known: BitSet) {
        members = [first, second]
        self.known = known
        isPair = true
        let inside = first.deals.count(with: second.deals)
        sizes = (known.count, inside, [first, second].map { $0.deals.count(with: known) - inside })
    }

    /// The deals with the property, or with both.
    var inside: BitSet {
        isPair ? members[0].deals.intersection(members[1].deals) : members[0].deals
    }

    /// The other side of the split, where a property names it.
    var mirror: DealColumn.Member? {
        isPair ? nil : members.first { $0.deals != members[0].deals }
    }

    /// Whether it is large enough to say something: inside, outside, and of a pair beside each single.
    func isLargeEnough(_ settings: DiscoverySettings, _ input: DiscoveryInput) -> Bool {
        guard ([sizes.inside, sizes.known - sizes.inside] + sizes.only).allSatisfy({ $0 >= settings.minimumDeals })
        else { return false }
        let speaksOfCompany = (isPair ? members : [members[0]]).contains { $0.condition.field.isOfCompany }
        return !speaksOfCompany || input.accounts(of: inside) >= settings.minimumAccounts
    }

    /// What a split comes to for given outcomes.
    ///
    /// - Parameter won: the deals that were won.
    func test(_ won: BitSet) -> (pValue: Double, wins: Bool) {
        let allWon = known.count(with: won)
        let ownWon =
            isPair
            ? members[0].deals.count(with: members[1].deals, won) : members[0].deals.count(with: won)
        let own = Tally(deals: sizes.inside, won: ownWon)
        let rest = Tally(deals: sizes.known - sizes.inside, won: allWon - ownWon)
        let wins = own.rate > rest.rate
        var pValue = own.pValue(against: rest)
        for (member, deals) in zip(members, sizes.only) {
            let single = Tally(deals: deals, won: member.deals.count(with: known, won) - ownWon)
            pValue = max(pValue, (own.rate > single.rate) == wins ? own.pValue(against: single) : 1)
        }
        return (pValue, wins)
    }
}

/// Deals, and how many of them were won.
struct Tally: Hashable, Sendable {
    let deals: Int
    let won: Int

    var rate: Double { deals == 0 ? 0 : Double(won) / Double(deals) }

    func pValue(against rest: Tally) -> Double {
        FisherExactTest.pValue(
            successes: won, trials: deals, restSuccesses: rest.won, restTrials: rest.deals)
    }
}

/// The largest pairs of those it is given, in the order in which they came; of equals the earlier ones.
private struct LargestPairs {
    let limit: Int
    private(set) var pairs: [Hypothesis] = []
    private(set) var isCut = false
    /// Once there were too many: the smallest size kept. What comes later has to be larger.
    private var least = 0

    init(limit: Int) {
        self.limit = limit
    }

    func takes(_ pair: Hypothesis) -> Bool { !isCut || pair.sizes.inside > least }

    /// It holds up to twice as many as it keeps, so as to sort seldom.
    mutating func add(_ pair: Hypothesis) {
        pairs.append(pair)
        if pairs.count >= 2 * limit { cut() }
    }

    mutating func cut() {
        guard pairs.count > limit else { return }
        let sizes = pairs.map { $0.sizes.inside }
        let kept = pairs.indices.sorted { (sizes[$1], $0) < (sizes[$0], $1) }.prefix(limit)
        least = kept.last.map { sizes[$0] } ?? 0
        pairs = kept.sorted().map { pairs[$0] }
        isCut = true
    }
}

/// All comparisons that the data allows.
struct HypothesisFinder {
    let input: DiscoveryInput
    let columns: [DealColumn]
    let settings: DiscoverySettings

    /// Splits of one field. A split and its mirror image are one comparison: two values of a field with no third, or
    /// a number below a cut and from it on.
    func singles() -> [Hypothesis] {
        columns.flatMap { column in
            var groups: [BitSet: [DealColumn.Member]] = [:]
            var order: [BitSet] = []
            let first = column.known.members.first ?? 0
            for member in column.members where isLargeEnough(Hypothesis(single: [member], known: column.known)) {
                let side = member.deals.contains(first) ? member.deals : column.known.subtracting(member.deals)
                if groups[side] == nil { order.append(side) }
                groups[side, default: []].append(member)
            }
            return order.compactMap { groups[$0] }.map { Hypothesis(single: $0, known: column.known) }
        }
    }

    /// - Returns: the largest pairs, and whether there were more.
    func pairs() -> (pairs: [Hypothesis], isCut: Bool) {
        var largest = LargestPairs(limit: DiscoverySettings.pairsAtMost)
        for (place, left) in columns.enumerated() {
            for right in columns.dropFirst(place + 1) {
                let known = left.known.intersection(right.known)
                for first in left.members where first.pairs {
                    for second in right.members where second.pairs {
                        let pair = Hypothesis(pair: first, second, known: known)
                        if largest.takes(pair), isLargeEnough(pair) { largest.add(pair) }
                    }
                }
            }
        }
        largest.cut()
        return (largest.pairs, largest.isCut)
    }

    private func isLargeEnough(_ hypothesis: Hypothesis) -> Bool {
        hypothesis.isLargeEnough(settings, input)
    }
}

extension DiscoveryInput {
    /// How many accounts stand behind deals.
    func accounts(of deals: BitSet) -> Int {
        var seen = BitSet(size: accounts.count)
        for deal in deals.members { seen.insert(self.deals[deal].account) }
        return seen.count
    }
}
