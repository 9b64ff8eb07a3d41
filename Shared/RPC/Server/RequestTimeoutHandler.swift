import NIOCore
import NIOHTTPTypes

/// Ends connections whose other side is slower than the limits allow.
///
/// A head that does not come in time is answered with 408. A body that does not is reported to its reader as
/// ``SlowSender``, who answers. An answer that is not read in time ends the connection. A request that comes in one
/// piece and an answer that leaves in one start no timer.
final class RequestTimeoutHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    /// The body of a request did not come in time.
    struct SlowSender: Error {}

    private enum Phase {
        case idle
        case head
        case body
    }

    private let headTimeout: TimeAmount
    private let bodyTimeout: TimeAmount
    private let answerTimeout: TimeAmount
    private var phase = Phase.idle
    /// Counts the changes of phase, so that a timer knows the one it was started in.
    private var step = 0
    private var timer: (step: Int, task: Scheduled<Void>)?
    private var answerTimer: Scheduled<Void>?

    init(_ limits: RPCLimits) {
        headTimeout = TimeAmount(limits.headTimeout)
        bodyTimeout = TimeAmount(limits.bodyTimeout)
        answerTimeout = TimeAmount(limits.answerTimeout)
    }

    func handlerAdded(context: ChannelHandlerContext) {
        // Bytes are seen where they enter the pipeline, before they are decoded.
        try? context.pipeline.syncOperations.addHandler(IncomingBytesHandler(self, context), position: .first)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        stopTimer()
        answerTimer?.cancel()
    }

    func channelInactive(context: ChannelHandlerContext) {
        stopTimer()
        answerTimer?.cancel()
        context.fireChannelInactive()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        answerTimer?.cancel()
        answerTimer = nil
        if !context.channel.isWritable {
            answerTimer = context.eventLoop.assumeIsolated().scheduleTask(in: answerTimeout) {
                context.close(promise: nil)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: enter(.body)
        case .body: break
        case .end: enter(.idle)
        }
        context.fireChannelRead(data)
    }

    fileprivate func bytesArrive() {
        if phase == .idle { enter(.head) }
    }

    /// After each read: what is still incomplete now gets a timer, unless it has one.
    fileprivate func readEnds(context: ChannelHandlerContext, bytesContext: ChannelHandlerContext) {
        if let timer, timer.step != step { stopTimer() }
        guard phase != .idle, timer == nil else { return }
        let (phase, step) = (phase, step)
        let task = context.eventLoop.assumeIsolated().scheduleTask(in: phase == .head ? headTimeout : bodyTimeout) {
            guard self.step == step else { return }
            if phase == .head { self.refuseHead(bytesContext) } else { context.fireErrorCaught(SlowSender()) }
        }
        timer = (step, task)
    }

    private func enter(_ phase: Phase) {
        self.phase = phase
        step += 1
    }

    private func stopTimer() {
        timer?.task.cancel()
        timer = nil
    }

    private func refuseHead(_ context: ChannelHandlerContext) {
        let answer = "HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
        context.writeAndFlush(NIOAny(ByteBuffer(string: answer)), promise: nil)
        context.close(promise: nil)
    }
}

/// Sees the bytes of a connection first.
private final class IncomingBytesHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let timeouts: RequestTimeoutHandler
    private let partsContext: ChannelHandlerContext

    init(_ timeouts: RequestTimeoutHandler, _ partsContext: ChannelHandlerContext) {
        self.timeouts = timeouts
        self.partsContext = partsContext
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        timeouts.bytesArrive()
        context.fireChannelRead(data)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        timeouts.readEnds(context: partsContext, bytesContext: context)
        context.fireChannelReadComplete()
    }
}
