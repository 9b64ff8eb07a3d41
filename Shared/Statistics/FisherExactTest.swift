/// Fisher's exact test of two proportions, two-sided.
///
/// R. A. Fisher, "The Logic of Inductive Inference", J. Roy. Stat. Soc. 98 (1935). Given the margins, the count of
/// successes in the first group is hypergeometric; the p-value is the chance of every count that is no more likely
/// than the one found. It holds for counts of any size, and is the same on every machine: the probabilities follow
/// from the most likely count by ratios, so nothing but the four basic operations is used.
public enum FisherExactTest {
    /// - Parameters:
    ///   - successes: in the first group, of `trials`.
    ///   - restSuccesses: in the second group, of `restTrials`.
    /// - Returns: 1 where a group is empty, or where all or none succeeded.
    public static func pValue(successes: Int, trials: Int, restSuccesses: Int, restTrials: Int) -> Double {
        Hypergeometric(drawn: trials, marked: successes + restSuccesses, of: trials + restTrials)
            .chance(noLikelierThan: successes)
    }
}

/// How many of `drawn` things are marked, where `marked` of `all` are.
private struct Hypergeometric {
    let drawn: Int
    let marked: Int
    let all: Int
    let counts: ClosedRange<Int>
    let mode: Int

    /// Chances that are equal in exact arithmetic may differ by rounding: R's `fisher.test` has the same tolerance.
    private static let tolerance = 1 + 1e-7
    /// Counts so much less likely than the one found add nothing that a double could hold.
    private static let negligible = 1e-20

    init(drawn: Int, marked: Int, of all: Int) {
        self.drawn = drawn
        self.marked = marked
        self.all = all
        counts = max(0, drawn + marked - all)...min(drawn, marked)
        let likeliest = (drawn + 1) * (marked + 1) / (all + 2)
        mode = min(max(likeliest, counts.lowerBound), counts.upperBound)
    }

    func chance(noLikelierThan count: Int) -> Double {
        let found = weight(of: count)
        guard found > 0 else { return 0 }
        var sums = Sums(most: found * Self.tolerance, least: found * Self.negligible)
        var weight = 1.0
        var place = mode
        while sums.add(weight), place < counts.upperBound {
            weight *= rise(place)
            place += 1
        }
        weight = 1
        place = mode
        while place > counts.lowerBound {
            place -= 1
            weight /= rise(place)
            guard sums.add(weight) else { break }
        }
        return min(1, sums.tail / sums.total)
    }

    /// The chance of a count over that of the mode.
    private func weight(of count: Int) -> Double {
        var weight = 1.0
        if count > mode {
            for each in mode..<count { weight *= rise(each) }
        } else {
            for each in (count..<mode).reversed() { weight /= rise(each) }
        }
        return weight
    }

    /// The chance of `count + 1` over that of `count`.
    private func rise(_ count: Int) -> Double {
        Double(marked - count) * Double(drawn - count)
            / (Double(count + 1) * Double(all - marked - drawn + count + 1))
    }

    private struct Sums {
        let most: Double
        let least: Double
        var total = 0.0
        var tail = 0.0

        init(most: Double, least: Double) {
            self.most = most
            self.least = least
        }

        /// - Returns: false where what follows, being less likely still, does not count.
        mutating func add(_ weight: Double) -> Bool {
            total += weight
            if weight <= most { tail += weight }
            return weight >= least
        }
    }
}
