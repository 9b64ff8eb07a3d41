/// L of a symmetric positive definite matrix A = L L' (A.-L. Cholesky, 1910).
struct CholeskyFactor {
    private let size: Int
    /// By rows; above the diagonal nothing is meant.
    private var lower: [Double]

    /// - Parameter matrix: by rows; only its lower half is read.
    /// - Returns: nil where it is not positive definite.
    init?(_ matrix: [Double], size: Int) {
        var lower = matrix
        for row in 0..<size {
            for column in 0...row {
                var sum = lower[row * size + column]
                for place in 0..<column { sum -= lower[row * size + place] * lower[column * size + place] }
                if column < row {
                    lower[row * size + column] = sum / lower[column * size + column]
                } else {
                    guard sum > 0 else { return nil }
                    lower[row * size + row] = sum.squareRoot()
                }
            }
        }
        self.size = size
        self.lower = lower
    }

    /// x of A x = b.
    func solve(_ right: [Double]) -> [Double] {
        var result = forward(right)
        for row in (0..<size).reversed() {
            for place in row + 1..<size { result[row] -= lower[place * size + row] * result[place] }
            result[row] /= lower[row * size + row]
        }
        return result
    }

    /// The diagonal of the inverse of A: the squared lengths of the columns of the inverse of L.
    func inverseDiagonal() -> [Double] {
        (0..<size).map { column in
            var unit = [Double](repeating: 0, count: size)
            unit[column] = 1
            return forward(unit, from: column).reduce(0) { $0 + $1 * $1 }
        }
    }

    /// y of L y = b, where b is zero before a place.
    private func forward(_ right: [Double], from start: Int = 0) -> [Double] {
        var result = right
        for row in start..<size {
            for place in start..<row { result[row] -= lower[row * size + place] * result[place] }
            result[row] /= lower[row * size + row]
        }
        return result
    }
}
