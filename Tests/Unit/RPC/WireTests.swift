import NIOCore
import Testing

@testable import RPC

@Suite struct WireTests {
    @Test(arguments: [("0", 0), ("1", 1), ("0005", 5), ("9999999999", 9_999_999_999)])
    func `a timeout is at most ten digits of milliseconds`(text: String, milliseconds: Int) throws {
        #expect(try TimeoutHeader.parse(text) == .milliseconds(milliseconds))
    }

    @Test(arguments: ["", "abc", "-1", "+1", "1.5", "12345678901", " 1", "１"])
    func `anything else is an invalid timeout`(text: String) {
        let error = #expect(throws: RPCError.self) { try TimeoutHeader.parse(text) }
        #expect(error?.code == .invalidArgument)
    }

    @Test func `a timeout is sent in whole milliseconds, rounded up, and never as zero`() {
        #expect(TimeoutHeader.format(.milliseconds(1500)) == "1500")
        #expect(TimeoutHeader.format(.microseconds(1)) == "1")
        #expect(TimeoutHeader.format(.zero) == nil)
        #expect(TimeoutHeader.format(.seconds(-1)) == nil)
        #expect(TimeoutHeader.format(.seconds(Int64.max)) == "9999999999")
    }

    @Test func `codes map to the statuses of the protocol`() {
        let statuses: [RPCCode: Int] = [
            .canceled: 499, .invalidArgument: 400, .failedPrecondition: 400, .outOfRange: 400, .unauthenticated: 401,
            .permissionDenied: 403, .notFound: 404, .alreadyExists: 409, .aborted: 409, .resourceExhausted: 429,
            .unknown: 500, .internal: 500, .dataLoss: 500, .unimplemented: 501, .unavailable: 503,
            .deadlineExceeded: 504,
        ]
        #expect(statuses.count == RPCCode.allCases.count)
        for (code, status) in statuses { #expect(code.httpStatus == status) }
    }

    @Test func `a client infers codes from statuses as the protocol says`() {
        let codes: [Int: RPCCode] = [
            400: .internal, 401: .unauthenticated, 403: .permissionDenied, 404: .unimplemented, 429: .unavailable,
            502: .unavailable, 503: .unavailable, 504: .unavailable, 418: .unknown, 500: .unknown, 409: .unknown,
            302: .unknown,
        ]
        for (status, code) in codes { #expect(RPCCode(httpStatus: status) == code) }
    }

    @Test func `content types are read in any case, with no charset but UTF-8`() {
        #expect(RPCCodec(contentType: "application/json") == .json)
        #expect(RPCCodec(contentType: "Application/JSON; charset=UTF-8") == .json)
        #expect(RPCCodec(contentType: "application/proto;charset=\"utf-8\"") == .proto)
        for other in ["", "text/plain", "application/connect+json", "application/json; charset=latin1", "json"] {
            #expect(RPCCodec(contentType: other) == nil)
        }
    }

    @Test func `an answer may be gzip where the caller lists it, or says nothing and sent gzip`() {
        #expect(ContentCoding.acceptsGzip("gzip", request: .identity))
        #expect(ContentCoding.acceptsGzip("br, GZIP ;q=0.5", request: .identity))
        #expect(ContentCoding.acceptsGzip(nil, request: .gzip))
        #expect(!ContentCoding.acceptsGzip(nil, request: .identity))
        #expect(!ContentCoding.acceptsGzip("identity", request: .gzip))
        #expect(!ContentCoding.acceptsGzip("gzip;q=0", request: .gzip))
    }

    @Test func `a compression that is not spoken is unimplemented, and the message lists those that are`() {
        let error = #expect(throws: RPCError.self) { try ContentCoding(named: "br") }
        #expect(error?.code == .unimplemented)
        #expect(error?.message.contains("gzip") == true)
    }

    @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar"])
    func `base64 is written without padding and read with and without`(text: String) {
        let encoded = Base64.encode(text.utf8)
        #expect(!encoded.contains("="))
        #expect(Base64.decode(encoded) == Array(text.utf8))
        let padded = encoded + String(repeating: "=", count: (4 - encoded.count % 4) % 4)
        #expect(Base64.decode(padded) == Array(text.utf8))
    }

    @Test func `base64 has two alphabets and refuses all else`() {
        #expect(Base64.encode([251, 255]) == "+/8")
        #expect(Base64.encode([251, 255], urlSafe: true) == "-_8")
        #expect(Base64.decode("-_8") == [251, 255])
        for wrong in ["A", "AA=", "A===", "AA!A", "=", "ä"] { #expect(Base64.decode(wrong) == nil) }
    }

    @Test func `an error is written with code, message and details and read back`() throws {
        let detail = RPCErrorDetail(type: "accord.common.v1.BadRequest", value: [1, 2], debugJSON: "{\"a\":1}")
        let error = RPCError(.notFound, "no \"lead\"\n\u{1}", details: [detail], cause: CancellationError())
        let body = ErrorBody.encode(error)
        #expect(
            String(buffer: body)
                == #"{"code":"not_found","message":"no \"lead\"\n\u0001","details":[{"type":"accord.common.v1.BadRequest","value":"AQI","debug":{"a":1}}]}"#
        )
        let read = ErrorBody.decode(body, httpStatus: 404)
        #expect(read.code == .notFound)
        #expect(read.message == error.message)
        #expect(read.details.map(\.type) == [detail.type])
        #expect(read.details.map(\.value) == [detail.value])
    }

    @Test func `an error without a valid code keeps its message and gets the code of its status`() {
        let body = ByteBuffer(string: #"{"code":"nonsense","message":"busy","more":[1],"details":[{"value":"AQ"}]}"#)
        let error = ErrorBody.decode(body, httpStatus: 503)
        #expect(error.code == .unavailable)
        #expect(error.message == "busy")
        #expect(error.details.isEmpty)
        #expect(ErrorBody.decode(ByteBuffer(string: "<html>"), httpStatus: 404).code == .unimplemented)
        #expect(ErrorBody.decode(ByteBuffer(string: "[]"), httpStatus: 418).code == .unknown)
        #expect(ErrorBody.decode(ByteBuffer(string: #"{"code":5}"#), httpStatus: 401).code == .unauthenticated)
    }

    @Test func `a status that says the message was too large is kept as that, unless the answer has a code`() {
        let proxy = ErrorBody.decode(nil, httpStatus: 413)
        #expect(proxy.code == .unknown && proxy.message == "HTTP status 413")
        #expect(proxy.details.map(\.type) == ["accord.common.v1.MessageTooLarge"])
        let told = ErrorBody.decode(ByteBuffer(string: #"{"message":"too much"}"#), httpStatus: 413)
        #expect(told.message == "too much" && told.details == proxy.details)
        #expect(ErrorBody.decode(ByteBuffer(string: #"{"code":"aborted"}"#), httpStatus: 413).details.isEmpty)
        #expect(ErrorBody.decode(nil, httpStatus: 414).details.isEmpty)
    }

    @Test func `dates are written as HTTP wants them`() {
        #expect(HTTPDate.format(784_111_777) == "Sun, 06 Nov 1994 08:49:37 GMT")
    }
}

@Suite struct GetQueryTests {
    @Test func `clients write the parameters in the order of the protocol`() throws {
        let json = GetQuery(codec: .json, coding: .identity, message: ByteBuffer(string: #"{"a":"ü b"}"#))
        #expect(json.text == "connect=v1&encoding=json&message=%7B%22a%22%3A%22%C3%BC%20b%22%7D")
        let packed = GetQuery(codec: .proto, coding: .gzip, message: ByteBuffer(bytes: [251, 255]))
        #expect(packed.text == "connect=v1&base64=1&compression=gzip&encoding=proto&message=-_8")
    }

    @Test func `servers take any order, unknown parameters, padding and both alphabets`() throws {
        let query = try GetQuery("x=1&message=%2B%2F8%3D&encoding=proto&base64=1")
        #expect(query.codec == .proto)
        #expect(query.coding == .identity)
        #expect(query.message == ByteBuffer(bytes: [251, 255]))
        #expect(try GetQuery("message=a+b%20c&encoding=json&connect=v1").message == ByteBuffer(string: "a b c"))
        #expect(try GetQuery("message=%ff&encoding=proto").message == ByteBuffer(bytes: [255]))
        #expect(try GetQuery("message=&encoding=proto").message == ByteBuffer())
    }

    @Test(arguments: ["message=a", "message=a&encoding=xml", ""])
    func `a missing or unknown encoding is no call`(query: String) {
        #expect(throws: GetQuery.UnknownCodec.self) { try GetQuery(query) }
    }

    @Test(arguments: [
        ("encoding=json", RPCCode.invalidArgument), ("encoding=json&base64=1&message=!", .invalidArgument),
        ("connect=v2&encoding=json&message=a", .invalidArgument),
        ("compression=br&encoding=json&message=a", .unimplemented),
    ])
    func `a query that cannot be read says why`(query: String, code: RPCCode) {
        #expect(throws: RPCError.self) { try GetQuery(query) }
        #expect((try? GetQuery(query)) == nil)
        do { _ = try GetQuery(query) } catch { #expect((error as? RPCError)?.code == code) }
    }
}

@Suite struct TraceParentTests {
    private let text = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    @Test func `each hop keeps the trace and gets a span of its own`() throws {
        let trace = try #require(TraceParent(text))
        #expect(trace.text == text)
        let next = trace.next()
        #expect(next.traceID == trace.traceID)
        #expect(next.flags == "01")
        #expect(next.spanID != trace.spanID)
        #expect(TraceParent(next.text) == next)
    }

    @Test func `a trace that begins here is valid`() {
        let trace = TraceParent.begin()
        #expect(TraceParent(trace.text) == trace)
        #expect(TraceParent.begin().traceID != trace.traceID)
    }

    @Test(arguments: [
        "", "00", "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
    ])
    func `what the standard calls invalid is not carried on`(text: String) {
        #expect(TraceParent(text) == nil)
    }

    @Test func `a later version may say more`() {
        #expect(TraceParent("01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more") != nil)
    }
}
