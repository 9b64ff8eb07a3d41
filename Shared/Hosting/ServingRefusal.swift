import NIOCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Why services do not serve where they were told to, and how their process ends.
public enum ServingRefusal: Error, Equatable, CustomStringConvertible {
    /// Others could reach them, and no token keeps them out.
    case open(host: String)
    /// The port is taken, or the address is not of this machine.
    case address(host: String, port: Int, reason: String)

    /// - Throws: ``open(host:)`` where the address is not of this machine only, and callers need no token.
    public static func check(host: String, token: String?) throws(ServingRefusal) {
        guard token != nil || Loopback.contains(host) else { throw .open(host: host) }
    }

    /// - Parameter error: of a server; nil where it says nothing of its address.
    init?(_ error: any Error, host: String, port: Int) {
        switch error {
        case let error as IOError:
            self = .address(host: host, port: port, reason: String(cString: strerror(error.errnoCode)))
        case is SocketAddressError: self = .address(host: host, port: port, reason: "it is no address")
        default: return nil
        }
    }

    public var exitCode: ExitCode {
        switch self {
        case .open: .unsafe
        case .address: .address
        }
    }

    public var description: String {
        switch self {
        case .open(let host):
            "\(host) can be reached from other machines, and no token is set: set ACCORD_TOKEN to a secret that "
                + "callers bring, or listen on 127.0.0.1"
        case .address(let host, let port, let reason): "cannot listen on \(host):\(port): \(reason)"
        }
    }
}
