import Kernel
import Logging
import NIOCore
import NIOPosix
import Platform
import ServiceLifecycle
import Storage
import UnixSignals

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// One service as a process of its own, from its arguments to its exit code.
public struct ServiceProcess: Sendable {
    private let type: any AccordService.Type
    private let arguments: [String]
    private let environment: [String: String]

    /// - Parameter arguments: without the program's name.
    public init(_ type: any AccordService.Type, arguments: [String], environment: [String: String]) {
        self.type = type
        self.arguments = arguments
        self.environment = environment
    }

    /// With this process's own arguments and environment.
    public init(_ type: any AccordService.Type) {
        self.init(
            type, arguments: Array(CommandLine.arguments.dropFirst()),
            environment: ProcessInfo.processInfo.environment)
    }

    /// Runs until the process is told to end. When the service is ready it prints one line to standard output:
    /// `listening on http://ADDRESS:PORT`.
    public func run() async -> ExitCode {
        if arguments.contains("--help") { return say(help) }
        if arguments.contains("--version") { return say("accord-\(type.name.rawValue) \(AccordVersion.text)\n") }
        let configuration: ServiceConfiguration
        do {
            configuration = try ServiceConfiguration(
                type.name, arguments: arguments.filter { $0 != Self.printConfig }, environment: environment)
        } catch {
            return complain("\(error)\nSee accord-\(type.name.rawValue) --help.", .usage)
        }
        if arguments.contains(Self.printConfig) { return say(configuration.printed) }
        do throws(ServingRefusal) {
            try ServingRefusal.check(host: configuration.host, token: configuration.token)
        } catch {
            return complain("\(error)", error.exitCode)
        }
        return await serve(configuration)
    }

    private func serve(_ configuration: ServiceConfiguration) async -> ExitCode {
        signal(SIGPIPE, SIG_IGN)
        NIOSingletons.groupLoopCountSuggestion = configuration.threads
        let telemetry = Telemetry.start(
            configuration.service.rawValue, level: configuration.logLevel, format: configuration.logFormat)
        let peers = PeerConnections(urls: configuration.peerURLs, token: configuration.token)
        let code = await serve(configuration, peers.peers, telemetry.metrics, telemetry.logger)
        await peers.close()
        return code
    }

    private func serve(
        _ configuration: ServiceConfiguration, _ peers: Peers, _ metrics: MetricsRegistry, _ logger: Logger
    ) async -> ExitCode {
        let node: ServiceNode
        do {
            node = try Self.node(type, configuration, peers, logger)
        } catch {
            return complain("\(error)", error is StoreError ? .store : .failed)
        }
        let address = configuration.host
        let host = ServiceHost(
            node, settings: Self.hostSettings(configuration), metrics: metrics, logger: logger,
            onListening: { port in
                logger.info("ready", metadata: ["address": "\(address):\(port)"])
                StandardOutput.result.write("listening on http://\(address):\(port)\n")
            })
        do {
            try await Self.group(host, configuration.drainTimeout, logger).run()
            return .done
        } catch let error as ServingRefusal {
            return complain("\(error)", error.exitCode)
        } catch {
            return complain("\(error)", .failed)
        }
    }

    private static func group(_ host: ServiceHost, _ drainTimeout: TimeSpan, _ logger: Logger) -> ServiceGroup {
        let quiet = Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }
        return ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(service: host, successTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: DrainWatch(limit: drainTimeout, logger: logger)),
                ],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
    }

    private static func node(
        _ type: any AccordService.Type, _ configuration: ServiceConfiguration, _ peers: Peers, _ logger: Logger
    ) throws -> ServiceNode {
        try FileManager.default.createDirectory(atPath: configuration.data, withIntermediateDirectories: true)
        return try ServiceNode(
            type, storePath: configuration.storePath, clock: SystemClock(), ids: RandomIDSource(), logger: logger,
            peers: peers, settings: configuration.node)
    }

    private static func hostSettings(_ configuration: ServiceConfiguration) -> ServiceHostSettings {
        var settings = ServiceHostSettings()
        settings.host = configuration.host
        settings.port = configuration.port
        settings.token = configuration.token
        settings.limits = configuration.limits
        return settings
    }

    // MARK: - What people read

    private static let printConfig = "--print-config"

    private var help: String {
        """
        accord-\(type.name.rawValue): the \(type.name.rawValue) service of Accord

        Each setting is an argument, a variable of the environment, or a key of the file that --config names (YAML or
        JSON, the key without --). Arguments win over the environment, and that over the file.

        \(SettingDeclaration.help(ServiceSettings.all(of: type.name) + [Settings.configFile.declaration]))
          --print-config
              Print all settings, secrets hidden, with where each came from, and end.
          --version, --help
              Print the version, or this help, and end.

        Exit codes: 0 told to end and did; 64 wrong configuration; 69 the address cannot be listened on; 70 failed
        while it ran, or did not end within the drain timeout; 74 the store cannot be opened; 78 refused to listen on
        an address that others reach without a token.

        """
    }

    private func say(_ text: String) -> ExitCode {
        StandardOutput.result.write(text)
        return .done
    }

    private func complain(_ text: String, _ code: ExitCode) -> ExitCode {
        StandardOutput.error.write("accord-\(type.name.rawValue): \(text)\n")
        return code
    }
}
