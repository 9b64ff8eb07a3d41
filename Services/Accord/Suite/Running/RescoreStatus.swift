public import Contracts

extension WireListRescoresResponse {
    /// Whether there may be leads that the version in force has not scored yet.
    public var isGoingOn: Bool {
        guard agreementVersion > 0 else { return false }
        guard let latest = rescores.first, latest.agreementVersion == agreementVersion else { return true }
        return !latest.hasFinishedAt
    }

    /// One sentence.
    public var rescoreStatus: String {
        guard agreementVersion > 0 else { return "no agreement is in force" }
        guard isGoingOn else { return "all leads are scored by version \(agreementVersion)" }
        guard let latest = rescores.first, latest.agreementVersion == agreementVersion else {
            return "version \(agreementVersion) is in force; scoring all leads by it is about to begin"
        }
        let percent = latest.leads > 0 ? min(100, latest.lookedAt * 100 / latest.leads) : 0
        return "version \(agreementVersion) is scoring all leads anew: \(percent) % of \(latest.leads)"
    }
}
