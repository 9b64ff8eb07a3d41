import Contracts
import Kernel
import RPC
import RoutingDomain
import SwiftProtobuf

/// Collects the faults of a request, so that the caller is told all of them at once.
struct Faults {
    private(set) var violations: [WireFieldViolation] = []

    mutating func require(_ holds: Bool, _ path: String, found: @autoclosure () -> String, expected: String) {
        if !holds { violations.append(WireFieldViolation(path, found: found(), expected: expected)) }
    }

    mutating func requireText(_ text: String, _ path: String) {
        require(!text.isEmpty, path, found: "nothing", expected: "a text that is not empty")
        require(text.utf8.count <= 256, path, found: "\(text.utf8.count) bytes", expected: "at most 256 bytes")
    }

    mutating func requireCount(_ count: Int, _ path: String, most: Int) {
        require(count <= most, path, found: "\(count) items", expected: "at most \(most)")
    }

    /// The moment that a request names; nil, with a fault, outside the years 1 to 9999.
    mutating func instant(_ timestamp: Google_Protobuf_Timestamp, _ path: String) -> Instant? {
        let years = Instant.distantPast.seconds...Instant.distantFuture.seconds
        let holds = years.contains(timestamp.seconds) && (0..<1_000_000_000).contains(timestamp.nanos)
        require(holds, path, found: "\(timestamp.seconds) seconds", expected: "a time in the years 1 to 9999")
        return holds ? Instant(timestamp) : nil
    }

    func check() throws {
        if !violations.isEmpty { throw RPCError.invalid(violations) }
    }
}

/// The most items of one batch.
let batchLimit = 1_000

extension WireItemResult {
    init(_ index: Int, _ id: String, _ status: WireItemStatus, violations: [WireFieldViolation] = []) {
        self.init()
        self.index = Int32(clamping: index)
        self.id = id
        self.status = status
        guard status == .failed else { return }
        error = WireItemError(RPCError.invalid(violations))
    }

    init(_ index: Int, _ id: String, refusal: RPCError) {
        self.init(index, id, .unspecified)
        status = .failed
        error = WireItemError(refusal)
    }
}

extension WireItemError {
    fileprivate init(_ refusal: RPCError) {
        self.init()
        code = refusal.code.rawValue
        message = refusal.message
        violations = refusal.details.lazy.compactMap { $0.decoded(as: WireBadRequest.self) }.first?.violations ?? []
    }
}

extension RPCError {
    init(_ refusal: HandoffRefusal, handoffID: String) {
        switch refusal {
        case .notTheAssignee(let actor, let assignee):
            self.init(.permissionDenied, "handoff \(handoffID) is \(assignee)'s: \(actor) may not act on it")
        case .impossible(let command, let state):
            self.init(
                .failedPrecondition, "handoff \(handoffID) is \(state.rawValue): it cannot be \(command.participle)")
        case .beforeAssignment(let occurredAt, let assignedAt):
            self = .invalid(
                "occurred_at", found: occurredAt.text,
                expected: "not before \(assignedAt.text), when the handoff was assigned")
        case .inTheFuture(let occurredAt, let now):
            self = .invalid("occurred_at", found: occurredAt.text, expected: "not in the future: it is \(now.text)")
        }
    }

    static func noSuchHandoff(_ what: String) -> RPCError {
        RPCError(.notFound, "there is no handoff \(what)")
    }
}
