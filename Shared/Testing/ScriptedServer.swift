public import NIOCore
import NIOPosix
import Synchronization

/// A server that answers by a script and keeps what it was asked.
public final class ScriptedServer: Sendable {
    public enum Step: Sendable {
        case answer(ByteBuffer)
        /// Writes what is there and then says nothing more.
        case stall(ByteBuffer)
        /// Writes what is there and closes the connection.
        case hangUp(ByteBuffer)
    }

    private let script: @Sendable (_ request: RawMessage, _ index: Int) -> Step
    private let seen = Mutex<[RawMessage]>([])

    private init(script: @escaping @Sendable (RawMessage, Int) -> Step) {
        self.script = script
    }

    /// What it was asked so far.
    public var requests: [RawMessage] { seen.withLock { $0 } }

    /// Serves for as long as the body runs, which gets the server and its URL.
    public static func run<Result: Sendable>(
        _ script: @escaping @Sendable (_ request: RawMessage, _ index: Int) -> Step,
        _ body: (ScriptedServer, String) async throws -> Result
    ) async throws -> Result {
        let server = ScriptedServer(script: script)
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .bind(host: "127.0.0.1", port: 0) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        let port = channel.channel.localAddress?.port ?? 0
        let serving = Task {
            try await withThrowingDiscardingTaskGroup { group in
                try await channel.executeThenClose { connections in
                    for try await connection in connections {
                        group.addTask { try? await server.serve(connection) }
                    }
                }
            }
        }
        defer { serving.cancel() }
        return try await body(server, "http://127.0.0.1:\(port)")
    }

    private func serve(_ connection: NIOAsyncChannel<ByteBuffer, ByteBuffer>) async throws {
        try await connection.executeThenClose { inbound, outbound in
            var received = ByteBuffer()
            for try await part in inbound {
                received.writeImmutableBuffer(part)
                while let request = RawMessage.take(from: &received) {
                    let index = seen.withLock { seen in
                        seen.append(request)
                        return seen.count - 1
                    }
                    switch script(request, index) {
                    case .answer(let bytes), .stall(let bytes): try await outbound.write(bytes)
                    case .hangUp(let bytes):
                        try await outbound.write(bytes)
                        return
                    }
                }
            }
        }
    }
}
