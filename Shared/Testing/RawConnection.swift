public import NIOCore
import NIOPosix

/// A connection to a server, byte by byte.
public final class RawConnection {
    private var inbound: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
    private let outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    private var received = ByteBuffer()
    /// How many reads the last message took.
    public private(set) var reads = 0

    fileprivate init(
        _ inbound: NIOAsyncChannelInboundStream<ByteBuffer>, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) {
        self.inbound = inbound.makeAsyncIterator()
        self.outbound = outbound
    }

    public func send(_ bytes: ByteBuffer) async throws {
        try await outbound.write(bytes)
    }

    public func send(_ text: String) async throws {
        try await send(ByteBuffer(string: text))
    }

    /// The next answer; nil where the connection ends before it is whole.
    public func answer(hasBody: Bool = true) async throws -> RawMessage? {
        reads = 0
        while true {
            if let message = RawMessage.take(from: &received, hasBody: hasBody) { return message }
            guard let part = try await nextPart() else { return nil }
            reads += 1
            received.writeImmutableBuffer(part)
        }
    }

    /// Waits for the other side to end the connection.
    public func end() async throws {
        while try await nextPart() != nil {}
    }

    private func nextPart() async throws -> ByteBuffer? {
        var iterator = inbound
        defer { inbound = iterator }
        return try await iterator.next()
    }
}

/// Connects to a port of this machine for as long as the body runs.
public func withConnection<Result: Sendable>(
    _ port: Int, _ body: (RawConnection) async throws -> Result
) async throws -> Result {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
        .connect(host: "127.0.0.1", port: port) { channel in
            channel.eventLoop.makeCompletedFuture {
                try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
            }
        }
    return try await channel.executeThenClose { inbound, outbound in
        try await body(RawConnection(inbound, outbound))
    }
}

/// One request on a connection of its own.
public func exchange(_ port: Int, _ request: ByteBuffer) async throws -> RawMessage? {
    try await withConnection(port) { connection in
        try await connection.send(request)
        return try await connection.answer(hasBody: !request.readableBytesView.starts(with: "HEAD".utf8))
    }
}
