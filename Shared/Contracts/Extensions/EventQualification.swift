extension WireEvent {
    /// What ``EventKind/leadQualified`` and ``EventKind/leadRequalified`` tell; empty for other kinds.
    public var qualification: WireLeadQualified {
        switch payload {
        case .leadQualified(let qualified), .leadRequalified(let qualified): qualified
        default: WireLeadQualified()
        }
    }
}
