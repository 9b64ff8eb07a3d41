import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SwiftProtobuf

/// Reads an answer, or the error that it stands for.
struct ResponseReader: Sendable {
    let codec: RPCCodec
    let limit: Int

    /// - Throws: ``RPCError``, or what broke the connection.
    func read<Answer: Message>(_ response: HTTPClientResponse, metadata: RPCMetadata?) async throws -> Answer {
        metadata?.read(from: response.headers)
        let status = Int(response.status.code)
        let contentType = response.headers.first(name: "content-type").flatMap(RPCCodec.init(contentType:))
        guard status == 200 else {
            let body = contentType == .json ? try await body(of: response) : nil
            throw ErrorBody.decode(body, httpStatus: status)
        }
        guard let contentType else {
            let found = response.headers.first(name: "content-type") ?? "none"
            throw RPCError(.unknown, "content type of the answer: found \(found), expected \(codec.contentType)")
        }
        guard contentType == codec else {
            throw RPCError(
                .internal, "content type of the answer: found \(contentType.contentType), expected \(codec.contentType)"
            )
        }
        let body = try await body(of: response)
        do {
            return try codec.decode(Answer.self, from: body)
        } catch {
            throw RPCError(.internal, "the answer cannot be read", cause: error)
        }
    }

    private func body(of response: HTTPClientResponse) async throws -> ByteBuffer {
        guard let coding = try? ContentCoding(named: response.headers.first(name: "content-encoding")) else {
            throw RPCError(.internal, "the answer is compressed in a way that was not asked for")
        }
        do {
            let body = try await response.body.collect(upTo: limit)
            guard coding == .gzip, body.readableBytes > 0 else { return body }
            return try Gzip.decompress(body, limit: limit)
        } catch is NIOTooManyBytesError {
            throw tooLarge()
        } catch Gzip.Failure.tooLarge {
            throw tooLarge()
        } catch let error as Gzip.Failure {
            throw RPCError(.internal, "the answer is not valid gzip", cause: error)
        }
    }

    private func tooLarge() -> RPCError {
        RPCError(.resourceExhausted, "the answer is larger than \(limit) bytes")
    }
}
