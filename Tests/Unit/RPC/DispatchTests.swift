import Contracts
import CoreMetrics
import HTTPTypes
import Logging
import SwiftProtobuf
import Synchronization
import Testing

@testable import RPC

@Suite struct DispatchTests {
    private let method = WireSlaServiceMethods.listTimers

    private func transport(
        _ interceptors: [any RPCInterceptor] = [],
        _ handler: @escaping @Sendable (RPCContext) async throws -> WireListTimersResponse
    ) -> WireSlaServiceClient {
        let transport = InProcessTransport()
        let route = RPCRoute(method) { _, context in try await handler(context) }
        transport.connect(to: RPCDispatcher([route], interceptors: interceptors))
        return WireSlaServiceClient(transport)
    }

    @Test func `a handler that outlives its deadline is cancelled and not waited for`() async throws {
        let (cancelled, signal) = AsyncStream.makeStream(of: Void.self)
        let client = transport { _ in
            await withTaskCancellationHandler {
                // Ends by its cancellation alone.
                for await _ in AsyncStream<Void>.makeStream().stream {}
            } onCancel: {
                signal.yield()
            }
            return WireListTimersResponse()
        }
        let error = await #expect(throws: RPCError.self) {
            try await client.listTimers(.init(), CallOptions(timeout: .milliseconds(20)))
        }
        #expect(error?.code == .deadlineExceeded)
        for await _ in cancelled { break }
    }

    @Test func `deadlines are kept in whatever order they were set`() async throws {
        let client = transport { _ in
            for await _ in AsyncStream<Void>.makeStream().stream {}
            return WireListTimersResponse()
        }
        await withTaskGroup(of: RPCCode?.self) { group in
            for milliseconds in [40, 10, 30, 5, 20, 35, 1, 15] {
                group.addTask {
                    let options = CallOptions(timeout: .milliseconds(milliseconds))
                    do { _ = try await client.listTimers(.init(), options) } catch { return (error as? RPCError)?.code }
                    return nil
                }
            }
            for await code in group { #expect(code == .deadlineExceeded) }
        }
    }

    @Test func `a call within its deadline is answered`() async throws {
        let client = transport { context in
            await Task.yield()
            return .with { $0.nextPageToken = context.deadline == nil ? "none" : "set" }
        }
        let answer = try await client.listTimers(.init(), CallOptions(timeout: .seconds(60)))
        #expect(answer.nextPageToken == "set")
    }

    @Test func `the sooner of a timeout and the parent's deadline counts`() {
        let now = ContinuousClock.now
        var parent = RPCContext(path: "/a/b", requestID: "1", logger: Logger(label: "test"))
        parent.deadline = now.advanced(by: .seconds(2))
        #expect(CallOptions(parent: parent).deadline(from: now) == parent.deadline)
        #expect(CallOptions(timeout: .seconds(5), parent: parent).deadline(from: now) == parent.deadline)
        let sooner = CallOptions(timeout: .seconds(1), parent: parent).deadline(from: now)
        #expect(sooner == now.advanced(by: .seconds(1)))
        #expect(CallOptions().deadline(from: now) == nil)
        #expect(CallOptions().deadline(from: now, defaultTimeout: .seconds(3)) == now.advanced(by: .seconds(3)))
    }

    @Test func `cancelling the caller cancels the call`() async throws {
        let (started, signal) = AsyncStream.makeStream(of: Void.self)
        let client = transport { _ in
            signal.yield()
            for await _ in AsyncStream<Void>.makeStream().stream {}
            throw CancellationError()
        }
        let call = Task { try await client.listTimers(.init(), CallOptions(timeout: .seconds(60))) }
        for await _ in started { break }
        call.cancel()
        let error = await #expect(throws: RPCError.self) { try await call.value }
        #expect(error?.code == .canceled)
    }

    @Test func `callers are not told what an unknown error was`() async throws {
        struct Secret: Error {}
        let client = transport { _ in throw Secret() }
        let error = await #expect(throws: RPCError.self) { try await client.listTimers(.init()) }
        #expect(error?.code == .internal)
        #expect(error?.message == "internal error")
    }

    @Test func `headers and trailers pass both ways, those of the protocol do not`() async throws {
        let client = transport { context in
            context.setResponseHeader("X-Colour", context.header("x-asked") ?? "")
            context.setResponseTrailer("X-Count", "3")
            context.setResponseHeader("Connect-Secret", "1")
            return WireListTimersResponse()
        }
        let metadata = RPCMetadata()
        let headers = [("X-Asked", "green"), ("Content-Type", "text/plain")]
        _ = try await client.listTimers(.init(), CallOptions(headers: headers, response: metadata))
        #expect(metadata.header("x-colour") == "green")
        #expect(metadata.trailer("x-count") == "3")
        #expect(metadata.headers.count == 1)
    }

    @Test func `a token lets callers in, and nothing else does`() async throws {
        let client = transport([AuthenticationInterceptor(bearerToken: "sesame")]) { context in
            .with { $0.nextPageToken = context.caller ?? "" }
        }
        for header in ["", "Bearer", "Bearer ", "Bearer sesam", "Bearer sesamee", "Basic sesame", "Bearer Sesame"] {
            let options = CallOptions(headers: header.isEmpty ? [] : [("Authorization", header)])
            let error = await #expect(throws: RPCError.self) { try await client.listTimers(.init(), options) }
            #expect(error?.code == .unauthenticated)
        }
        let options = CallOptions(headers: [("authorization", "bearer sesame")])
        #expect(try await client.listTimers(.init(), options).nextPageToken == "token")
    }

    @Test func `no token matches an empty one`() {
        #expect(!BearerToken.matches("", ""))
        #expect(!BearerToken.matches("a", ""))
    }

    @Test func `calls are counted and timed by method and code`() async throws {
        let metrics = RecordedMetrics()
        let route = RPCRoute(method) { _, context in
            if context.header("x-fail") != nil { throw RPCError(.notFound, "no") }
            return WireListTimersResponse()
        }
        let transport = InProcessTransport()
        transport.connect(
            to: RPCDispatcher([route], interceptors: [MetricsInterceptor([route], factory: metrics)]))
        let client = WireSlaServiceClient(transport)
        _ = try await client.listTimers(.init())
        _ = try await client.listTimers(.init())
        _ = try? await client.listTimers(.init(), CallOptions(headers: [("x-fail", "1")]))
        let name = "accord.sla.v1.SlaService/ListTimers"
        #expect(metrics.value("rpc_requests_total", name, "ok") == 2)
        #expect(metrics.value("rpc_requests_total", name, "not_found") == 1)
        #expect(metrics.value("rpc_request_duration_seconds", name, "ok") == 2)
        #expect(metrics.value("rpc_requests_in_flight", name) == 0)
        #expect(metrics.made == 5)
    }
}

/// Keeps what was recorded: sums for counters and meters, numbers of records for timers.
private final class RecordedMetrics: MetricsFactory {
    private let values = Mutex<[String: Double]>([:])
    private let handlers = Mutex(0)

    var made: Int { handlers.withLock { $0 } }

    func value(_ parts: String...) -> Double? {
        values.withLock { $0[parts.joined(separator: " ")] }
    }

    private func instrument(_ label: String, _ dimensions: [(String, String)]) -> Instrument {
        handlers.withLock { $0 += 1 }
        let name = ([label] + dimensions.map(\.1)).joined(separator: " ")
        return Instrument { amount in self.values.withLock { $0[name, default: 0] += amount } }
    }

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        instrument(label, dimensions)
    }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { instrument(label, dimensions) }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { instrument(label, dimensions) }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        NOOPMetricsHandler.instance
    }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}

    private final class Instrument: CounterHandler, MeterHandler, TimerHandler {
        let add: @Sendable (Double) -> Void

        init(add: @escaping @Sendable (Double) -> Void) {
            self.add = add
        }

        func increment(by amount: Int64) { add(Double(amount)) }
        func reset() {}
        func set(_ value: Int64) {}
        func set(_ value: Double) {}
        func increment(by amount: Double) { add(amount) }
        func decrement(by amount: Double) { add(-amount) }
        func recordNanoseconds(_ duration: Int64) { add(1) }
    }
}
