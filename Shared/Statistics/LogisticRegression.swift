#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Regularised logistic regression: the coefficients b, and the intercept a, that minimise
///
///     sum over rows of log(1 + exp(-s (a + x b))) + penalty / 2 * sum of b^2,    s = 1 for success, -1 otherwise
///
/// The intercept is not penalised; with scikit-learn, C = 1 / penalty. Found by Newton's method with a Cholesky
/// factorisation and halved steps where a whole one goes too far (Hastie, Tibshirani, Friedman, "The Elements of
/// Statistical Learning", 4.4.1). The objective is strictly convex in b, so the answer is one, and no chance is in it.
public struct LogisticRegression: Sendable {
    public let intercept: Double
    public let coefficients: [Double]
    /// Square roots of the diagonal of the inverse Hessian of the whole objective (Laplace's approximation); without
    /// a penalty they are the usual ones.
    public let standardErrors: [Double]
    public let iterations: Int
    public let hasConverged: Bool

    /// - Parameters:
    ///   - rows: finite values, not all of one outcome.
    ///   - penalty: above 0.
    public init(_ rows: SparseRows, outcomes: [Bool], penalty: Double, iterationsAtMost: Int = 100) {
        let problem = LogisticProblem(rows: rows, outcomes: outcomes, penalty: penalty)
        var place = problem.start
        var objective = problem.objective(place)
        var iterations = 0
        var hasConverged = false
        var factor: CholeskyFactor?
        while iterations < iterationsAtMost, !hasConverged {
            iterations += 1
            let (gradient, hessian) = problem.derivatives(place)
            guard let factored = CholeskyFactor(hessian, size: gradient.count) else { break }
            factor = factored
            let step = factored.solve(gradient)
            let decrement = zip(step, gradient).reduce(0) { $0 + $1.0 * $1.1 }
            hasConverged = decrement < Self.enough * (1 + abs(objective))
            var size = 1.0
            repeat {
                let next = zip(place, step).map { $0 - size * $1 }
                let value = problem.objective(next)
                if value <= objective || (hasConverged && size == 1) {
                    place = next
                    objective = value
                    break
                }
                size /= 2
            } while size > 1e-10
        }
        intercept = place[rows.columns]
        coefficients = Array(place.prefix(rows.columns))
        standardErrors = factor?.inverseDiagonal().prefix(rows.columns).map { $0.squareRoot() } ?? []
        self.iterations = iterations
        self.hasConverged = hasConverged
    }

    /// Of Newton's decrement, against the objective.
    private static let enough = 1e-13

    /// The probability of success of a row.
    public func probability(_ row: SparseRow) -> Double {
        LogisticProblem.probability(row.reduce(intercept) { $0 + coefficients[$1.column] * $1.value })
    }
}

/// The columns of a row that are not zero, in rising order.
public typealias SparseRow = [(column: Int, value: Double)]

/// Rows of a matrix that is mostly zero.
public struct SparseRows: Sendable {
    public let columns: Int
    public private(set) var rows: [SparseRow]

    public init(columns: Int, rows: [SparseRow]) {
        self.columns = columns
        self.rows = rows
    }
}

/// Objective and derivatives; the intercept comes last.
private struct LogisticProblem {
    let rows: SparseRows
    let outcomes: [Bool]
    let penalty: Double

    /// No coefficient, and the intercept of the plain rate.
    var start: [Double] {
        let successes = Double(outcomes.count(where: \.self))
        var start = [Double](repeating: 0, count: rows.columns + 1)
        start[rows.columns] = log(successes / (Double(outcomes.count) - successes))
        return start
    }

    static func probability(_ odds: Double) -> Double {
        odds >= 0 ? 1 / (1 + exp(-odds)) : exp(odds) / (1 + exp(odds))
    }

    private func logOdds(_ row: SparseRow, _ place: [Double]) -> Double {
        row.reduce(place[rows.columns]) { $0 + place[$1.column] * $1.value }
    }

    func objective(_ place: [Double]) -> Double {
        var sum = 0.0
        for (row, isSuccess) in zip(rows.rows, outcomes) {
            let odds = logOdds(row, place)
            let against = isSuccess ? -odds : odds
            sum += max(against, 0) + log1p(exp(-abs(against)))
        }
        return sum + penalty / 2 * place.prefix(rows.columns).reduce(0) { $0 + $1 * $1 }
    }

    /// - Returns: the gradient, and the lower half of the Hessian by rows.
    func derivatives(_ place: [Double]) -> (gradient: [Double], hessian: [Double]) {
        let size = rows.columns + 1
        var gradient = [Double](repeating: 0, count: size)
        var hessian = [Double](repeating: 0, count: size * size)
        for (row, isSuccess) in zip(rows.rows, outcomes) {
            let probability = Self.probability(logOdds(row, place))
            let residual = probability - (isSuccess ? 1 : 0)
            let weight = probability * (1 - probability)
            for (column, value) in row {
                gradient[column] += residual * value
                for (other, otherValue) in row where other <= column {
                    hessian[column * size + other] += weight * value * otherValue
                }
                hessian[rows.columns * size + column] += weight * value
            }
            gradient[rows.columns] += residual
            hessian[size * size - 1] += weight
        }
        for column in 0..<rows.columns {
            gradient[column] += penalty * place[column]
            hessian[column * size + column] += penalty
        }
        return (gradient, hessian)
    }
}
