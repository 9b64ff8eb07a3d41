import RPC

/// Who may call a service, for now: everyone on this machine, or everyone with the token.
///
/// Access by role joins as a further ``RPCInterceptor`` behind the one that names the caller.
enum Authentication {
    /// A page that only callers with the token see.
    static func guarding(_ page: HTTPPage, token: String) -> HTTPPage {
        HTTPPage(path: page.path) { request in
            let found = request.header("authorization").flatMap(BearerToken.of)
            guard let found, BearerToken.matches(found, token) else {
                var response = HTTPPageResponse(status: 401, text: "a bearer token is required\n")
                response.headers = [("www-authenticate", "Bearer")]
                return response
            }
            return try await page.handler(request)
        }
    }
}

/// Addresses that only this machine reaches.
public enum Loopback {
    public static func contains(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
