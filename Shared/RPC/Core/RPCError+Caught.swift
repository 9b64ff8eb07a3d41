extension RPCError {
    /// What a caller is told of any error: an ``RPCError`` as it is, all else without its particulars.
    init(caught error: any Error) {
        switch error {
        case let error as RPCError: self = error
        case is CancellationError: self.init(.canceled, "the call was cancelled")
        default: self.init(.internal, "internal error", cause: error)
        }
    }
}
