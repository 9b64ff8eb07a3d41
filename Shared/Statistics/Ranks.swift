/// Values in rising order, with the ranks that equal ones share.
struct Ranks {
    /// 1 for the least; equal values have the mean of their ranks.
    let ranks: [Double]
    /// The sum of t^3 - t over the sizes t of groups of equal values.
    let ties: Double

    init(_ values: [Double]) {
        let order = values.indices.sorted { values[$0] < values[$1] }
        var ranks = [Double](repeating: 0, count: values.count)
        var ties = 0.0
        var start = 0
        while start < order.count {
            var end = start + 1
            while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
            let size = Double(end - start)
            for place in start..<end { ranks[order[place]] = Double(start) + (size + 1) / 2 }
            ties += size * size * size - size
            start = end
        }
        self.ranks = ranks
        self.ties = ties
    }
}
