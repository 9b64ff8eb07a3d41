import Foundation
public import NIOCore

/// A message of HTTP/1.1 as it went over the wire.
public struct RawMessage: Sendable {
    /// `POST /a/b HTTP/1.1` or `HTTP/1.1 200 OK`
    public var startLine: String
    public var headers: [(name: String, value: String)]
    public var body: ByteBuffer

    public var status: Int { Int(startLine.split(separator: " ").dropFirst().first ?? "") ?? 0 }
    public var method: String { startLine.split(separator: " ").first.map(String.init) ?? "" }
    public var target: String { startLine.split(separator: " ").dropFirst().first.map(String.init) ?? "" }
    public var text: String { String(buffer: body) }

    public func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }

    /// Takes the first whole message off the buffer; nil while it is not there yet.
    public static func take(from buffer: inout ByteBuffer, hasBody: Bool = true) -> RawMessage? {
        let text = String(buffer: buffer)
        guard let end = text.range(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].components(separatedBy: "\r\n")
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (String(line[..<colon]), String(value))
        }
        var message = RawMessage(startLine: lines.first ?? "", headers: headers, body: ByteBuffer())
        let headLength = text[..<end.upperBound].utf8.count
        let length = hasBody ? message.header("content-length").flatMap(Int.init) ?? 0 : 0
        guard buffer.readableBytes >= headLength + length else { return nil }
        buffer.moveReaderIndex(forwardBy: headLength)
        message.body = buffer.readSlice(length: length) ?? ByteBuffer()
        return message
    }
}

/// Writes a request by hand.
public func rawRequest(
    _ method: String = "POST", _ target: String, _ headers: [(String, String)] = [], body: ByteBuffer = ByteBuffer(),
    length: Int? = nil
) -> ByteBuffer {
    var head = "\(method) \(target) HTTP/1.1\r\nhost: test\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if method == "POST" || length != nil { head += "content-length: \(length ?? body.readableBytes)\r\n" }
    var request = ByteBuffer(string: head + "\r\n")
    request.writeImmutableBuffer(body)
    return request
}

/// Writes an answer by hand.
public func rawAnswer(_ status: Int, _ headers: [(String, String)] = [], body: ByteBuffer = ByteBuffer()) -> ByteBuffer
{
    var head = "HTTP/1.1 \(status) Status\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    var answer = ByteBuffer(string: head + "content-length: \(body.readableBytes)\r\n\r\n")
    answer.writeImmutableBuffer(body)
    return answer
}
