public import SwiftProtobuf

/// What went wrong with a call, as the Connect protocol names it.
public enum RPCCode: String, Sendable, CaseIterable {
    case canceled
    case unknown
    case invalidArgument = "invalid_argument"
    case deadlineExceeded = "deadline_exceeded"
    case notFound = "not_found"
    case alreadyExists = "already_exists"
    case permissionDenied = "permission_denied"
    case resourceExhausted = "resource_exhausted"
    case failedPrecondition = "failed_precondition"
    case aborted
    case outOfRange = "out_of_range"
    case unimplemented
    case `internal`
    case unavailable
    case dataLoss = "data_loss"
    case unauthenticated
}

/// What a caller is told: a code, a message and typed details. The cause is for the operator: it is logged, never
/// sent.
public struct RPCError: Error, Sendable {
    public var code: RPCCode
    public var message: String
    public var details: [RPCErrorDetail]
    public var cause: (any Error)?

    public init(_ code: RPCCode, _ message: String, details: [RPCErrorDetail] = [], cause: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.details = details
        self.cause = cause
    }
}

/// A typed detail: the full name of a message and its binary form.
public struct RPCErrorDetail: Sendable, Hashable {
    /// Such as `accord.common.v1.BadRequest`.
    public var type: String
    public var value: [UInt8]
    /// The same as JSON for people, if it is known.
    public var debugJSON: String?

    public init(type: String, value: [UInt8], debugJSON: String? = nil) {
        self.type = type
        self.value = value
        self.debugJSON = debugJSON
    }

    /// A message that cannot be written becomes an empty one: an error must not fail for its detail.
    public init(_ message: any Message) {
        type = Swift.type(of: message).protoMessageName
        value = (try? message.serializedBytes()) ?? []
        debugJSON = try? message.jsonString()
    }

    /// Of an error where a message is larger than its receiver takes: an `accord.common.v1.MessageTooLarge`, whose only
    /// field is that of an `Int64Value`.
    ///
    /// - Parameter maxBytes: 0 where the receiver does not say.
    static func messageTooLarge(maxBytes: Int) -> RPCErrorDetail {
        var detail = RPCErrorDetail(Google_Protobuf_Int64Value(Int64(maxBytes)))
        detail.type = "accord.common.v1.MessageTooLarge"
        detail.debugJSON = "{\"maxBytes\":\"\(maxBytes)\"}"
        return detail
    }

    /// The detail as a message, where it is of that type.
    public func decoded<Detail: Message>(as _: Detail.Type = Detail.self) -> Detail? {
        type == Detail.protoMessageName ? try? Detail(serializedBytes: value) : nil
    }
}
