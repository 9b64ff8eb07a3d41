import Contracts
import Hosting
import Platform
import RPC
import ScoringDomain
import Storage

extension ScoringHandlers {
    /// Sound engagement is stored even where other engagement of the message is refused: the error then tells the tool
    /// to try again, which changes nothing of what is stored.
    func receiveWebhook(
        _ request: WireReceiveWebhookRequest, _ context: RPCContext
    ) async throws -> WireReceiveWebhookResponse {
        let message = try WebhookMessage(request, webhooks, now: store.clock.now())
        try await library.learnAnyInForce(context)
        let response = try await store.command(context) { transaction in
            let rules = try library.required(at: transaction.now, transaction.database)
            try WebhookQueries.refuseReplay(of: message, transaction.database)
            let response = try take(message, rules, in: transaction)
            if response.faults.isEmpty {
                try WebhookQueries.insert(message, tolerance: webhooks.tolerance, transaction)
            }
            return response
        }
        guard response.faults.isEmpty else { throw RPCError.invalid(response.faults) }
        return response
    }

    private func take(
        _ message: WebhookMessage, _ rules: ScoringRules, in transaction: StoreTransaction
    ) throws -> WireReceiveWebhookResponse {
        guard let mapping = rules.webhooks.first(where: { $0.id == message.webhook }) else {
            throw RPCError(.notFound, "agreement version \(rules.version) has no webhook \"\(message.webhook)\"")
        }
        let reading = try WebhookReading(message, by: mapping, atMost: Self.engagementsMax)
        try partitions.require(reading.engagements.filter(\.email.isEmpty).map(\.engagement.leadID))
        var intake = Intake(transaction, rules, library)
        var response = WireReceiveWebhookResponse()
        response.ignored = Int32(clamping: reading.ignored)
        let lookup = EmailLookup(rules: rules, database: transaction.database)
        for (index, entry) in reading.engagements.enumerated() {
            var (engagement, faults) = (entry.engagement, entry.faults)
            if !entry.email.isEmpty {
                switch try lookup.find(entry.email) {
                case .lead(let leadID): engagement.leadID = leadID
                case .none(let expected):
                    // The one fault of its lead: that no id names it was to be expected.
                    engagement.leadID = entry.email
                    faults.append(
                        WireFieldViolation(
                            "engagements[\(index)].email", found: String(entry.email.prefix(254)), expected: expected))
                }
            }
            faults += engagement.faults(at: index, now: transaction.now)
            response.results.append(
                faults.isEmpty
                    ? try intake.take(engagement, at: index)
                    : .failed(index, engagement.engagementID, faults))
        }
        try intake.finish()
        return response
    }
}

extension WireReceiveWebhookResponse {
    /// Of the engagement that was refused.
    fileprivate var faults: [WireFieldViolation] {
        results.filter { $0.status == .failed }.flatMap { result in
            result.error.violations.isEmpty
                ? [
                    WireFieldViolation(
                        "engagements[\(result.index)].lead_id", found: result.error.message,
                        expected: "a lead that is known")
                ] : result.error.violations
        }
    }
}
