/// Numbers from 0 up to a size: which deals, or which accounts.
struct BitSet: Hashable, Sendable {
    private(set) var words: [UInt64]

    init(size: Int) {
        words = [UInt64](repeating: 0, count: (size + 63) / 64)
    }

    mutating func insert(_ number: Int) {
        words[number / 64] |= 1 << UInt64(number % 64)
    }

    func contains(_ number: Int) -> Bool {
        words[number / 64] & 1 << UInt64(number % 64) != 0
    }

    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    /// How many are in both.
    func count(with other: BitSet) -> Int {
        var count = 0
        for index in words.indices { count += (words[index] & other.words[index]).nonzeroBitCount }
        return count
    }

    /// How many are in all three.
    func count(with other: BitSet, _ third: BitSet) -> Int {
        var count = 0
        for index in words.indices {
            count += (words[index] & other.words[index] & third.words[index]).nonzeroBitCount
        }
        return count
    }

    func intersection(_ other: BitSet) -> BitSet {
        var result = self
        for index in words.indices { result.words[index] &= other.words[index] }
        return result
    }

    func subtracting(_ other: BitSet) -> BitSet {
        var result = self
        for index in words.indices { result.words[index] &= ~other.words[index] }
        return result
    }

    /// In rising order.
    var members: [Int] {
        var members: [Int] = []
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                members.append(index * 64 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
        }
        return members
    }
}
