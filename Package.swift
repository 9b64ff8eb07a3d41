// swift-tools-version: 6.2
import PackageDescription

// MARK: - Dependencies by product

private let argumentParser = product("ArgumentParser", "swift-argument-parser")
private let asyncHTTPClient = product("AsyncHTTPClient", "async-http-client")
private let configuration = product("Configuration", "swift-configuration")
private let coreMetrics = product("CoreMetrics", "swift-metrics")
private let crypto = product("Crypto", "swift-crypto")
private let grdb = product("GRDB", "GRDB.swift")
private let grdbSQLite = product("GRDBSQLite", "GRDB.swift")
private let httpTypes = product("HTTPTypes", "swift-http-types")
private let hummingbird = product("Hummingbird", "hummingbird")
private let hummingbirdCore = product("HummingbirdCore", "hummingbird")
private let logging = product("Logging", "swift-log")
private let metrics = product("Metrics", "swift-metrics")
private let mustache = product("Mustache", "swift-mustache")
private let nioCore = product("NIOCore", "swift-nio")
private let nioHTTP1 = product("NIOHTTP1", "swift-nio")
private let nioHTTPTypes = product("NIOHTTPTypes", "swift-nio-extras")
private let nioPosix = product("NIOPosix", "swift-nio")
private let protobuf = product("SwiftProtobuf", "swift-protobuf")
private let protobufPlugin = product("SwiftProtobufPluginLibrary", "swift-protobuf")
private let serviceLifecycle = product("ServiceLifecycle", "swift-service-lifecycle")
private let csv = product("SwiftCSV", "SwiftCSV")
private let unixSignals = product("UnixSignals", "swift-service-lifecycle")
private let yams = product("Yams", "Yams")

private func product(_ name: String, _ package: String) -> Target.Dependency {
    .product(name: name, package: package)
}

// MARK: - Target helpers

private let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

/// Generated messages keep their fields in an object that only one value refers to while it is written (copy on write),
/// so that the check at run time that nobody else has it open cannot fail. It was 3 % of a replay. Ours keep it.
private let generatedSettings =
    settings + [.unsafeFlags(["-enforce-exclusivity=unchecked"], .when(configuration: .release))]

private func shared(_ name: String, path: String? = nil, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, path: path ?? "Shared/\(name)", swiftSettings: settings)
}

private func tests(
    _ name: String, path: String, exclude: [String] = [], _ dependencies: [Target.Dependency]
) -> Target {
    .testTarget(
        name: name, dependencies: dependencies + ["AccordTesting"], path: "Tests/\(path)", exclude: exclude,
        swiftSettings: settings)
}

/// The modules that the shell of every service may use; one list, so that the five stay alike.
private let serviceShell: [Target.Dependency] = [
    "Contracts", "Criteria", "Hosting", "Kernel", "Platform", "RPC", "Storage", grdb, logging, protobuf,
]

/// A service is three targets: a pure domain, the shell around it and a thin executable.
private func service(
    _ name: String, domain: [Target.Dependency] = [], service: [Target.Dependency] = [], resources: [Resource] = []
) -> [Target] {
    [
        .target(
            name: "\(name)Domain", dependencies: ["Criteria", "Kernel"] + domain, path: "Services/\(name)/Domain",
            swiftSettings: settings),
        .target(
            name: "\(name)Service", dependencies: [.target(name: "\(name)Domain")] + serviceShell + service,
            path: "Services/\(name)/Service", resources: resources, swiftSettings: settings),
        .executableTarget(
            name: "\(name)Server", dependencies: [.target(name: "\(name)Service"), "Hosting", "Platform"],
            path: "Services/\(name)/Server", swiftSettings: settings),
        tests(
            "\(name)Tests", path: "Unit/\(name)",
            [.target(name: "\(name)Domain"), .target(name: "\(name)Service")] + serviceShell + domain + service),
    ]
}

private let services = ["ICP", "Scoring", "Routing", "SLA", "Metrics"]
private let allDomains: [Target.Dependency] = services.map { .target(name: "\($0)Domain") }
private let allServices: [Target.Dependency] = services.map { .target(name: "\($0)Service") }

// MARK: - Package

let package = Package(
    name: "accord",
    platforms: [.macOS(.v15)],
    products: services.map { .executable(name: "accord-\($0.lowercased())", targets: ["\($0)Server"]) } + [
        .executable(name: "accord", targets: ["Accord"]),
        .executable(name: "protoc-gen-accord", targets: ["protoc-gen-accord"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(
            url: "https://github.com/apple/swift-configuration", from: "1.4.0",
            traits: ["JSON", "CommandLineArguments", "YAML"]),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", from: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.1"),
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
        .package(url: "https://github.com/swiftcsv/SwiftCSV", from: "0.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", path: "Shared/CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(
            name: "CSQLite", path: "Shared/CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        shared("Kernel", []),
        shared("Criteria", ["Kernel"]),
        shared("Statistics", []),
        shared("Platform", ["Kernel", configuration, coreMetrics, logging, metrics, yams]),
        shared(
            "RPC",
            [
                "CZlib", "Kernel", "Platform", asyncHTTPClient, coreMetrics, httpTypes, hummingbirdCore, logging,
                metrics,
                nioCore, nioHTTP1, nioHTTPTypes, nioPosix, protobuf, serviceLifecycle,
            ]),
        .target(
            name: "Contracts", dependencies: ["Kernel", "RPC", protobuf], path: "Shared/Contracts",
            exclude: ["Plugin", "proto", "generate.sh"], sources: ["Generated", "Extensions"],
            swiftSettings: generatedSettings),
        shared(
            "Storage",
            [
                "CSQLite", "Contracts", "Kernel", "Platform", "RPC", coreMetrics, grdb, grdbSQLite, logging, metrics,
                protobuf,
            ]),
        shared(
            "Hosting",
            [
                "Contracts", "Criteria", "Kernel", "Platform", "RPC", "Storage", configuration, grdb, httpTypes,
                hummingbird, logging, coreMetrics, nioCore, nioPosix, protobuf, serviceLifecycle,
                unixSignals,
            ]),
        shared(
            "AccordTesting", path: "Shared/Testing",
            [
                "Contracts", "Criteria", "Hosting", "Kernel", "Platform", "RPC", "Storage", asyncHTTPClient, crypto,
                grdb,
                httpTypes, logging, nioCore, nioHTTP1, nioPosix, protobuf,
            ]),
        .executableTarget(
            name: "protoc-gen-accord", dependencies: [protobuf, protobufPlugin], path: "Shared/Contracts/Plugin",
            swiftSettings: settings),
    ]
        + service(
            "ICP", domain: ["Statistics", yams], service: [crypto, mustache], resources: [.embedInCode("Resources")])
        + service("Scoring", domain: ["Statistics"], service: [crypto, httpTypes])
        + service("Routing")
        + service("SLA")
        + service("Metrics", service: [mustache, httpTypes, hummingbird], resources: [.embedInCode("Resources")])
        + [
            .target(
                name: "AccordSuite",
                dependencies: allServices + allDomains + serviceShell + [
                    asyncHTTPClient, crypto, csv, nioCore, nioHTTP1, serviceLifecycle, unixSignals, yams,
                ],
                path: "Services/Accord/Suite", resources: [.embedInCode("Resources")], swiftSettings: settings),
            .executableTarget(
                name: "Accord",
                dependencies: [
                    "AccordSuite", "Contracts", "Hosting", "Kernel", "Platform", "RPC", "Storage", "ICPDomain",
                    argumentParser, coreMetrics, logging, protobuf, serviceLifecycle,
                ],
                path: "Services/Accord/CommandLine", swiftSettings: settings),
            .executableTarget(
                name: "HotPaths",
                dependencies: [
                    "Contracts", "Criteria", "Kernel", "RPC", "RoutingDomain", "SLADomain", "ScoringDomain", nioCore,
                    protobuf,
                ],
                path: "Benchmarks/HotPaths", swiftSettings: settings),
            .executableTarget(
                name: "RuleSpeed", dependencies: ["Contracts", "Criteria", "Hosting", "Kernel", protobuf],
                path: "Benchmarks/RuleSpeed", swiftSettings: settings),
            .executableTarget(
                name: "ScoringSpeed",
                dependencies: ["ScoringDomain", "ScoringService"] + serviceShell, path: "Benchmarks/ScoringSpeed",
                swiftSettings: settings),
            tests("KernelTests", path: "Unit/Kernel", ["Kernel"]),
            tests("CriteriaTests", path: "Unit/Criteria", ["Criteria", "Kernel"]),
            tests("StatisticsTests", path: "Unit/Statistics", ["Kernel", "Statistics"]),
            tests("PlatformTests", path: "Unit/Platform", ["Kernel", "Platform", configuration, logging, metrics]),
            tests(
                "RPCTests", path: "Unit/RPC",
                [
                    "RPC", "Contracts", "Kernel", "Platform", coreMetrics, httpTypes, logging, nioCore, protobuf,
                ]),
            tests(
                "StorageTests", path: "Unit/Storage",
                ["Storage", "Contracts", "Kernel", "Platform", "RPC", coreMetrics, grdb, nioCore, protobuf]),
            tests(
                "HostingTests", path: "Unit/Hosting",
                ["Hosting", "Storage", "Contracts", "Kernel", "Platform", "RPC", grdb, logging, protobuf]),
            tests("AccordTests", path: "Unit/Accord", ["AccordSuite", nioCore] + serviceShell),
            tests(
                "PropertyTests", path: "Property", allDomains + ["Criteria", "Kernel", "RPC", "Storage", "Platform"]),
            tests(
                "IntegrationTests", path: "Integration", ["AccordSuite", "ICPDomain"] + serviceShell + allServices),
            tests("SimulationTests", path: "Simulation", ["AccordSuite"] + serviceShell + allServices),
            tests("FaultTests", path: "Fault", ["AccordSuite"] + serviceShell + [nioCore, nioPosix]),
            tests(
                "ConformanceTests", path: "Conformance", exclude: ["interop"],
                [
                    "Contracts", "Hosting", "Kernel", "Platform", "RPC", httpTypes, logging, nioCore, nioHTTP1,
                    nioPosix,
                    protobuf, serviceLifecycle,
                ]),
            tests(
                "RealDataTests", path: "RealData", exclude: ["fortune", "maven", "olist"],
                ["AccordSuite"] + serviceShell),
        ]
)
