import Kernel
import Statistics
import Testing

/// What scikit-learn (`LogisticRegression`, newton-cholesky, tol 1e-14) and numpy compute.
@Suite struct LogisticRegressionTests {
    static let rows: [[Double]] = [
        [0.5, 0, 1], [1.5, 1, 0], [-0.3, 0, 0], [2.2, 1, 1], [-1.1, 0, 1], [0.1, 1, 0], [0.9, 0, 0], [-0.7, 1, 1],
        [1.8, 0, 1], [-2, 0, 0], [0.4, 1, 1], [-0.6, 0, 0], [1.1, 1, 0], [-1.4, 1, 0],
    ]
    static let outcomes = [1, 1, 0, 1, 0, 0, 1, 0, 0, 0, 1, 1, 1, 0].map { $0 == 1 }

    struct Expected: Sendable {
        var penalty: Double
        var intercept: Double
        var coefficients: [Double]
        var errors: [Double]
        var auc: Double
        var logLoss: Double
        var brier: Double
    }

    static let expected = [
        Expected(
            penalty: 1, intercept: -0.10906252153662334,
            coefficients: [0.9076317807880346, 0.07832664546891109, -0.21019425048628781],
            errors: [0.49623952178460023, 0.7732540365999125, 0.7775248230069357], auc: 0.8571428571428571,
            logLoss: 0.5149930720828281, brier: 0.16893945154434),
        Expected(
            penalty: 0.1, intercept: -0.01794230065705161,
            coefficients: [1.2277941586606014, 0.09640566084712217, -0.5855396960934897],
            errors: [0.6532762232039209, 1.2096363788361582, 1.2390589254203768], auc: 0.8163265306122448,
            logLoss: 0.5001006057384118, brier: 0.1671886632622995),
    ]

    private static func sparse(_ rows: [[Double]]) -> SparseRows {
        SparseRows(
            columns: rows[0].count,
            rows: rows.map { row in row.enumerated().filter { $0.element != 0 }.map { ($0.offset, $0.element) } })
    }

    @Test(arguments: expected) func agreesWithScikitLearn(_ expected: Expected) throws {
        let rows = Self.sparse(Self.rows)
        let fit = LogisticRegression(rows, outcomes: Self.outcomes, penalty: expected.penalty)
        #expect(fit.hasConverged && fit.iterations < 12)
        #expect(abs(fit.intercept - expected.intercept) < 1e-7)
        #expect(zip(fit.coefficients, expected.coefficients).allSatisfy { abs($0 - $1) < 1e-7 })
        #expect(zip(fit.standardErrors, expected.errors).allSatisfy { abs($0 - $1) < 1e-7 })
        let probabilities = rows.rows.map(fit.probability)
        #expect(abs(try #require(Prediction.auc(probabilities, Self.outcomes)) - expected.auc) < 1e-12)
        #expect(abs(Prediction.logLoss(probabilities, Self.outcomes) - expected.logLoss) < 1e-8)
        #expect(abs(Prediction.brier(probabilities, Self.outcomes) - expected.brier) < 1e-8)
    }

    /// At the minimum the gradient is nothing: a law that holds for any data, columns that say the same included.
    @Test func theAnswerIsAMinimumForAnyData() {
        var random = SeededRandom(seed: 90)
        func number() -> Double { Double(Int64(random.next() % 2_001)) / 500 - 2 }
        for round in 0..<20 {
            let data = (0..<60).map { _ -> [Double] in
                let x = number()
                return [x, x, number() * 50, random.next() % 3 == 0 ? 1 : 0]
            }
            var outcomes = data.map { $0[0] + number() > 0 }
            outcomes[0] = true
            outcomes[1] = false
            let penalty = [0.01, 1, 100][round % 3]
            let fit = LogisticRegression(Self.sparse(data), outcomes: outcomes, penalty: penalty)
            let residuals = zip(Self.sparse(data).rows, outcomes).map { fit.probability($0) - ($1 ? 1 : 0) }
            #expect(fit.hasConverged && abs(residuals.reduce(0, +)) < 1e-5, "seed 90, round \(round)")
            for column in 0..<4 {
                let slope = zip(data, residuals).reduce(penalty * fit.coefficients[column]) { $0 + $1.0[column] * $1.1 }
                #expect(abs(slope) < 1e-3, "seed 90, round \(round), column \(column): \(slope)")
            }
            #expect(abs(fit.coefficients[0] - fit.coefficients[1]) < 1e-6)
        }
    }

    @Test func outcomesThatPartCleanlyHaveAFiniteAnswer() {
        let rows = Self.sparse([[-2], [-1], [1], [2]])
        let fit = LogisticRegression(rows, outcomes: [false, false, true, true], penalty: 0.001)
        #expect(fit.hasConverged && fit.coefficients[0].isFinite && fit.coefficients[0] > 3)
    }

    @Test func reliabilitySplitsEverythingIntoEqualGroups() {
        let probabilities = (0..<25).map { Double($0) / 25 }
        let groups = Prediction.reliability(probabilities, probabilities.map { $0 > 0.5 })
        #expect(groups.count == 10 && groups.reduce(0) { $0 + $1.count } == 25)
        #expect(groups.first?.rate == 0 && groups.last?.rate == 1)
        #expect(groups.map(\.meanProbability) == groups.map(\.meanProbability).sorted())
        #expect(Prediction.reliability([0.4], [true]).count == 1)
        #expect(Prediction.auc([1, 2], [true, true]) == nil)
    }
}
