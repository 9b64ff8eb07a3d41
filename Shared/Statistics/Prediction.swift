#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// How well probabilities, or points, foretold outcomes.
public enum Prediction {
    /// The chance that a success has the higher score of the two when it is set beside a failure; ties count half.
    /// The area under the ROC curve (J. Hanley and B. McNeil, Radiology 143, 1982).
    ///
    /// - Returns: nil where all have the same outcome.
    public static func auc(_ scores: [Double], _ outcomes: [Bool]) -> Double? {
        let successes = Double(outcomes.count(where: \.self))
        let failures = Double(outcomes.count) - successes
        guard successes > 0, failures > 0 else { return nil }
        var sum = 0.0
        for (rank, isSuccess) in zip(Ranks(scores).ranks, outcomes) where isSuccess { sum += rank }
        return (sum - successes * (successes + 1) / 2) / (successes * failures)
    }

    /// The mean of -log of the probability that the outcome was given; probabilities count as no nearer to 0 and 1
    /// than 1e-15.
    public static func logLoss(_ probabilities: [Double], _ outcomes: [Bool]) -> Double {
        let losses = zip(probabilities, outcomes).map { probability, isSuccess in
            let given = isSuccess ? probability : 1 - probability
            return -log(min(max(given, 1e-15), 1 - 1e-15))
        }
        return Summary.mean(losses) ?? 0
    }

    /// The mean squared distance of probability and outcome (G. Brier, Monthly Weather Review 78, 1950).
    public static func brier(_ probabilities: [Double], _ outcomes: [Bool]) -> Double {
        let distances = zip(probabilities, outcomes).map { probability, isSuccess in
            let distance = probability - (isSuccess ? 1 : 0)
            return distance * distance
        }
        return Summary.mean(distances) ?? 0
    }

    /// Probabilities in rising order, cut into groups of equal size: what was foretold, and what came.
    public static func reliability(
        _ probabilities: [Double], _ outcomes: [Bool], groups: Int = 10
    ) -> [ReliabilityGroup] {
        let order = probabilities.indices.sorted { (probabilities[$0], $0) < (probabilities[$1], $1) }
        return (0..<groups).compactMap { group in
            let members = order[order.count * group / groups..<order.count * (group + 1) / groups]
            guard let mean = Summary.mean(members.map { probabilities[$0] }) else { return nil }
            return ReliabilityGroup(
                count: members.count, successes: members.count { outcomes[$0] }, meanProbability: mean)
        }
    }
}

/// Predictions of about the same probability.
public struct ReliabilityGroup: Hashable, Sendable {
    public let count: Int
    public let successes: Int
    public let meanProbability: Double

    public var rate: Double { Double(successes) / Double(count) }
    public var interval: WilsonInterval { WilsonInterval(successes: successes, trials: count) }
}
