package import Contracts
package import Kernel
package import RPC
import SwiftProtobuf

/// What the relay does next, decided without the database and without the network.
package enum RelayDecision {
    /// New events: which go into a batch, and which wait behind an earlier one of their key.
    package struct Plan: Equatable, Sendable {
        /// Indices of the events to send, in order.
        package var send: [Int] = []
        /// Indices of the events to hold.
        package var hold: [Int] = []
        /// How many of the events were considered; the others are for the next plan.
        package var considered = 0
    }

    /// - Parameter blocked: keys of which an earlier event waits.
    package static func plan(
        keys: [String], sizes: [Int], blocked: Set<String>, maxEvents: Int, maxBytes: Int
    ) -> Plan {
        var plan = Plan()
        var bytes = 0
        for index in keys.indices {
            if !blocked.isEmpty, blocked.contains(keys[index]) {
                plan.hold.append(index)
            } else {
                guard plan.send.count < maxEvents, plan.send.isEmpty || bytes + sizes[index] <= maxBytes else { break }
                plan.send.append(index)
                bytes += sizes[index]
            }
            plan.considered = index + 1
        }
        return plan
    }

    /// An event that was sent.
    package struct Sent: Sendable {
        package let position: Int64
        package let key: String
        package let eventID: String
        /// How often it had failed before.
        package let attempts: Int
        /// What it told when it was sent.
        package let kind: EventKind?

        package init(position: Int64, key: String, eventID: String, attempts: Int, kind: EventKind? = nil) {
            self.kind = kind
            self.position = position
            self.key = key
            self.eventID = eventID
            self.attempts = attempts
        }
    }

    /// What became of an event that was sent.
    package enum Outcome: Equatable, Sendable {
        case delivered
        /// An earlier one of its key failed.
        case held
        /// To be tried again.
        case retrying(attempts: Int, at: Instant, error: String)
        /// Given up until someone decides.
        case parked(attempts: Int, error: String)
    }

    /// - Throws: ``RPCError`` where the results are not those of the events that were sent.
    package static func outcomes(
        _ sent: [Sent], _ results: [WireEventResult], now: Instant, settings: RelaySettings,
        random: inout SeededRandom
    ) throws -> [Outcome] {
        guard sent.count == results.count, zip(sent, results).allSatisfy({ $0.eventID == $1.eventID }) else {
            throw RPCError(.dataLoss, "the subscriber's results are not those of the events it was sent")
        }
        var failedKeys: Set<String> = []
        return zip(sent, results).map { event, result in
            switch result.status {
            case .applied, .duplicate:
                return .delivered
            case .held where failedKeys.contains(event.key):
                return .held
            case .failed, .held, .unspecified, .UNRECOGNIZED:
                failedKeys.insert(event.key)
                let error = result.error.isEmpty ? "the subscriber answered \(result.status)" : result.error
                return failure(event, error, now: now, settings: settings, random: &random)
            }
        }
    }

    /// One more failure of an event: another try later, or parked when there were enough.
    package static func failure(
        _ event: Sent, _ error: String, now: Instant, settings: RelaySettings, random: inout SeededRandom
    ) -> Outcome {
        let attempts = event.attempts + 1
        let text = String(error.prefix(1_000))
        guard attempts < settings.maxAttempts else { return .parked(attempts: attempts, error: text) }
        let wait = settings.eventBackoff.wait(failures: attempts, random: &random)
        return .retrying(attempts: attempts, at: now.adding(wait), error: text)
    }

    /// What to do after a batch was refused as a whole.
    package enum Refusal: Equatable, Sendable {
        /// The subscriber or the way to it is at fault: wait, then send the same again.
        case wait
        /// Something in the batch may be at fault: send half of it.
        case narrow
        /// The only event of the batch is at fault.
        case fail
    }

    package static func refusal(_ error: RPCError, events: Int) -> Refusal {
        switch error.code {
        // A service says `resource_exhausted`, a proxy before it 413, which is no code.
        case _ where error.details.contains { $0.type == WireMessageTooLarge.protoMessageName }:
            events > 1 ? .narrow : .fail
        case .invalidArgument, .outOfRange, .failedPrecondition, .internal, .alreadyExists, .notFound:
            events > 1 ? .narrow : .fail
        case .canceled, .unknown, .deadlineExceeded, .permissionDenied, .resourceExhausted, .aborted, .unimplemented,
            .unavailable, .dataLoss, .unauthenticated:
            .wait
        }
    }
}
