import AccordSuite
import ArgumentParser
import Foundation
import Hosting
import RPC

/// Where the services are.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "The services listen on this port + 1 (ICP) to + 5 (Metrics).")
    var portBase = 7_100

    @Option(help: "The host of all services.")
    var host = "127.0.0.1"

    @Option(help: "The address of one service, such as scoring=http://10.0.0.7:7102. Repeatable.")
    var url: [String] = []

    func validate() throws {
        try PortRange.validate(portBase)
    }

    /// Runs a body with clients of the five services.
    func connected<Value>(_ body: (SuiteClients) async throws -> Value) async throws -> Value {
        let connection = SuiteConnection(
            addresses: try addresses(), token: token)
        do {
            let value = try await body(connection.clients)
            await connection.close()
            return value
        } catch {
            await connection.close()
            throw error
        }
    }

    /// What the services ask for.
    var token: String? { ProcessInfo.processInfo.environment["ACCORD_TOKEN"] }

    /// The addresses as one text, the same for the same services.
    func target() throws -> String {
        try addresses().sorted { $0.key.rawValue < $1.key.rawValue }.map { "\($0.key.rawValue)=\($0.value)" }
            .joined(separator: " ")
    }

    func addresses() throws -> [ServiceName: String] {
        var addresses = Dictionary(
            uniqueKeysWithValues: ServiceName.allCases.map { ($0, "http://\(host):\(portBase + $0.portOffset)") })
        for entry in url {
            let parts = entry.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let name = ServiceName(rawValue: parts[0]), parts[1].hasPrefix("http") else {
                throw ValidationError(
                    "--url \(entry): expected SERVICE=http://HOST:PORT with one of "
                        + ServiceName.allCases.map(\.rawValue).joined(separator: ", "))
            }
            addresses[name] = parts[1]
        }
        return addresses
    }
}

/// How an answer is printed.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the answer as JSON, as the service gave it.")
    var json = false
}

/// The number that a service's own is added to.
enum PortRange {
    static func validate(_ base: Int) throws {
        guard (0...65_530).contains(base) else {
            throw ValidationError("--port-base \(base): expected 0 to 65530")
        }
    }
}
