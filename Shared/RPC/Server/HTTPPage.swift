public import HTTPTypes

/// A plain resource beside the RPCs of a server, answered to GET and HEAD: `/healthz`, `/metrics`, `/`.
public struct HTTPPage: Sendable {
    /// The whole path, such as `/healthz`.
    public let path: String
    public let handler: @Sendable (HTTPPageRequest) async throws -> HTTPPageResponse

    public init(path: String, handler: @escaping @Sendable (HTTPPageRequest) async throws -> HTTPPageResponse) {
        self.path = path
        self.handler = handler
    }
}

/// What a page is asked.
public struct HTTPPageRequest: Sendable {
    public let path: String
    /// The parameters of the query in their order, decoded.
    public let parameters: [(name: String, value: String)]
    public let headers: HTTPFields

    public init(path: String, parameters: [(name: String, value: String)] = [], headers: HTTPFields = HTTPFields()) {
        self.path = path
        self.parameters = parameters
        self.headers = headers
    }

    /// The first parameter of that name.
    public func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }

    /// A header, in whatever case.
    public func header(_ name: String) -> String? {
        HTTPField.Name(name).flatMap { headers[$0] }
    }
}

/// What a page answers.
public struct HTTPPageResponse: Sendable {
    public var status: Int
    public var contentType: String
    /// Beside the content type and the length.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]

    public init(
        status: Int = 200, contentType: String, headers: [(name: String, value: String)] = [], body: [UInt8]
    ) {
        self.status = status
        self.contentType = contentType
        self.headers = headers
        self.body = body
    }

    /// Text in UTF-8.
    public init(status: Int = 200, text: String, contentType: String = "text/plain; charset=utf-8") {
        self.init(status: status, contentType: contentType, body: Array(text.utf8))
    }
}
