public import SwiftProtobuf

/// Lets only callers in whom a check knows; their name becomes ``RPCContext/caller``.
public struct AuthenticationInterceptor: RPCInterceptor {
    /// Gets the bearer token of a call and names its caller, or throws ``RPCError`` (`unauthenticated`,
    /// `permission_denied`).
    public typealias Check = @Sendable (_ bearerToken: String?, _ context: RPCContext) async throws -> String

    private let check: Check

    public init(check: @escaping Check) {
        self.check = check
    }

    /// One token for all callers, compared in constant time.
    public init(bearerToken expected: String) {
        self.init { token, _ in
            guard let token else { throw RPCError(.unauthenticated, "a bearer token is required") }
            guard BearerToken.matches(token, expected) else {
                throw RPCError(.unauthenticated, "the bearer token is not valid")
            }
            return "token"
        }
    }

    public func intercept(
        _ request: any Message, _ context: RPCContext, route: RPCRoute,
        next: @Sendable (any Message, RPCContext) async throws -> any Message
    ) async throws -> any Message {
        var context = context
        context.caller = try await check(context.header("authorization").flatMap(BearerToken.of), context)
        return try await next(request, context)
    }
}

/// The token of an `Authorization: Bearer ...` header; pages use it too.
public enum BearerToken {
    public static func of(_ header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }

    /// Takes the same time wherever the texts first differ, so that a token cannot be guessed piece by piece.
    public static func matches(_ found: String, _ expected: String) -> Bool {
        let (found, expected) = (Array(found.utf8), Array(expected.utf8))
        var difference = found.count ^ expected.count
        for (index, byte) in found.enumerated() {
            difference |= Int(byte ^ (expected.isEmpty ? 0 : expected[index % expected.count]))
        }
        return difference == 0 && !expected.isEmpty
    }
}
