import Kernel
import ScoringDomain

/// Pages of leads in the order of ids, read ahead of the transactions that store what becomes of them, so that neither
/// waits for the other.
struct RescoreLine {
    /// Pages in one transaction.
    private let batch: Int
    /// The id behind which the next page is to be read; nil where there are no more leads.
    private(set) var position: String?
    private var ready: [RescorePage]
    /// Those that came before one that is still being read.
    private var early: [Int: RescorePage] = [:]
    private var begun = 0
    private var added = 0

    /// - Parameter ready: what was read before, behind the last page that was stored.
    init(batch: Int, after cursor: String, ready: [RescorePage]) {
        self.batch = batch
        self.ready = ready
        position = ready.isEmpty ? cursor : ready[ready.count - 1].through
    }

    /// Beside the pages that are being stored, twice as many are in memory at most.
    var wantsMore: Bool {
        position != nil && begun - added < max(1, ScoringHandlers.pagesAtOnce)
            && ready.count + begun - added < 2 * batch
    }

    /// - Returns: the number of a page that is being read from now on.
    mutating func begin(through last: String?) -> Int {
        position = last
        defer { begun += 1 }
        return begun
    }

    mutating func add(_ page: RescorePage, _ number: Int) {
        early[number] = page
        while let next = early.removeValue(forKey: added) {
            ready.append(next)
            added += 1
        }
    }

    /// - Returns: what the next transaction stores; nil where that is not there yet.
    mutating func next() -> [RescorePage]? {
        let isEnd = ready.last.map { $0.through == nil } ?? false
        guard ready.count >= batch || isEnd else { return nil }
        defer { ready.removeFirst(min(batch, ready.count)) }
        return Array(ready.prefix(batch))
    }

    /// What is read and not taken.
    var rest: [RescorePage] { ready }
}
