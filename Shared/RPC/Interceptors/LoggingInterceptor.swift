import Logging
public import SwiftProtobuf

/// Logs each call with its code and duration: calls that fail for a fault of the service as errors, others as details.
public struct LoggingInterceptor: RPCInterceptor {
    public init() {}

    public func intercept(
        _ request: any Message, _ context: RPCContext, route: RPCRoute,
        next: @Sendable (any Message, RPCContext) async throws -> any Message
    ) async throws -> any Message {
        let start = ContinuousClock.now
        do {
            let response = try await next(request, context)
            log(.debug, context, nil, start)
            return response
        } catch {
            let told = RPCError(caught: error)
            log(told.code.httpStatus >= 500 ? .warning : .info, context, told, start)
            throw error
        }
    }

    private func log(_ level: Logger.Level, _ context: RPCContext, _ error: RPCError?, _ start: ContinuousClock.Instant)
    {
        guard context.logger.logLevel <= level else { return }
        var metadata: Logger.Metadata = [
            "method": "\(context.path)", "code": "\(error?.code.rawValue ?? "ok")",
            "milliseconds": "\((ContinuousClock.now - start).milliseconds)",
        ]
        if let error { metadata["message"] = "\(error.message)" }
        if let trace = context.traceparent { metadata["traceparent"] = "\(trace)" }
        context.logger.log(level: level, "call", metadata: metadata)
    }
}

extension Duration {
    fileprivate var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1000 + (Double(attoseconds) / 1e12).rounded() / 1000
    }
}
