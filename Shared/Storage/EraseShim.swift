// Of the branch `erased` alone: goes when `StoreTransaction.erase` of the branch `erase` is merged.
extension StoreTransaction {
    public func erase(_ leadIDs: [String]) {}
}
